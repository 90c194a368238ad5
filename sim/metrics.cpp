#include "sim/metrics.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace thaw::sim {
namespace {

constexpr Duration kServerPeriod =
    std::chrono::seconds(15);  // metrics-server's --metric-resolution
enum : std::uint32_t { kStore, kServer };

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
  function.arrived = load_.tally(f).total;
  world_.events.after(world_.scenario.metrics.scrape, *this, kStore, f);
  if (world_.scenario.functions[f].service.cpu.count > 0)
    world_.events.after(kServerPeriod, *this, kServer, f);
}

Metrics::Sample Metrics::sample_of(std::size_t f) {
  Sample sample;
  sample.taken = world_.now();
  const auto at = [](Name name) { return static_cast<std::size_t>(name); };
  for (const Pod* pod : pods_.of(f)) {
    if (pod->stage != PodStage::ready) continue;
    const Milli running = Milli{pod->in_service} * 1000;
    for (const Name name : {Name::in_flight, Name::concurrency})
      sample.pods[at(name)].push_back({pod->id, running, sample.taken, {}});
  }
  const auto gauge = [&](Gauge g) { return world_.gauges.at(g, f).value() * 1000; };
  sample.total[at(Name::in_flight)] = gauge(Gauge::in_flight);
  sample.total[at(Name::queued)] = gauge(Gauge::queued);
  sample.total[at(Name::concurrency)] = gauge(Gauge::in_flight) + gauge(Gauge::queued);
  using std::chrono::milliseconds;
  const std::int64_t arrived = load_.tally(f).total;
  sample.total[at(Name::requests)] = (arrived - functions_[f].arrived) * 1'000'000 /
                                     (world_.scenario.metrics.scrape / milliseconds(1));
  functions_[f].arrived = arrived;
  return sample;
}

Metrics::Sample Metrics::cpu_of(std::size_t f) {
  Function& function = functions_[f];
  Sample sample;
  sample.taken = world_.now();
  const Milli each = world_.scenario.functions[f].service.cpu.count;
  std::map<PodId, Duration> served;
  for (const Pod* pod : pods_.of(f)) {
    if (pod->stage != PodStage::ready) continue;
    const Duration now = served[pod->id] = pod->served_by(world_.now());
    const auto before = function.served.find(pod->id);
    if (before == function.served.end()) continue;
    using std::chrono::milliseconds;  // so that thousands of calls on many CPUs fit 64 bits
    const auto busy = std::chrono::duration_cast<milliseconds>(now - before->second);
    const Milli used =
        each * busy.count() / std::chrono::duration_cast<milliseconds>(kServerPeriod).count();
    sample.pods[static_cast<std::size_t>(Name::cpu)].push_back(
        {pod->id, used, sample.taken, kServerPeriod});
  }
  function.served = std::move(served);
  return sample;
}

bool Metrics::stale() const {
  const Fault* outage = world_.disturbance(Fault::Kind::metrics_outage);
  return outage && outage->answer == Fault::Metrics::stale;
}

// While they are stale what the next sample counts from moves on all the same.
void Metrics::fire(std::uint32_t what, std::uint64_t f) {
  Function& function = functions_[f];
  Sample sample = what == kStore ? sample_of(f) : cpu_of(f);
  const bool keeps = !stale();
  if (what == kServer) {
    if (keeps) function.server = std::move(sample);
    world_.events.after(kServerPeriod, *this, kServer, f);
    return;
  }
  std::deque<Sample>& stored = function.stored;
  if (keeps) stored.push_back(std::move(sample));
  while (stored.size() > 1 && stored[1].taken <= as_of()) stored.pop_front();
  world_.events.after(world_.scenario.metrics.scrape, *this, kStore, f);
}

const Metrics::Sample* Metrics::seen(std::size_t f, Name name) const {
  const Function& function = functions_[f];
  if (name == Name::cpu) return function.server ? &*function.server : nullptr;
  const auto later = std::ranges::upper_bound(function.stored, as_of(), {}, &Sample::taken);
  return later == function.stored.begin() ? nullptr : &*std::prev(later);
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
  const Sample* const sample = name ? seen(f, *name) : nullptr;
  if (!sample) return {};
  const auto index = static_cast<std::size_t>(*name);
  MetricFacts facts{Presence::ok, sample->taken};
  if (metric.source == MetricSource::pods || metric.source == MetricSource::resource) {
    facts.pods = sample->pods[index];
  } else {
    facts.series = {&sample->total[index], 1};
  }
  return facts;
}

}  // namespace thaw::sim
