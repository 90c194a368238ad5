#include "policies/hpa/normalize.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <span>

#include "policies/hpa/go_arithmetic.hpp"

namespace thaw::hpa {
namespace {

constexpr std::string_view kReady = "ReadyForNewScale";
constexpr std::string_view kUpStabilized = "ScaleUpStabilized";
constexpr std::string_view kDownStabilized = "ScaleDownStabilized";

// The cap of the path without rules: twice the replicas, but not below four.
constexpr double kUpFactor = 2, kUpLeast = 4;

Duration window(const ScalingRules& rules, Duration fallback) {
  if (rules.window_s) return std::chrono::seconds(*rules.window_s);
  return std::chrono::floor<std::chrono::seconds>(fallback);
}

// A value that `limit` cuts off above or below.
struct Cut {
  std::int32_t value;
  Bound bound = Bound::none;
};

Cut at_most(std::int32_t value, std::int32_t limit, Bound bound) {
  if (value > limit) return {limit, bound};
  return {value};
}

Cut at_least(std::int32_t value, std::int32_t limit, Bound bound) {
  if (value < limit) return {limit, bound};
  return {value};
}

std::int32_t stabilise(const Wanted& w, const Behavior& behavior, Slots<Recommendation>& stored) {
  const TimePoint up_from = w.now - window(behavior.up, w.downscale_stabilization);
  const TimePoint down_from = w.now - window(behavior.down, w.downscale_stabilization);
  std::int32_t up = w.desired, down = w.desired;
  for (const Recommendation& past : stored.entries()) {
    if (past.at > up_from) up = std::min(up, past.replicas);
    if (past.at > down_from) down = std::max(down, past.replicas);
  }
  stored.store({w.now, w.desired}, std::min(up_from, down_from));
  return std::min(std::max(w.current, up), down);
}

// The replicas that a policy's period began with, as far as this autoscaler changed them.
std::int32_t start_of_period(const RatePolicy& policy, const Wanted& w, const History& history) {
  const TimePoint from = w.now - std::chrono::seconds(policy.period_s);
  const auto changed = [&](std::span<const ScaleEvent> events) {
    std::int64_t total = 0;
    for (const ScaleEvent& event : events) {
      if (event.at > from) total += event.change;
    }
    return wrapped(total);
  };
  return wrapped(std::int64_t{w.current} - changed(history.ups.entries()) +
                 changed(history.downs.entries()));
}

std::int32_t up_limit(const ScalingRules& rules, const Wanted& w, const History& history) {
  if (rules.select == SelectPolicy::disabled) return w.current;
  const bool least = rules.select == SelectPolicy::min;
  std::int32_t limit =
      least ? std::numeric_limits<std::int32_t>::max() : std::numeric_limits<std::int32_t>::min();
  for (const RatePolicy& policy : rules.policies) {
    const std::int32_t start = start_of_period(policy, w, history);
    // 1 + share first: 10 % of 50 is 55.00000000000001, hence 56.
    const std::int32_t proposed =
        policy.type == PolicyType::pods
            ? wrapped(std::int64_t{start} + policy.value)
            : to_int32(std::ceil(static_cast<double>(start) *
                                 (1 + static_cast<double>(policy.value) / 100)));
    limit = least ? std::min(limit, proposed) : std::max(limit, proposed);
  }
  return limit;
}

std::int32_t down_limit(const ScalingRules& rules, const Wanted& w, const History& history) {
  if (rules.select == SelectPolicy::disabled) return w.current;
  // The largest change is the fewest replicas.
  const bool most = rules.select == SelectPolicy::min;
  std::int32_t limit =
      most ? std::numeric_limits<std::int32_t>::min() : std::numeric_limits<std::int32_t>::max();
  for (const RatePolicy& policy : rules.policies) {
    const std::int32_t start = start_of_period(policy, w, history);
    const std::int32_t proposed =
        policy.type == PolicyType::pods
            ? wrapped(std::int64_t{start} - policy.value)
            : to_int32(static_cast<double>(start) * (1 - static_cast<double>(policy.value) / 100));
    limit = most ? std::max(limit, proposed) : std::min(limit, proposed);
  }
  return limit;
}

Cut limit_rate(std::int32_t wanted, const Wanted& w, const Behavior& behavior,
               const History& history) {
  if (wanted > w.current) {
    const std::int32_t limit = std::max(up_limit(behavior.up, w, history), w.current);
    return w.max > limit ? at_most(wanted, limit, Bound::up_limit)
                         : at_most(wanted, w.max, Bound::max);
  }
  if (wanted < w.current) {
    const std::int32_t limit = std::min(down_limit(behavior.down, w, history), w.current);
    return w.min < limit ? at_least(wanted, limit, Bound::down_limit)
                         : at_least(wanted, w.min, Bound::min);
  }
  return {wanted};
}

}  // namespace

Normalized normalize(const Wanted& w, Slots<Recommendation>& recommendations) {
  const TimePoint from = w.now - w.downscale_stabilization;
  std::int32_t highest = w.desired;
  for (const Recommendation& past : recommendations.entries()) {
    if (past.at >= from) highest = std::max(highest, past.replicas);
  }
  recommendations.store({w.now, w.desired}, from);

  const std::int32_t up = to_int32(std::max(kUpFactor * static_cast<double>(w.current), kUpLeast));
  Cut cut = at_least(highest, w.min, Bound::min);
  if (cut.bound == Bound::none) {
    cut = w.max > up ? at_most(highest, up, Bound::up_limit) : at_most(highest, w.max, Bound::max);
  }
  return {cut.value, highest, highest == w.desired ? kReady : kDownStabilized, cut.bound};
}

Normalized normalize(const Wanted& w, const Behavior& behavior, History& history) {
  const std::int32_t stabilised = stabilise(w, behavior, history.recommendations);
  const Cut cut = limit_rate(stabilised, w, behavior, history);
  const std::string_view held = w.desired >= w.current ? kUpStabilized : kDownStabilized;
  return {cut.value, stabilised, stabilised == w.desired ? kReady : held, cut.bound};
}

}  // namespace thaw::hpa
