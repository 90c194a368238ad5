// The sections of a scenario file, each described in a file of its own.
#pragma once

#include <variant>
#include <vector>

#include "engine/scenario/scenario.hpp"
#include "engine/scenario/shape.hpp"

namespace thaw::scenario {

// A glob that finds manifests, relative to the scenario's folder; or one that finds the values of a
// Helm chart.
struct ManifestPattern {
  std::string text;
  Place place;
  std::string key;
  std::string ns;              // empty: "default"
  std::string chart, release;  // empty: Kubernetes objects
};

// The file as read: complete in itself, nothing yet held against the manifests.
struct Document {
  Scenario scenario;
  std::vector<ManifestPattern> manifests;
};

using WorkloadItem = std::variant<Step, Arrivals, Rounds>;

Shape<Versions> versions_section();
Shape<ClusterSpec> cluster_section();
Shape<NodeAutoscaler> node_autoscaler();
Shape<ManifestPattern> manifests_entry();
Shape<MetricsPath> metrics_section();
Shape<std::vector<FunctionSpec>> functions_section();
Shape<std::vector<Pipeline>> pipelines_section();
Shape<std::vector<WorkloadItem>> workload_section();
Shape<std::vector<Check>> checks_section();
Shape<std::vector<Fault>> faults_section();
Shape<Document> document();

}  // namespace thaw::scenario
