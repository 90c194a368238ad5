// The Helm charts that thaw knows, each turned into the objects it would install.
//
// Each gets the values of a release; a value that is not given has the chart's own default. Errors
// and notices go to the report of the Fields. Sources: the values.yaml and templates of the charts
// ollama (otwld, which SUSE's follows) and prometheus-adapter (prometheus-community).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "engine/scenario/manifest_kinds.hpp"

namespace thaw {

inline constexpr std::array<std::string_view, 2> kCharts{"ollama", "prometheus-adapter"};

struct OllamaRelease {
  Workload workload;
  ServiceObject service;
  std::optional<ClaimObject> claim;
};

// `release`: its name, namespace and place.
OllamaRelease read_ollama_chart(const ObjectHead& release, Fields& values);
MetricsAdapter read_adapter_chart(const ObjectHead& release, Fields& values);

// The rules of prometheus-adapter's own configuration: a list under `key`. Those that thaw cannot
// play are left out with a notice.
std::vector<MetricRule> read_metric_rules(Fields& config, std::string_view key);

}  // namespace thaw
