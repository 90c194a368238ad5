// The metrics of a HorizontalPodAutoscaler as lint wants them: which number is held against which,
// who makes it, and how large it can get.
//
// Sources: autoscaling/v2; prometheus-adapter's rules; the documentation of DCGM, Triton and vLLM
// for the ranges of their gauges.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lint/subject.hpp"
#include "engine/scenario/manifest.hpp"

namespace thaw::lint {

struct HpaMetric {
  std::string path;  // "metrics.0"
  std::string type;  // "Object"
  std::string name;  // of the metric or the resource
  std::string container;
  std::string described_kind, described_name;
  std::string target_type;             // "AverageValue"
  std::optional<std::int64_t> target;  // in thousandths; of Utilization: of per cents
  Place name_place, target_place;
  const MetricRule* rule = nullptr;  // of prometheus-adapter, which makes it

  bool is_resource() const { return type == "Resource" || type == "ContainerResource"; }
  // What the exporter calls it.
  std::string_view series() const { return rule ? rule->series : name; }
};

// Without any, the one that the API server puts in: cpu at 80 % of the request.
std::vector<HpaMetric> metrics_of(const HpaObject& hpa, const Manifests& manifests);

// The most that a gauge of this name reads, in thousandths; empty: not known.
std::optional<std::int64_t> most_of_series(std::string_view series);

// A whole number of the spec, or what stands for a missing one.
std::int64_t number_of(const HpaObject& hpa, std::string_view key, std::int64_t missing);

// The workload that it scales, if it is among the files. What OpenFaaS makes of a function is a
// Deployment.
const Workload* target_of(const HpaObject& hpa, const Manifests& manifests);

// Containers of a workload's pods that run beside each other: init containers that restart among
// them.
std::vector<const yaml::Node*> lasting_containers_of(const Object& workload);

}  // namespace thaw::lint
