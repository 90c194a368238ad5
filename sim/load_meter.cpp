#include "sim/load_meter.hpp"

namespace thaw::sim {
namespace {

constexpr Duration kMeterPeriod = std::chrono::seconds(1);

}  // namespace

LoadMeter::Count LoadMeter::count(std::size_t f) const {
  const TimePoint now = world_.now();
  return {world_.gauges.at(Gauge::in_flight, f).integral(now),
          world_.gauges.at(Gauge::queued, f).integral(now), load_.tally(f).total,
          load_.tally(f).completed};
}

void LoadMeter::listen(std::size_t f) {
  if (functions_.size() <= f) functions_.resize(f + 1);
  if (functions_[f].listened) return;
  functions_[f].listened = true;
  functions_[f].before = count(f);
  plan(f);
}

void LoadMeter::plan(std::size_t f) {
  const Duration into = world_.now().since_epoch % kMeterPeriod;
  world_.events.after(kMeterPeriod - into, *this, 0, f);
}

void LoadMeter::fire(std::uint32_t, std::uint64_t f) {
  Function& function = functions_[f];
  const Count now = count(f);
  const Count& before = function.before;
  function.reports.add(
      {.at = world_.now() - Duration{1},  // it belongs to the second that ends here
       .concurrency = (now.in_flight - before.in_flight) + (now.queued - before.queued),
       .requests = static_cast<double>(now.arrived - before.arrived),
       .completions = static_cast<double>(now.completed - before.completed)});
  function.before = now;
  plan(f);
}

}  // namespace thaw::sim
