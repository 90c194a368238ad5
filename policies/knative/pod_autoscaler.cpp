#include "policies/knative/pod_autoscaler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace thaw::knative {
namespace {

// A revision that does not get ready is given up so much after its progress deadline, when its
// Deployment has had the time to say why.
constexpr Duration kAfterDeadline = 30s;
// Nothing changes in a path that leads to the activator already, so nothing else calls the
// reconciler back.
constexpr Duration kNextPass = 3s;
constexpr std::int32_t kLeastActivators = 2;

bool asks_for_initial_scale(const Settings& s, const PodAutoscalerFacts& facts) {
  return s.initial_scale > 1 && !facts.initialised && s.decider.reachable;
}

void bound(const Settings& s, const PodAutoscalerFacts& facts, PodAutoscalerStep& step) {
  std::int32_t least = s.min_scale;
  if (asks_for_initial_scale(s, facts)) least = std::max(s.initial_scale, least);
  if (step.want < least) {
    step.want = least;
    step.limit = least > s.min_scale ? Limit::initial : Limit::min;
  } else if (s.max_scale != 0 && step.want > s.max_scale) {
    step.want = s.max_scale;
    step.limit = Limit::max;
  }
}

void hold(PodAutoscalerStep& step, std::int32_t want, bool apply,
          std::optional<Duration> look_again = {}) {
  step.want = want;
  step.apply = apply;
  step.look_again = look_again;
}

void release_inactive(const Settings& s, const PodAutoscalerFacts& facts, PodAutoscalerStep& step) {
  if (s.decider.target_burst_capacity != -1 && !facts.activator_answers) {
    hold(step, 0, false);
    step.probe = true;
    return;
  }
  const Duration grace = s.scale_to_zero_grace_period, retention = s.pod_retention_period;
  const Duration inactive_for = facts.activity_age;
  if (inactive_for >= std::max(grace, retention)) return hold(step, 0, true);
  if (retention > 0s && inactive_for < retention) {
    return hold(step, 0, false, retention - inactive_for);
  }
  const Duration still = grace - facts.proxy_for.value_or(0s);
  if (still <= 0s) return hold(step, 0, true);
  hold(step, 0, false, still);
}

// Nothing is wanted: whether the last replica may go.
void release(const Settings& s, const PodAutoscalerFacts& facts, PodAutoscalerStep& step) {
  if (!s.scale_to_zero) return hold(step, 1, true);
  switch (facts.activity) {
    case Activity::activating: {
      const Duration patience = s.progress_deadline + kAfterDeadline;
      if (facts.activity_age > patience) return hold(step, 0, true);
      return hold(step, kUnknown, false, patience);
    }
    case Activity::active: {
      const Duration window = s.decider.stable_window;
      if (facts.activity_age < window) return hold(step, 1, true, window - facts.activity_age);
      hold(step, 0, false);
      if (facts.mode == PathMode::proxy) step.look_again = kNextPass;
      return;
    }
    case Activity::inactive:
      return release_inactive(s, facts, step);
  }
}

std::int32_t activators_for(const Settings& s, std::int32_t ready) {
  const double burst = s.decider.target_burst_capacity;
  if (burst == 0) return kLeastActivators;
  const double load = ready * s.decider.total_value + std::max(0.0, burst);
  const double needed = std::ceil(load / s.activator_capacity);
  return std::max(kLeastActivators,
                  static_cast<std::int32_t>(
                      std::clamp(needed, 0.0, double{std::numeric_limits<std::int32_t>::max()})));
}

void conclude(const Settings& s, const PodAutoscalerFacts& facts, PodAutoscalerStep& step) {
  const std::int32_t threshold = std::max(s.min_scale, facts.initialised ? 1 : s.initial_scale);
  step.initialised = facts.initialised || (facts.ready >= threshold && facts.has_service);
  step.activity = facts.activity;
  if (step.want == 0 || threshold == 0) {
    const bool gave_up = facts.activity == Activity::activating && threshold > 0;
    step.activity = Activity::inactive;
    step.activity_reason = gave_up ? "TimedOut" : "NoTraffic";
  } else if (step.want > 0 || facts.activity != Activity::inactive) {
    const bool there = facts.ready >= threshold;
    step.activity = there ? Activity::active : Activity::activating;
    step.activity_reason = there ? "" : "Queued";
  } else {
    step.activity_reason = "NoTraffic";
  }
}

}  // namespace

PodAutoscalerStep reconcile(const Settings& settings, const PodAutoscalerFacts& facts) {
  PodAutoscalerStep step;
  step.want = facts.desired;
  if (facts.desired >= 0 || facts.activity == Activity::activating) {
    bound(settings, facts, step);
    if (step.want == 0) {
      release(settings, facts, step);
    } else {
      step.apply = true;
    }
  }
  const bool spare = facts.excess_burst_capacity >= 0;
  step.mode = step.want > 0 && spare ? PathMode::serve : PathMode::proxy;
  step.activators = activators_for(settings, facts.ready);
  conclude(settings, facts, step);
  return step;
}

}  // namespace thaw::knative
