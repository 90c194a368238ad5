// Knative's reconciler of a PodAutoscaler: from what the decider wants to replicas, to the calls'
// path and to whether the revision counts as active.
//
// One pure step. Zero is reached in two: traffic gone for a stable window makes an active revision
// inactive and puts the activator in its path; after a grace period with the activator there, the
// last replica goes.
// Units: replica counts; ages are lengths of time at the step. Errors: none.
// Source: Knative Serving, pkg/reconciler/autoscaling/kpa (kpa.go, scaler.go), 1.23.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/policy.hpp"
#include "policies/knative/settings.hpp"

namespace thaw::knative {

// Nothing is wanted yet: the decider has seen no metrics.
inline constexpr std::int32_t kUnknown = -1;

// A probe that looks for the activator goes on for so long, and what it found is looked at so much
// later.
inline constexpr Duration kProbePeriod = 1s, kProbeTimeout = 45s, kAfterProbe = 1s;

// The condition Active: True, Unknown, False.
enum class Activity : std::uint8_t { active, activating, inactive };

struct PodAutoscalerFacts {
  std::int32_t desired = kUnknown, excess_burst_capacity = 0;  // the decider's last word
  std::int32_t ready = 0;
  Activity activity = Activity::inactive;
  Duration activity_age{0};
  bool initialised = false;  // the initial scale was reached once
  PathMode mode = PathMode::proxy;
  std::optional<Duration> proxy_for = {};  // the activator's addresses are in the path for so long
  bool activator_answers = true;           // a probe through the path reaches it
  bool has_service = true;                 // the revision's service has a name already
};

struct PodAutoscalerStep {
  std::int32_t want = kUnknown;
  bool apply = false;  // write `want`, where it is not so already
  std::optional<Duration> look_again = {};
  bool probe = false;  // look for the activator in the path, and come again
  PathMode mode = PathMode::proxy;
  std::int32_t activators = 2;
  Activity activity = Activity::inactive;
  std::string_view activity_reason = {};  // as Knative says it; empty where it says nothing new
  bool initialised = false;
  Limit limit = Limit::none;  // what kept `want` from what the decider desired
};

PodAutoscalerStep reconcile(const Settings& settings, const PodAutoscalerFacts& facts);

}  // namespace thaw::knative
