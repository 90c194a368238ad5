#include "policies/hpa/autoscaler.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/invariant.hpp"
#include "policies/hpa/go_arithmetic.hpp"

namespace thaw::hpa {
namespace {

constexpr ConditionState kScaledToZero{true, "ScaledToZero"};
constexpr ConditionState kNotScaledToZero{false, "NotScaledToZero"};

Tolerance tolerance_of(const HpaSpec& spec, const Controller& controller) {
  Tolerance tolerance{controller.tolerance, controller.tolerance};
  if (spec.behavior) {
    tolerance.up = spec.behavior->up.tolerance.value_or(controller.tolerance);
    tolerance.down = spec.behavior->down.tolerance.value_or(controller.tolerance);
  }
  return tolerance;
}

Limit limit_of(Bound bound) {
  switch (bound) {
    case Bound::min:
      return Limit::min;
    case Bound::max:
      return Limit::max;
    case Bound::up_limit:
      return Limit::up_rate;
    case Bound::down_limit:
      return Limit::down_rate;
    case Bound::none:
      break;
  }
  return Limit::none;
}

}  // namespace

Autoscaler::Autoscaler(HpaSpec spec, const Controller& controller)
    : calculator_(controller.cpu_initialization, controller.initial_readiness_delay) {
  reconfigure(std::move(spec), controller);
}

void Autoscaler::reconfigure(HpaSpec spec, const Controller& controller) {
  THAW_CHECK(!spec.metrics.empty(), "the API server gives every autoscaler a metric");
  spec_ = std::move(spec);
  controller_ = controller;
  tolerance_ = tolerance_of(spec_, controller_);
  calculator_ =
      ReplicaCalculator(controller.cpu_initialization, controller.initial_readiness_delay);
  proposals_.reserve(spec_.metrics.size());
}

void Autoscaler::set_scaled_to_zero(std::optional<bool> by_this_one) {
  conditions_.scaled_to_zero.reset();
  if (by_this_one) conditions_.scaled_to_zero = *by_this_one ? kScaledToZero : kNotScaledToZero;
}

void Autoscaler::set_history(History history) {
  history_ = std::move(history);
  stored_ = Stored::nothing;
}

Outcome Autoscaler::reconcile(const Target& target, std::span<const MetricFacts> answers) {
  proposals_.clear();
  first_failed_.reset();
  conditions_.able_to_scale = {true, "SucceededGetScale"};
  if (history_.recommendations.empty()) {
    history_.recommendations.store({target.now, target.spec}, target.now);
  }

  Outcome outcome;
  if (is_disabled(target.spec)) {
    outcome = disabled();
  } else if (target.spec > spec_.max || (target.spec != 0 && target.spec < spec_.min)) {
    outcome = outside_bounds(target);
  } else {
    outcome = by_metrics(target, answers);
  }
  outcome.proposals = proposals_;
  outcome.rescaled = outcome.desired != target.spec;
  if (outcome.rescaled) rescaled(target.spec, outcome.desired, target.now);
  return outcome;
}

bool Autoscaler::is_disabled(std::int32_t current) const {
  if (current != 0) return false;
  if (controller_.zero_rule == ZeroRule::by_min) return spec_.min != 0;
  const auto& zeroed = conditions_.scaled_to_zero;
  const bool by_this_one = controller_.scale_to_zero && zeroed && zeroed->status;
  return !by_this_one || (spec_.min == 0 && !may_scale_from_zero());
}

// Only these metrics have values without a pod.
bool Autoscaler::may_scale_from_zero() const {
  return std::any_of(spec_.metrics.begin(), spec_.metrics.end(), [](const Metric& metric) {
    return metric.ref.source == MetricSource::object || metric.ref.source == MetricSource::external;
  });
}

Outcome Autoscaler::disabled() {
  conditions_.scaling_active = {false, "ScalingDisabled"};
  if (!controller_.scale_to_zero) conditions_.scaled_to_zero.reset();
  return {.why = {ReasonCode::hpa_disabled, {}}};
}

Outcome Autoscaler::outside_bounds(const Target& target) {
  const bool above = target.spec > spec_.max;
  return {.desired = above ? spec_.max : spec_.min,
          .cause = above ? ScaleCause::current_above_max : ScaleCause::current_below_min,
          .why = {ReasonCode::hpa_outside_bounds,
                  {static_cast<double>(target.spec), static_cast<double>(spec_.min),
                   static_cast<double>(spec_.max)}}};
}

// Empty: too much failed. The largest proposal wins, the first one of equals.
std::optional<Autoscaler::Winner> Autoscaler::ask_metrics(const Target& target,
                                                          std::span<const MetricFacts> answers) {
  static const MetricFacts kNoAnswer;
  Winner best;
  std::size_t failed = 0;
  for (std::size_t i = 0; i < spec_.metrics.size(); ++i) {
    const MetricFacts& answer = i < answers.size() ? answers[i] : kNoAnswer;
    const Proposal& proposal =
        proposals_.emplace_back(calculator_.propose(spec_.metrics[i], answer, target, tolerance_));
    if (proposal.failed) {
      ++failed;
      if (!first_failed_) first_failed_ = i;
    } else if (best.replicas == 0 || proposal.replicas > best.replicas) {
      best = {i, proposal.replicas};
    }
  }
  if (failed == spec_.metrics.size()) return {};
  // What could not be read might have kept replicas up.
  if (failed > 0 && best.replicas < target.spec) return {};
  return best;
}

Outcome Autoscaler::by_metrics(const Target& target, std::span<const MetricFacts> answers) {
  Outcome outcome{.desired = target.spec};
  const auto best = ask_metrics(target, answers);
  outcome.error = first_failed_.has_value();
  if (!best) {
    const std::size_t failed = *first_failed_;
    conditions_.scaling_active = {false, failure_of(spec_.metrics[failed].ref.source)};
    outcome.why = {ReasonCode::hpa_failed, {static_cast<double>(failed)}};
    return outcome;
  }
  conditions_.scaling_active = {true, "ValidMetricFound"};

  const std::int32_t wanted = std::max(0, best->replicas);
  if (wanted > target.spec) outcome.cause = ScaleCause::metric_above_target;
  if (wanted < target.spec) outcome.cause = ScaleCause::all_metrics_below_target;
  const Wanted input{target.now, target.spec, wanted,
                     spec_.min,  spec_.max,   controller_.downscale_stabilization};
  Normalized normalized = spec_.behavior ? normalize(input, *spec_.behavior, history_)
                                         : normalize(input, history_.recommendations);
  conditions_.able_to_scale = {true, normalized.able_to_scale};
  conditions_.scaling_limited = {normalized.bound != Bound::none, reason_of(normalized.bound)};
  if (target.spec == 0 && conditions_.scaled_to_zero && conditions_.scaled_to_zero->status &&
      normalized.desired < spec_.min) {
    normalized.desired = spec_.min;
    normalized.bound = Bound::min;
  }
  outcome.desired = normalized.desired;
  outcome.why = why(*best, normalized, outcome.desired);
  return outcome;
}

// The last number that something other than the metrics decided, as the reason's limit.
Reason Autoscaler::why(const Winner& winner, const Normalized& normalized,
                       std::int32_t desired) const {
  const Metric& metric = spec_.metrics[winner.metric];
  const Proposal& proposal = proposals_[winner.metric];
  const bool share = metric.type == TargetType::utilization;
  const std::int64_t usage = share ? proposal.utilization.value_or(0) : proposal.usage;
  Limit limit = Limit::none;
  double value = 0;
  if (normalized.bound != Bound::none) {
    limit = limit_of(normalized.bound);
    value = desired;
  } else if (normalized.stabilised != std::max(0, winner.replicas)) {
    limit = Limit::stabilisation;
    value = normalized.stabilised;
  } else if (proposal.within_tolerance) {
    limit = Limit::tolerance;
    value = usage < metric.target ? tolerance_.down : tolerance_.up;
  }
  return {ReasonCode::hpa_metric,
          {static_cast<double>(winner.metric), static_cast<double>(usage),
           static_cast<double>(metric.target), static_cast<double>(proposal.replicas),
           static_cast<double>(desired), static_cast<double>(limit), value, share ? 1.0 : 0.0}};
}

void Autoscaler::rescaled(std::int32_t from, std::int32_t to, TimePoint now) {
  conditions_.able_to_scale = {true, "SucceededRescale"};
  stored_ = Stored::nothing;
  if (spec_.behavior) {
    const bool up = to > from;
    stored_ = up ? Stored::up : Stored::down;
    const auto longest = longest_period_s(up ? spec_.behavior->up : spec_.behavior->down);
    const std::int64_t change = std::int64_t{to} - from;
    (up ? history_.ups : history_.downs)
        .store({now, wrapped(up ? change : -change)}, now - std::chrono::seconds(longest));
  }
  scaled_to_zero_before_ = conditions_.scaled_to_zero;
  if (controller_.zero_rule == ZeroRule::by_min) return;
  conditions_.scaled_to_zero.reset();
  if (!controller_.scale_to_zero) return;
  const bool to_zero = from > 0 && to == 0 && spec_.min == 0 && may_scale_from_zero();
  conditions_.scaled_to_zero = to_zero ? kScaledToZero : kNotScaledToZero;
}

void Autoscaler::write_done(TimePoint now) {
  if (stored_ == Stored::up) history_.ups.restamp(now);
  if (stored_ == Stored::down) history_.downs.restamp(now);
}

void Autoscaler::write_failed() {
  conditions_.able_to_scale = {false, "FailedUpdateScale"};
  conditions_.scaled_to_zero = scaled_to_zero_before_;
  if (stored_ == Stored::up) history_.ups.undo();
  if (stored_ == Stored::down) history_.downs.undo();
  stored_ = Stored::nothing;
}

}  // namespace thaw::hpa
