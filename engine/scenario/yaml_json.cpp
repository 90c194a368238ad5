#include "engine/scenario/yaml_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace thaw::yaml {
namespace {

using Json = nlohmann::json;

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, word) != words.end();
}

constexpr std::array<std::string_view, 11> kTrue{"y",    "Y",    "yes", "Yes", "YES", "true",
                                                 "True", "TRUE", "on",  "On",  "ON"};
constexpr std::array<std::string_view, 11> kFalse{"n",     "N",     "no",  "No",  "NO", "false",
                                                  "False", "FALSE", "off", "Off", "OFF"};
constexpr std::array<std::string_view, 5> kNull{"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 12> kNoJson{".nan",  ".NaN",  ".NAN",  ".inf",
                                                   ".Inf",  ".INF",  "+.inf", "+.Inf",
                                                   "+.INF", "-.inf", "-.Inf", "-.INF"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

template <class Number>
std::optional<Number> all_of(std::string_view text, int base) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// 0x1F, 0o17, 017, 0b11 and decimal ones, with a sign.
std::optional<Json> integer_in(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char mark = static_cast<char>(text[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
    text.remove_prefix(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
  }
  if (text.starts_with('-') || text.starts_with('+')) return std::nullopt;
  const auto size = all_of<std::uint64_t>(text, base);
  if (!size) return std::nullopt;
  constexpr std::uint64_t kMostNegative = 1ULL << 63;
  if (!negative) return Json(*size);
  if (*size > kMostNegative) return std::nullopt;
  return Json(static_cast<std::int64_t>(0 - *size));
}

// The digits that are taken from the front of `text`.
std::size_t take_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  text.remove_prefix(count);
  return count;
}

// [-+]? ( .digits | digits [. digits?] ) ( [eE] [-+]? digits )?
bool looks_like_float(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t whole = take_digits(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (take_digits(text) + whole == 0) return false;
  } else if (whole == 0) {
    return false;
  }
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  text.remove_prefix(1);
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return take_digits(text) > 0 && text.empty();
}

std::optional<Json> float_in(std::string_view text) {
  if (!looks_like_float(text)) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  constexpr double kExact = 9'007'199'254'740'992;  // 2^53: whole numbers up to it are exact
  if (value >= -kExact && value <= kExact &&
      value == static_cast<double>(static_cast<std::int64_t>(value)))
    return Json(static_cast<std::int64_t>(value));
  return Json(value);
}

// A plain scalar that is no text; nothing: it is.
std::optional<Json> typed(const Node& node, Diagnostics& problems) {
  const std::string_view text = node.scalar;
  if (is_one_of(text, kTrue)) return Json(true);
  if (is_one_of(text, kFalse)) return Json(false);
  if (is_one_of(text, kNull)) return Json(nullptr);
  if (is_one_of(text, kNoJson)) {
    problems.error(node.place, "", "JSON, and so Kubernetes, has no " + node.scalar);
    return Json(nullptr);
  }
  if (text[0] == '.') return float_in(text);
  if (!is_digit(text[0]) && text[0] != '-' && text[0] != '+') return std::nullopt;
  std::string plain(text);
  std::erase(plain, '_');
  if (auto integer = integer_in(plain)) return integer;
  return float_in(plain);
}

// What a key is once it is typed, as text again.
std::string key_of(const Node& key, Diagnostics& problems) {
  if (key.quoted) return key.scalar;
  const auto value = typed(key, problems);
  return value && !value->is_null() ? value->dump() : key.scalar;
}

}  // namespace

Json to_json(const Node& node, Diagnostics& problems) {
  switch (node.kind) {
    case Node::Kind::null:
      return nullptr;
    case Node::Kind::scalar: {
      if (node.quoted) return node.scalar;
      auto value = typed(node, problems);
      return value ? std::move(*value) : Json(node.scalar);
    }
    case Node::Kind::list: {
      Json list = Json::array();
      for (const Node& item : node.list) list.push_back(to_json(item, problems));
      return list;
    }
    case Node::Kind::map:
      break;
  }
  Json map = Json::object();
  for (const auto& [key, value] : node.map) map[key_of(key, problems)] = to_json(value, problems);
  return map;
}

}  // namespace thaw::yaml
