#include "sim/metrics.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace thaw::sim {
namespace {

constexpr Duration kReadPeriod = std::chrono::seconds(15);  // Prometheus' own default is a minute

}  // namespace

std::optional<Metrics::Name> Metrics::name_of(std::size_t f, const MetricRef& metric) const {
  if (metric.source == MetricSource::resource) {
    const bool known = world_.scenario.functions[f].service.cpu.count > 0;
    return known && metric.name == "cpu" ? std::optional(Name::cpu) : std::nullopt;
  }
  if (metric.source == MetricSource::container_resource) return std::nullopt;
  static constexpr std::array<std::pair<std::string_view, Name>, 6> kKnown{
      {{"in_flight", Name::in_flight},
       {"queued", Name::queued},
       {"concurrency", Name::concurrency},
       {"requests_per_second", Name::requests},
       {"slimfaas_function_queue_ready_items", Name::queued},
       {"slimfaas_function_queue_in_flight_items", Name::in_flight}}};
  const std::string_view name = std::string_view(metric.name).substr(0, metric.name.find('{'));
  const auto found = std::find_if(kKnown.begin(), kKnown.end(),
                                  [&](const auto& known) { return known.first == name; });
  return found == kKnown.end() ? std::nullopt : std::optional(found->second);
}

void Metrics::sample(std::size_t f, std::span<const MetricRef> wanted) {
  if (std::any_of(wanted.begin(), wanted.end(),
                  [&](const MetricRef& metric) { return gpus_.has(metric); }))
    gpus_.record();
  if (functions_.size() <= f) functions_.resize(f + 1);
  Function& function = functions_[f];
  if (function.sampled) return;
  function.sampled = true;
  function.total.resize(kNames);
  function.pods.resize(kNames);
  function.arrived = load_.tally(f).total;
  world_.events.after(kReadPeriod, *this, 0, f);
}

void Metrics::take(std::size_t f) {
  Function& function = functions_[f];
  const TimePoint now = world_.now();
  function.taken = now;
  for (auto& samples : function.pods) samples.clear();
  const auto at = [](Name name) { return static_cast<std::size_t>(name); };
  for (const Pod* pod : pods_.of(f)) {
    if (pod->stage != PodStage::ready) continue;
    const Milli running = Milli{pod->in_service} * 1000;
    for (const Name name : {Name::in_flight, Name::concurrency})
      function.pods[at(name)].push_back({pod->id, running, now, {}});
  }
  const auto gauge = [&](Gauge g) { return world_.gauges.at(g, f).value() * 1000; };
  function.total[at(Name::in_flight)] = gauge(Gauge::in_flight);
  function.total[at(Name::queued)] = gauge(Gauge::queued);
  function.total[at(Name::concurrency)] = gauge(Gauge::in_flight) + gauge(Gauge::queued);
  const std::int64_t arrived = load_.tally(f).total;
  function.total[at(Name::requests)] =
      (arrived - function.arrived) * 1000 / (kReadPeriod / std::chrono::seconds(1));
  function.arrived = arrived;
  take_cpu(f);
}

void Metrics::take_cpu(std::size_t f) {
  Function& function = functions_[f];
  const Milli each = world_.scenario.functions[f].service.cpu.count;
  if (each == 0) return;
  std::map<PodId, Duration> served;
  for (const Pod* pod : pods_.of(f)) {
    if (pod->stage != PodStage::ready) continue;
    const Duration now = served[pod->id] = pod->served_by(world_.now());
    const auto before = function.served.find(pod->id);
    if (before == function.served.end()) continue;
    using std::chrono::milliseconds;  // so that thousands of calls on many CPUs fit 64 bits
    const auto busy = std::chrono::duration_cast<milliseconds>(now - before->second);
    const Milli used =
        each * busy.count() / std::chrono::duration_cast<milliseconds>(kReadPeriod).count();
    function.pods[static_cast<std::size_t>(Name::cpu)].push_back(
        {pod->id, used, world_.now(), kReadPeriod});
  }
  function.served = std::move(served);
}

bool Metrics::stale() const {
  const Fault* outage = world_.disturbance(Fault::Kind::metrics_outage);
  return outage && outage->answer == Fault::Metrics::stale;
}

// While they are stale what the next sample counts from moves on all the same.
void Metrics::fire(std::uint32_t, std::uint64_t f) {
  Function& function = functions_[f];
  if (stale()) {
    Function last = function;
    take(f);
    function.taken = last.taken;
    function.total = std::move(last.total);
    function.pods = std::move(last.pods);
  } else {
    take(f);
  }
  world_.events.after(kReadPeriod, *this, 0, f);
}

MetricFacts Metrics::read(std::size_t f, const MetricRef& metric) {
  const Fault* outage = world_.disturbance(Fault::Kind::metrics_outage);
  if (outage && outage->answer == Fault::Metrics::none) return {};
  // metrics-server counts in whole numbers, and no query is evaluated for it.
  const bool nan = outage && outage->answer == Fault::Metrics::nan &&
                   metric.source != MetricSource::resource &&
                   metric.source != MetricSource::container_resource;
  if (gpus_.has(metric)) {
    if (nan) return gpus_.read_nan(f, metric);
    return outage ? gpus_.last(f, metric) : gpus_.read(f, metric);
  }
  if (nan) return {Presence::nan, world_.now()};
  const auto name = name_of(f, metric);
  const Function& function = functions_[f];
  if (!name || !function.taken) return {};
  const auto index = static_cast<std::size_t>(*name);
  MetricFacts facts{Presence::ok, *function.taken};
  if (metric.source == MetricSource::pods || metric.source == MetricSource::resource) {
    facts.pods = function.pods[index];
  } else {
    facts.series = {&function.total[index], 1};
  }
  return facts;
}

}  // namespace thaw::sim
