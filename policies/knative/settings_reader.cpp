#include "policies/knative/settings_reader.hpp"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string_view>
#include <system_error>

#include "engine/knative_spelling.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::knative {
namespace {

template <class T>
std::optional<T> parse_whole_text(std::string_view text) {
  if (text.starts_with('+')) {  // Go takes one sign, from_chars none
    text.remove_prefix(1);
    if (text.starts_with('-')) return {};
  }
  T value{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

// Go also takes infinities and what is no number; both are nonsense for a setting.
std::optional<double> parse_number(std::string_view text) {
  const auto value = parse_whole_text<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<bool> parse_boolean(std::string_view text) {
  for (const std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"})
    if (text == yes) return true;
  for (const std::string_view no : {"0", "f", "F", "false", "FALSE", "False"})
    if (text == no) return false;
  return {};
}

}  // namespace

SettingsReader& SettingsReader::or_camel_case() {
  camel_case_too_ = true;
  return *this;
}

std::optional<SettingsReader::Found> SettingsReader::find(const std::string& key) {
  std::optional<Found> older;
  const std::string spelling = camel_case_too_ ? older_spelling(key) : "";
  if (!spelling.empty()) {
    if (auto text = texts_(spelling)) older = Found{spelling, std::move(*text)};
  }
  if (auto text = texts_(key)) return Found{key, std::move(*text)};
  return older;
}

void SettingsReader::problem(const std::string& key, const std::string& message) {
  problems_.push_back({key, message});
}

void SettingsReader::refuse(const Found& found, const std::string& expected) {
  problem(found.key, "expected " + expected + ", found \"" + found.text + "\"");
}

std::optional<std::string> SettingsReader::text(const std::string& key) {
  const auto found = find(key);
  return found ? std::optional(found->text) : std::nullopt;
}

std::optional<bool> SettingsReader::boolean(const std::string& key) {
  const auto found = find(key);
  if (!found) return {};
  const auto value = parse_boolean(found->text);
  if (!value) refuse(*found, "true or false");
  return value;
}

std::optional<double> SettingsReader::number(const std::string& key, const std::string& expected,
                                             const Accepts<double>& accepts) {
  const auto found = find(key);
  if (!found) return {};
  const auto value = parse_number(found->text);
  if (!value || !accepts(*value)) refuse(*found, expected);
  return value;
}

std::optional<std::int32_t> SettingsReader::integer(const std::string& key, std::int32_t least) {
  const auto found = find(key);
  if (!found) return {};
  const auto value = parse_whole_text<std::int32_t>(found->text);
  if (!value || *value < least) {
    constexpr auto most = std::numeric_limits<std::int32_t>::max();
    refuse(*found, "an integer from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return value;
}

std::optional<Duration> SettingsReader::duration(const std::string& key, Duration least,
                                                 Duration most, bool whole_seconds) {
  const auto found = find(key);
  if (!found) return {};
  const auto value = units::go_duration(found->text);
  const bool fits = value && *value >= least && *value <= most;
  if (!fits || (whole_seconds && *value % 1s != 0ns)) {
    const std::string range = most == Duration::max()
                                  ? "of at least " + to_text(least)
                                  : "from " + to_text(least) + " to " + to_text(most);
    refuse(*found, "a duration " + range + (whole_seconds ? ", in whole seconds" : ""));
  }
  return value;
}

}  // namespace thaw::knative
