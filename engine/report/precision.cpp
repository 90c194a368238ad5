#include "engine/report/precision.hpp"

#include <fmt/format.h>

#include <cmath>

#include "engine/statistics/stopping.hpp"

namespace thaw {

void WidestMean::look(const std::string& name, const Estimate& estimate) {
  const double half = relative_half_width(estimate);
  if (half > share) *this = {name, half};
}

std::optional<std::string> precision_notice(const WidestMean& widest, double precision,
                                            std::size_t replications) {
  if (precise(widest.share, precision)) return std::nullopt;
  const std::string known = std::isfinite(widest.share)
                                ? fmt::format("within {:.1f} %", 100 * widest.share)
                                : "no share of itself";
  return fmt::format(
      "the precision of {:g} % was not reached in {} replications: {} is known to {}",
      100 * precision, replications, widest.what, known);
}

}  // namespace thaw
