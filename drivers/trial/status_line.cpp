#include "drivers/trial/status_line.hpp"

#include <algorithm>

namespace thaw::trial {
namespace {

constexpr std::size_t kShown = 6;

}  // namespace

std::string StatusLine::words() const {
  const Scenario& scenario = view_.scenario();
  std::int64_t calls = 0, bad = 0, on = 0;
  Sketch latency;
  for (std::size_t f = 0; f < scenario.functions.size(); ++f) {
    const workload::Tally& tally = load_.tally(f);
    calls += tally.total;
    bad += tally.failed + tally.timed_out + tally.rejected;
    on += view_.gauges.at(Gauge::in_flight, f).value();
    latency.merge(tally.latency);
  }
  std::string text =
      to_text(std::chrono::floor<std::chrono::seconds>(view_.now() - scenario.start)) + "  calls " +
      std::to_string(calls) + ", " + std::to_string(bad) + " failed, " + std::to_string(on) +
      " in flight";
  if (latency.count() > 0)
    text +=
        ", p95 " + to_text(std::chrono::round<std::chrono::milliseconds>(latency.quantile(0.95)));
  text += " ";
  for (std::size_t f = 0; f < std::min(kShown, scenario.functions.size()); ++f)
    text += " " + scenario.functions[f].name + " " +
            std::to_string(view_.gauges.at(Gauge::ready, f).value()) + "/" +
            std::to_string(view_.gauges.at(Gauge::desired, f).value());
  for (std::size_t p = 0; p < scenario.cluster.pools.size(); ++p)
    text += " " + scenario.cluster.pools[p].name + " " +
            std::to_string(view_.gauges.at(Gauge::nodes, p).value());
  return text;
}

}  // namespace thaw::trial
