#include "sim/metrics.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace thaw::sim {
namespace {

constexpr Duration kPeriod = std::chrono::seconds(15);  // Prometheus' own default is a minute

}  // namespace

std::optional<Metrics::Name> Metrics::name_of(const MetricRef& metric) {
  if (metric.source == MetricSource::resource || metric.source == MetricSource::container_resource)
    return std::nullopt;
  static constexpr std::array<std::pair<std::string_view, Name>, 8> kKnown{
      {{"in_flight", Name::in_flight},
       {"queued", Name::queued},
       {"concurrency", Name::concurrency},
       {"requests_per_second", Name::requests},
       {"gpu_utilization", Name::gpu_utilization},
       {"DCGM_FI_DEV_GPU_UTIL", Name::gpu_utilization},
       {"slimfaas_function_queue_ready_items", Name::queued},
       {"slimfaas_function_queue_in_flight_items", Name::in_flight}}};
  const std::string_view name = std::string_view(metric.name).substr(0, metric.name.find('{'));
  const auto found = std::find_if(kKnown.begin(), kKnown.end(),
                                  [&](const auto& known) { return known.first == name; });
  return found == kKnown.end() ? std::nullopt : std::optional(found->second);
}

bool Metrics::known(const MetricRef& metric) { return name_of(metric).has_value(); }

void Metrics::sample(std::size_t f) {
  if (functions_.size() <= f) functions_.resize(f + 1);
  Function& function = functions_[f];
  if (function.sampled) return;
  function.sampled = true;
  function.total.resize(kNames);
  function.pods.resize(kNames);
  function.arrived = load_.tally(f).total;
  world_.events.after(kPeriod, *this, 0, f);
}

void Metrics::busy_changed(const Pod& pod) {
  Busy& busy = busy_[pod.id];
  if (busy.busy) busy.now += world_.now() - busy.since;
  busy.since = world_.now();
  busy.busy = pod.in_service > 0;
}

// Thousandths of a per cent of the last period.
Milli Metrics::utilisation(PodId pod) {
  const auto found = busy_.find(pod);
  if (found == busy_.end()) return 0;
  Busy& busy = found->second;
  if (busy.busy) busy.now += world_.now() - busy.since;
  busy.since = world_.now();
  const Duration share = busy.now - std::exchange(busy.before, busy.now);
  return share.count() * 100 / (kPeriod.count() / 1000);
}

void Metrics::take(std::size_t f) {
  Function& function = functions_[f];
  const TimePoint now = world_.now();
  function.taken = now;
  for (auto& samples : function.pods) samples.clear();
  Milli utilisation_sum = 0;
  std::int64_t ready = 0;
  const auto at = [](Name name) { return static_cast<std::size_t>(name); };
  for (const auto& [id, pod] : pods_.all()) {
    if (pod.function != f || pod.stage != PodStage::ready) continue;
    const Milli busy = utilisation(id);
    const Milli running = Milli{pod.in_service} * 1000;
    utilisation_sum += busy;
    ++ready;
    function.pods[at(Name::gpu_utilization)].push_back({id, busy, now, kPeriod});
    for (const Name name : {Name::in_flight, Name::concurrency})
      function.pods[at(name)].push_back({id, running, now, {}});
  }
  const auto gauge = [&](Gauge g) { return world_.gauges.at(g, f).value() * 1000; };
  function.total[at(Name::in_flight)] = gauge(Gauge::in_flight);
  function.total[at(Name::queued)] = gauge(Gauge::queued);
  function.total[at(Name::concurrency)] = gauge(Gauge::in_flight) + gauge(Gauge::queued);
  const std::int64_t arrived = load_.tally(f).total;
  function.total[at(Name::requests)] =
      (arrived - function.arrived) * 1000 / (kPeriod / std::chrono::seconds(1));
  function.arrived = arrived;
  function.total[at(Name::gpu_utilization)] = ready > 0 ? utilisation_sum / ready : 0;
}

void Metrics::fire(std::uint32_t, std::uint64_t f) {
  take(f);
  world_.events.after(kPeriod, *this, 0, f);
}

MetricFacts Metrics::read(std::size_t f, const MetricRef& metric) const {
  const auto name = name_of(metric);
  const Function& function = functions_[f];
  if (!name || !function.taken) return {};
  const auto index = static_cast<std::size_t>(*name);
  MetricFacts facts{Presence::ok, *function.taken};
  if (metric.source == MetricSource::pods) {
    facts.pods = function.pods[index];
  } else {
    facts.series = {&function.total[index], 1};
  }
  return facts;
}

}  // namespace thaw::sim
