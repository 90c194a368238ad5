#include "drivers/metrics/quantity.hpp"

#include <charconv>
#include <cmath>
#include <system_error>

#include "engine/scenario/units.hpp"

namespace thaw::metrics {

std::optional<Milli> quantity_milli(std::string_view text) {
  if (!text.starts_with('-')) return units::kubernetes_milli(text);
  text.remove_prefix(1);
  if (text.starts_with('+')) return {};
  const auto size = units::kubernetes_milli(text);
  return size ? std::optional(-*size) : std::nullopt;
}

SampleValue sample_value(std::string_view text) {
  if (text == "NaN" || text == "+Inf" || text == "-Inf") return {Presence::nan};
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  // from_chars also reads "inf" and "nan", which Prometheus never writes.
  if (fault != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return {};
  constexpr double kMost = 9.2e18;  // below 2^63
  const double milli = value * 1000;
  if (std::abs(milli) > kMost) return {};
  return {Presence::ok, std::llround(milli)};
}

}  // namespace thaw::metrics
