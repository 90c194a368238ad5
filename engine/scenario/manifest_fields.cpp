#include "engine/scenario/manifest_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/scenario/units.hpp"

namespace thaw {

namespace {

constexpr std::size_t kMostNamed = 20;  // fields in one notice

// The words of YAML 1.1, which the API server's tools still read.
constexpr std::array<std::string_view, 32> kWords{
    "",      "~",     "null", "Null", "NULL", "y",    "Y",    "yes",  "Yes",  "YES", "n",
    "N",     "no",    "No",   "NO",   "true", "True", "TRUE", "on",   "On",   "ON",  "false",
    "False", "FALSE", "off",  "Off",  "OFF",  ".nan", ".NaN", ".NAN", ".inf", ".Inf"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t skip_digits(std::string_view text, std::size_t from) {
  while (from < text.size() && is_digit(text[from])) ++from;
  return from;
}

// 12, -0.5, .5, 5., 1e3, 0x1F, 0b1, 1_000.
bool is_number(std::string_view plain) {
  std::string text(plain);
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.erase(0, 1);
  if (text.empty() || !(is_digit(text[0]) || text[0] == '.')) return false;
  if (text == ".inf" || text == ".Inf" || text == ".INF") return true;
  std::erase(text, '_');
  const std::string_view prefix = std::string_view(text).substr(0, 2);
  if (prefix == "0x" || prefix == "0o" || prefix == "0b") {
    return text.size() > 2 && text.find_first_not_of("0123456789abcdefABCDEF", 2) == text.npos;
  }
  const std::size_t whole = skip_digits(text, 0);
  std::size_t at = whole;
  if (at < text.size() && text[at] == '.') at = skip_digits(text, at + 1);
  if (at == 1 && whole == 0) return false;  // a lone point
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t exponent = at + 1;
    if (exponent < text.size() && (text[exponent] == '-' || text[exponent] == '+')) ++exponent;
    at = skip_digits(text, exponent);
    if (at == exponent) return false;
  }
  return at == text.size();
}

std::string joined(const std::set<std::string>& names) {
  std::string text;
  std::size_t count = 0;
  for (const std::string& name : names) {
    if (count++ == kMostNamed) {
      return fmt::format("{} and {} more", text, names.size() - kMostNamed);
    }
    text += fmt::format("{}{}", text.empty() ? "" : ", ", name);
  }
  return text;
}

}  // namespace

bool is_text(const yaml::Node& node) {
  if (node.kind != yaml::Node::Kind::scalar) return false;
  if (node.quoted) return true;
  return std::ranges::find(kWords, node.scalar) == kWords.end() && !is_number(node.scalar);
}

std::map<std::string, std::string> values_of(const Texts& texts) {
  std::map<std::string, std::string> values;
  for (const auto& [key, entry] : texts) values.emplace(key, entry.value);
  return values;
}

void ObjectReport::notice(std::string_view text) {
  diagnostics_.notice(fmt::format("{}: {}", title_, text));
}

void ObjectReport::finish() {
  if (not_modelled_.empty()) return;
  notice(fmt::format("{} {} not modelled", joined(not_modelled_),
                     not_modelled_.size() == 1 ? "is" : "are"));
}

Fields::Fields(const yaml::Node* map, Place place, std::string path, std::string prefix,
               ObjectReport& report)
    : map_(map),
      place_(std::move(place)),
      path_(std::move(path)),
      prefix_(std::move(prefix)),
      report_(&report) {
  if (!map_ || map_->kind == yaml::Node::Kind::map) return;
  report_->error(map_->place, path_, fmt::format("expected a map, found {}", map_->describe()));
  map_ = nullptr;
}

std::string Fields::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

const yaml::Node* Fields::find(std::string_view key) {
  known_.emplace(key);
  const yaml::Node* const value = map_ ? map_->find(key) : nullptr;
  return value && value->kind != yaml::Node::Kind::null ? value : nullptr;
}

void Fields::error(std::string_view key, std::string message) {
  const yaml::Node* const value = find(key);
  report_->error(value ? value->place : place_, path_of(key), std::move(message));
}

void Fields::expected(std::string_view key, std::string_view what) {
  const yaml::Node* const value = find(key);
  error(key, fmt::format("expected {}, found {}", what, value ? value->describe() : "nothing"));
}

std::string Fields::text(std::string_view key, std::string fallback) {
  const yaml::Node* const value = find(key);
  if (!value) return fallback;
  if (!is_text(*value)) {
    const bool scalar = value->kind == yaml::Node::Kind::scalar;
    expected(key, scalar ? "text (in quotes, or it is not text)" : "text");
    return fallback;
  }
  if (value->scalar.find("{{") != std::string::npos) {
    error(key, std::string(kHelmTemplate));
    return fallback;
  }
  return value->scalar;
}

std::string Fields::required_text(std::string_view key) {
  std::string value = text(key);
  const yaml::Node* const node = find(key);
  if (!node) error(key, "is missing");
  if (node && node->kind == yaml::Node::Kind::scalar && node->scalar.empty()) {
    error(key, "must not be empty");
  }
  return value;
}

std::int64_t Fields::integer(std::string_view key, std::int64_t fallback, std::int64_t least,
                             std::int64_t most) {
  const yaml::Node* const value = find(key);
  if (!value) return fallback;
  const auto number = value->kind == yaml::Node::Kind::scalar && !value->quoted
                          ? units::integer(value->scalar)
                          : std::nullopt;
  if (number && *number >= least && *number <= most) return *number;
  expected(key, fmt::format("a whole number from {} to {}", least, most));
  return fallback;
}

bool Fields::flag(std::string_view key, bool fallback) {
  const yaml::Node* const value = find(key);
  if (!value) return fallback;
  const bool plain = value->kind == yaml::Node::Kind::scalar && !value->quoted;
  if (plain && (value->scalar == "true" || value->scalar == "false"))
    return value->scalar == "true";
  expected(key, "true or false");
  return fallback;
}

std::vector<std::string> Fields::words(std::string_view key) {
  std::vector<std::string> result;
  const yaml::Node* const value = find(key);
  if (!value) return result;
  if (value->kind != yaml::Node::Kind::list) {
    expected(key, "a list of text");
    return result;
  }
  for (const yaml::Node& item : value->list) {
    if (is_text(item)) {
      result.push_back(item.scalar);
    } else {
      report_->error(item.place, path_of(key),
                     fmt::format("expected text, found {}", item.describe()));
    }
  }
  return result;
}

Texts Fields::texts(std::string_view key) {
  Texts result;
  const yaml::Node* const value = find(key);
  if (!value) return result;
  if (value->kind != yaml::Node::Kind::map) {
    expected(key, "a map of text to text");
    return result;
  }
  for (const auto& [name, text] : value->map) {
    if (text.kind != yaml::Node::Kind::null && !is_text(text)) {
      report_->error(
          text.place, fmt::format("{}.{}", path_of(key), name.scalar),
          fmt::format("expected text (in quotes, or it is not text), found {}", text.describe()));
    }
    result.insert_or_assign(name.scalar, Params::Entry{text.scalar, text.place});
  }
  return result;
}

Fields Fields::child(std::string_view key, std::string prefix) {
  const yaml::Node* const value = find(key);
  return {value, value ? value->place : place_, path_of(key), std::move(prefix), *report_};
}

std::vector<Fields> Fields::items(std::string_view key, std::string prefix) {
  std::vector<Fields> result;
  const yaml::Node* const value = find(key);
  if (!value) return result;
  if (value->kind != yaml::Node::Kind::list) {
    expected(key, "a list");
    return result;
  }
  for (std::size_t i = 0; i < value->list.size(); ++i) {
    const yaml::Node& item = value->list[i];
    result.emplace_back(&item, item.place, fmt::format("{}.{}", path_of(key), i), prefix, *report_);
  }
  return result;
}

void Fields::ignore(std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) known_.emplace(key);
}

std::vector<std::string> Fields::unread() const {
  std::vector<std::string> names;
  if (!map_) return names;
  for (const auto& [key, value] : map_->map) {
    if (!known_.contains(key.scalar)) names.push_back(key.scalar);
  }
  return names;
}

void Fields::finish() {
  for (std::string& name : unread()) report_->not_modelled(prefix_ + name);
}

}  // namespace thaw
