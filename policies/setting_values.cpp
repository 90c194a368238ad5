#include "policies/setting_values.hpp"

#include <optional>

#include "engine/invariant.hpp"
#include "engine/scenario/units.hpp"

namespace thaw {
namespace {

std::optional<Duration> duration_of(const std::string& text) {
  const auto go = units::go_duration(text);
  return go ? go : units::duration(text);
}

std::string short_text(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

Duration read_duration(ParamsReader& reader, const std::string& key, const std::string& fallback,
                       Duration least) {
  const std::string text = reader.text(key, fallback);
  const auto value = duration_of(text);
  if (value && *value >= least) return *value;
  std::string expected = "expected a duration such as " + fallback;
  if (value) expected += " of at least " + to_text(least);
  reader.error(key, expected + ", found \"" + text + "\"");
  const auto otherwise = duration_of(fallback);
  THAW_CHECK(otherwise.has_value(), "a default is a duration");
  return *otherwise;
}

double read_number(ParamsReader& reader, const std::string& key, const std::string& fallback,
                   double floor, double most) {
  const std::string text = reader.text(key, fallback);
  const auto value = units::number(text);
  if (value && *value > floor && *value <= most) return *value;
  reader.error(key, "expected a number above " + short_text(floor) + " and at most " +
                        short_text(most) + ", found \"" + text + "\"");
  const auto otherwise = units::number(fallback);
  THAW_CHECK(otherwise.has_value(), "a default is a number");
  return *otherwise;
}

}  // namespace thaw
