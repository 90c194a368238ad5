#include "engine/run/summary_parts.hpp"

namespace thaw {

std::optional<Summary::Spread> spread_of(const Sketch& sketch) {
  if (sketch.count() == 0) return std::nullopt;
  const auto at = [&](double p) { return seconds(sketch.quantile(p)); };
  return Summary::Spread{sketch.mean() / 1e9,  at(0.50), at(0.90), at(0.95), at(0.99),
                         seconds(sketch.max())};
}

std::vector<Summary::Bin> bins_of(const Sketch& sketch) {
  std::vector<Summary::Bin> bins;
  for (const Sketch::Bin& bin : sketch.bins())
    bins.push_back({seconds(bin.from), seconds(bin.to), static_cast<std::int64_t>(bin.count)});
  return bins;
}

std::vector<Summary::CheckResult> results_of(const Checker& checker, TimePoint start) {
  std::vector<Summary::CheckResult> results;
  for (const Checker::Result& result : checker.results())
    results.push_back({result.name, result.held,
                       result.at ? std::optional(seconds(*result.at - start)) : std::nullopt,
                       result.detail});
  return results;
}

}  // namespace thaw
