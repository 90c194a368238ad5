// SlimFaas's `Scale` annotation: triggers that ask for replicas, and how fast they may change.
//
// Units: thresholds as the query's value, replicas are counts, times whole seconds.
// Defaults: without a direction in Behavior 100 per cent or 4 pods in 15 s up, and 100 per cent in
// 15 s down after 300 s of stabilisation; a direction that is there and leaves out its window has
// none, and the default policies where it leaves those out.
// Source: SlimFaas Scale.cs and FunctionMetadataParser.cs, 0.81.
// Errors: values of the wrong kind go to the reader's Diagnostics; a trigger that can never count
// is a notice.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "engine/policy.hpp"

namespace thaw {

struct MetricTrigger {
  bool average = true;     // AverageValue; otherwise Value
  double threshold = 0;    // 0 or less, or no query: never valid
  std::size_t metric = 0;  // the index of its answer, if it has a query
  bool has_query = false;
  bool instant = true;  // the query has no range of its own: old samples do not count
};

struct RatePolicy {
  bool percent = true;  // of the replicas; otherwise pods
  std::int64_t value = 100, period_s = 15;
};

struct ScalingDirection {
  std::int64_t window_s = 0;
  std::vector<RatePolicy> policies;
};

struct MetricSettings {
  std::optional<std::int32_t> replica_max;
  Duration scrape{0};
  std::vector<MetricTrigger> triggers;
  std::vector<MetricRef> metrics;  // what the triggers ask for
  ScalingDirection up, down;

  static MetricSettings read(const Spec& spec, ParamsReader& reader, Diagnostics& diagnostics);
  static std::span<const ParamInfo> documented();
};

}  // namespace thaw
