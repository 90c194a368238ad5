#include "engine/scenario/rfc3339.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace thaw::scenario {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool has_form(std::string_view text, std::string_view form) {
  if (text.size() != form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] == '0' ? !is_digit(text[i]) : text[i] != form[i]) return false;
  }
  return true;
}

int digits(std::string_view text) {
  int value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value;
}

}  // namespace

std::optional<TimePoint> parse_rfc3339(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (!has_form(text.substr(0, kForm.size()), kForm)) return {};
  std::string fraction(text.substr(kForm.size()));
  if (!fraction.ends_with('Z')) return {};
  fraction.pop_back();
  if (!fraction.empty() &&
      (fraction.size() > 10 || !has_form(fraction, "." + std::string(fraction.size() - 1, '0')))) {
    return {};
  }
  if (fraction == ".") return {};
  if (fraction.empty()) fraction = ".";
  fraction.resize(10, '0');  // ".5" is 500000000 ns

  const int year = digits(text.substr(0, 4));
  const std::chrono::year_month_day day{
      std::chrono::year(year), std::chrono::month(static_cast<unsigned>(digits(text.substr(5, 2)))),
      std::chrono::day(static_cast<unsigned>(digits(text.substr(8, 2))))};
  const int hour = digits(text.substr(11, 2)), minute = digits(text.substr(14, 2)),
            second = digits(text.substr(17, 2));
  if (!day.ok() || year < 1970 || year > 2149 || hour > 23 || minute > 59 || second > 59) return {};
  return TimePoint{std::chrono::sys_days(day).time_since_epoch() + std::chrono::hours(hour) +
                   std::chrono::minutes(minute) + std::chrono::seconds(second) +
                   std::chrono::nanoseconds(digits(fraction.substr(1)))};
}

}  // namespace thaw::scenario
