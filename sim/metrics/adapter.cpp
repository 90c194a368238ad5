#include "sim/metrics/adapter.hpp"

#include <algorithm>
#include <array>

namespace thaw::sim {
namespace {

constexpr std::string_view kUtilisation = "DCGM_FI_DEV_GPU_UTIL";
constexpr std::string_view kEngineActive = "DCGM_FI_PROF_GR_ENGINE_ACTIVE";
constexpr std::string_view kByPlainName = "gpu_utilization";

bool is_series(std::string_view name) { return name == kUtilisation || name == kEngineActive; }

std::string_view head_of(const MetricRef& metric) {
  return std::string_view(metric.name).substr(0, metric.name.find('{'));
}

Milli fold(MetricRule::Fold how, const std::vector<PodSample>& samples) {
  const auto less = [](const PodSample& a, const PodSample& b) { return a.value < b.value; };
  Milli sum = 0;
  for (const PodSample& sample : samples) sum += sample.value;
  switch (how) {
    case MetricRule::Fold::avg:
      return sum / static_cast<Milli>(samples.size());
    case MetricRule::Fold::sum:
      return sum;
    case MetricRule::Fold::max:
      return std::max_element(samples.begin(), samples.end(), less)->value;
    case MetricRule::Fold::min:
      break;
  }
  return std::min_element(samples.begin(), samples.end(), less)->value;
}

}  // namespace

GpuMetrics::GpuMetrics(World& world, Pods& pods) : world_(world), series_(world, pods) {
  for (const MetricsAdapter& adapter : world.scenario.manifests.adapters) {
    rules_.insert(rules_.end(), adapter.rules.begin(), adapter.rules.end());
    relist_ = world.scenario.metrics.relist.value_or(adapter.relist);
  }
}

const MetricRule* GpuMetrics::rule_of(const MetricRef& metric) const {
  const auto found = std::find_if(rules_.begin(), rules_.end(), [&](const MetricRule& rule) {
    return rule.metric == metric.name && is_series(rule.series);
  });
  return found == rules_.end() ? nullptr : &*found;
}

bool GpuMetrics::has(const MetricRef& metric) const {
  if (metric.source == MetricSource::resource || metric.source == MetricSource::container_resource)
    return false;
  return rule_of(metric) || head_of(metric) == kByPlainName || is_series(head_of(metric));
}

void GpuMetrics::record() {
  if (recording_) return;
  recording_ = true;
  series_.record();
  if (relist_ > Duration{0}) world_.events.after(relist_, *this, 0);
}

void GpuMetrics::fire(std::uint32_t, std::uint64_t) {
  listed_ = series_.scraped_since(world_.now() - relist_);
  world_.events.after(relist_, *this, 0);
}

std::string GpuMetrics::ns_of(std::size_t function) const {
  return world_.scenario.manifests.workloads[world_.scenario.functions[function].workload].ns;
}

bool GpuMetrics::is_in(std::size_t function, const std::string& ns) const {
  return ns_of(function) == ns;
}

GpuMetrics::Key GpuMetrics::key_of(std::size_t f, const MetricRef& metric) {
  return {f, metric.name + "/" + metric.object};
}

MetricFacts GpuMetrics::read(std::size_t f, const MetricRef& metric) {
  const bool of_pods = metric.source == MetricSource::pods;
  const bool adapted = is_adapted(metric);
  const MetricRule* const rule = adapted ? rule_of(metric) : nullptr;
  if (adapted) {
    const bool asked = of_pods
                           ? rule && rule->of_pods
                           : rule && rule->of_namespaces && metric.source == MetricSource::object &&
                                 metric.object.starts_with("Namespace/");
    if (!asked || !listed_ || !metric.selector.empty()) return {};
  }
  const std::string ns = metric.object.substr(metric.object.find('/') + 1);
  const std::string_view name = rule ? std::string_view(rule->series) : head_of(metric);
  const bool ratio = name == kEngineActive;
  Answer& answer = answers_[key_of(f, metric)];
  answer.pods.clear();
  TimePoint oldest = world_.now();
  const MetricsPath& path = world_.scenario.metrics;
  const Duration window = path.sample.value_or(path.collection);
  series_.each([&](PodId pod, std::size_t function, const GpuSeries::Sample& sample) {
    if (adapted && !of_pods ? !is_in(function, ns) : function != f) return;
    if (name == kUtilisation && !series_.has_utilisation(pod)) return;
    const Milli value = ratio ? sample.share_milli / 100 : sample.share_milli;
    answer.pods.push_back({pod, value, sample.collected, window});
    oldest = std::min(oldest, sample.collected);
  });
  if (answer.pods.empty()) return {};
  answer.taken = oldest;
  if (!of_pods) answer.total = fold(rule ? rule->fold : MetricRule::Fold::avg, answer.pods);
  return facts_of(answer, metric);
}

MetricFacts GpuMetrics::read_nan(std::size_t f, const MetricRef& metric) {
  const MetricFacts facts = read(f, metric);
  if (facts.presence != Presence::ok) return facts;
  if (!is_adapted(metric)) return {Presence::nan, facts.taken};
  Answer& answer = answers_[key_of(f, metric)];
  answer.total = 0;
  for (PodSample& sample : answer.pods) sample.value = 0;
  return facts_of(answer, metric);
}

MetricFacts GpuMetrics::last(std::size_t f, const MetricRef& metric) const {
  const auto found = answers_.find(key_of(f, metric));
  return found == answers_.end() ? MetricFacts{} : facts_of(found->second, metric);
}

MetricFacts GpuMetrics::facts_of(const Answer& answer, const MetricRef& metric) {
  if (answer.pods.empty()) return {};
  MetricFacts facts{Presence::ok, answer.taken};
  if (metric.source == MetricSource::pods) {
    facts.pods = answer.pods;
  } else {
    facts.series = {&answer.total, 1};
  }
  return facts;
}

}  // namespace thaw::sim
