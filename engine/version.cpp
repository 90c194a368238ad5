#include "engine/version.hpp"

#include <fmt/format.h>

#include <charconv>

namespace thaw {
namespace {

// Takes one number off the front of `text`; empty if there is none, or one that only looks like a
// version's ("08" is a slip more often than an eight).
std::optional<int> take_number(std::string_view& text) {
  int value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const auto length = static_cast<std::size_t>(stop - text.data());
  const bool leading_zero = length > 1 && text.front() == '0';
  if (error != std::errc{} || value < 0 || text.front() == '-' || leading_zero) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

bool take_dot(std::string_view& text) {
  if (text.empty() || text.front() != '.') return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::optional<Version> parse_version(std::string_view text) {
  const auto major_part = take_number(text);
  if (!major_part || !take_dot(text)) return std::nullopt;
  const auto minor_part = take_number(text);
  if (!minor_part) return std::nullopt;
  if (text.empty()) return Version{*major_part, *minor_part, 0};
  if (!take_dot(text)) return std::nullopt;
  const auto patch_part = take_number(text);
  if (!patch_part || !text.empty()) return std::nullopt;
  return Version{*major_part, *minor_part, *patch_part};
}

std::string to_text(const Version& v) {
  return v.patch == 0 ? fmt::format("{}.{}", v.major, v.minor)
                      : fmt::format("{}.{}.{}", v.major, v.minor, v.patch);
}

}  // namespace thaw
