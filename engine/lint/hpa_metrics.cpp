#include "engine/lint/hpa_metrics.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/scenario/units.hpp"

namespace thaw::lint {
namespace {

constexpr std::int64_t kPerCent = 100'000, kRatio = 1'000;
constexpr std::array<std::pair<std::string_view, std::int64_t>, 16> kBounds{{
    {"DCGM_FI_DEV_GPU_UTIL", kPerCent},
    {"DCGM_FI_DEV_MEM_COPY_UTIL", kPerCent},
    {"DCGM_FI_DEV_ENC_UTIL", kPerCent},
    {"DCGM_FI_DEV_DEC_UTIL", kPerCent},
    {"DCGM_FI_PROF_GR_ENGINE_ACTIVE", kRatio},
    {"DCGM_FI_PROF_SM_ACTIVE", kRatio},
    {"DCGM_FI_PROF_SM_OCCUPANCY", kRatio},
    {"DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", kRatio},
    {"DCGM_FI_PROF_PIPE_FP64_ACTIVE", kRatio},
    {"DCGM_FI_PROF_PIPE_FP32_ACTIVE", kRatio},
    {"DCGM_FI_PROF_PIPE_FP16_ACTIVE", kRatio},
    {"DCGM_FI_PROF_DRAM_ACTIVE", kRatio},
    {"nv_gpu_utilization", kRatio},
    {"nv_gpu_memory_utilization", kRatio},
    {"vllm:gpu_cache_usage_perc", kRatio},
    {"vllm:kv_cache_usage_perc", kRatio},
}};

class MetricReader {
 public:
  MetricReader(const HpaObject& hpa, std::string path) : hpa_(hpa), path_(std::move(path)) {}

  HpaMetric read() const {
    HpaMetric metric;
    metric.path = path_;
    metric.type = text("type");
    std::string field = metric.type;
    if (!field.empty() && field.front() >= 'A' && field.front() <= 'Z')
      field.front() = static_cast<char>(field.front() - 'A' + 'a');
    const std::string name = field + (metric.is_resource() ? ".name" : ".metric.name");
    metric.name = text(name);
    metric.name_place = place(name);
    metric.container = text(field + ".container");
    metric.described_kind = text(field + ".describedObject.kind");
    metric.described_name = text(field + ".describedObject.name");
    read_target(field + ".target", metric);
    return metric;
  }

 private:
  // By which of its numbers the controller goes: an object's by the type, the others by the number
  // that is there.
  void read_target(const std::string& target, HpaMetric& metric) const {
    const bool by_type = metric.type == "Object";
    const bool average = by_type ? text(target + ".type") == "AverageValue"
                                 : !text(target + ".averageValue").empty();
    metric.target_type = average ? "AverageValue" : metric.is_resource() ? "Utilization" : "Value";
    const std::string key = target + (average                ? ".averageValue"
                                      : metric.is_resource() ? ".averageUtilization"
                                                             : ".value");
    metric.target = units::kubernetes_milli(text(key));
    if (metric.target && *metric.target <= 0) metric.target.reset();
    metric.target_place = place(key);
  }

  std::string text(const std::string& key) const {
    const Params::Entry* const entry = hpa_.spec.find(path_ + "." + key);
    return entry ? entry->value : "";
  }

  Place place(const std::string& key) const {
    const Params::Entry* const entry = hpa_.spec.find(path_ + "." + key);
    return entry ? entry->place : hpa_.place;
  }

  const HpaObject& hpa_;
  std::string path_;
};

const MetricRule* rule_of(const std::string& metric, const Manifests& manifests) {
  for (const MetricsAdapter& adapter : manifests.adapters)
    for (const MetricRule& rule : adapter.rules)
      if (rule.metric == metric) return &rule;
  return nullptr;
}

}  // namespace

std::vector<HpaMetric> metrics_of(const HpaObject& hpa, const Manifests& manifests) {
  std::vector<HpaMetric> metrics;
  for (std::size_t i = 0;; ++i) {
    const std::string path = "metrics." + std::to_string(i);
    const auto next = hpa.spec.entries().lower_bound(path + ".");
    if (next == hpa.spec.entries().end() || !next->first.starts_with(path + ".")) break;
    HpaMetric metric = MetricReader(hpa, path).read();
    if (metric.type == "Object" || metric.type == "Pods")
      metric.rule = rule_of(metric.name, manifests);
    metrics.push_back(std::move(metric));
  }
  if (metrics.empty()) {
    metrics.push_back({"metrics",
                       "Resource",
                       "cpu",
                       {},
                       {},
                       {},
                       "Utilization",
                       80'000,
                       hpa.place,
                       hpa.place,
                       nullptr});
  }
  return metrics;
}

std::optional<std::int64_t> most_of_series(std::string_view series) {
  for (const auto& [name, most] : kBounds)
    if (name == series) return most;
  return std::nullopt;
}

std::int64_t number_of(const HpaObject& hpa, std::string_view key, std::int64_t missing) {
  const Params::Entry* const entry = hpa.spec.find(key);
  const auto number = entry ? units::integer(entry->value) : std::nullopt;
  return number.value_or(missing);
}

const Workload* target_of(const HpaObject& hpa, const Manifests& manifests) {
  for (const Workload& workload : manifests.workloads) {
    const auto kind = workload.kind == Workload::Kind::openfaas_function
                          ? Workload::Kind::deployment
                          : workload.kind;
    if (kind == Workload::Kind::knative_service) continue;  // it has no scale of its own
    if (workload.name == hpa.target_name && name_of(kind) == hpa.target_kind &&
        may_share_namespace(workload.ns, hpa.ns))
      return &workload;
  }
  return nullptr;
}

std::vector<const yaml::Node*> lasting_containers_of(const Object& workload) {
  std::vector<const yaml::Node*> found;
  const yaml::Node* const pod = at(*workload.node, "spec.template.spec");
  if (!pod) return found;
  if (const yaml::Node* const list = pod->find("containers"))
    for (const yaml::Node& container : list->list) found.push_back(&container);
  if (const yaml::Node* const list = pod->find("initContainers")) {
    for (const yaml::Node& container : list->list) {
      const yaml::Node* const restart = container.find("restartPolicy");
      if (restart && restart->scalar == "Always") found.push_back(&container);
    }
  }
  return found;
}

}  // namespace thaw::lint
