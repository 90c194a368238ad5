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

Summary::Requests requests_of(const workload::Tally& tally) {
  const std::int64_t answered = tally.completed + tally.timed_out + tally.rejected + tally.failed;
  return {tally.total,  tally.completed,       tally.cold, tally.timed_out, tally.rejected,
          tally.failed, tally.total - answered};
}

void add_calls(const workload::Tally& tally, Summary::Function& function) {
  function.requests = requests_of(tally);
  if (tally.total > 0)
    function.cold_start_probability =
        static_cast<double>(tally.cold) / static_cast<double>(tally.total);
  function.latency_s = spread_of(tally.latency);
  function.latency_bins = bins_of(tally.latency);
  function.wait_s = spread_of(tally.wait);
  if (tally.streamed) {
    function.ttft_s = spread_of(tally.streamed->first);
    function.itl_s = spread_of(tally.streamed->gap);
  }
  if (tally.in_vain > Duration{0}) function.in_vain_s = seconds(tally.in_vain);
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
