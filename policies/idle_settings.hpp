// The settings of SlimFaas that concern scaling: annotations of the function ("ReplicasMin") and
// the environment of SlimFaas itself ("env.NAME"), with the names and defaults of its version.
//
// Units: replicas are counts, times durations; the text has seconds and, in the environment, ms.
// Source: SlimFaas's annotations and environment variables, 0.24 and 0.81.
// Errors: values out of range go to the reader's Diagnostics; what SlimFaas would ignore, and what
// is not modelled, becomes a notice.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "engine/policy.hpp"
#include "policies/idle_metric_settings.hpp"
#include "policies/idle_schedule.hpp"

namespace thaw {

struct IdleSettings {
  // SlimFaas reads its numbers as 32-bit integers.
  static constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();

  std::int32_t replicas_min = 0, replicas_at_start = 1;
  Duration timeout{0};
  IdleSchedule schedule;
  bool any_call_counts = false;   // calls of any function count as calls of this one
  bool up_by_default = false;     // a function that nobody called yet counts as called now
  bool reworked = true;           // the rule of 0.50 and later
  bool wake_is_a_change = false;  // waking holds further growth back as any change does, from 0.84
  MetricSettings metrics;         // without triggers before 0.50
  Duration poll{0}, pass{0};

  static IdleSettings read(const Spec& spec, ParamsReader& reader, Diagnostics& diagnostics);
  static std::span<const ParamInfo> documented();

 private:
  void read_metrics(const Spec& spec, ParamsReader& reader, Diagnostics& diagnostics);
};

}  // namespace thaw
