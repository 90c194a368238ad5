#include "policies/idle_metric_scaler.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

namespace thaw {
namespace {

constexpr std::size_t kMostSamples = 1024;
// An instant selector does not see a series that has missed so many scrapes.
constexpr int kMissedScrapes = 3;

std::int64_t whole_seconds(TimePoint t) {
  return std::chrono::floor<std::chrono::seconds>(t.since_epoch).count();
}

// Pods that a policy lets come or go at once, by its number alone.
std::int64_t step_of(const RatePolicy& policy, std::int32_t current) {
  if (policy.value <= 0) return 0;
  if (!policy.percent) return policy.value;
  return static_cast<std::int64_t>(
      std::floor(current * (static_cast<double>(policy.value) / 100.0)));
}

Reason limited(Reason why, Limit limit, std::int32_t replicas) {
  why.number[3] = why.number[5] = replicas;
  why.number[4] = static_cast<double>(limit);
  return why;
}

}  // namespace

void IdleMetricScaler::settings(MetricSettings settings, std::int32_t replicas_min) {
  settings_ = std::move(settings);
  replicas_min_ = replicas_min;
  longest_s_ = 0;
  for (const ScalingDirection* direction : {&settings_.up, &settings_.down}) {
    longest_s_ = std::max(longest_s_, direction->window_s);
    for (const RatePolicy& p : direction->policies) longest_s_ = std::max(longest_s_, p.period_s);
  }
}

void IdleMetricScaler::forget() {
  asked_for_.clear();
  decided_.clear();
}

void IdleMetricScaler::remember(History& history, std::int64_t now_s, std::int32_t replicas) const {
  std::erase_if(history, [&](const Sample& s) { return s.at_s < now_s - longest_s_; });
  if (history.size() == kMostSamples) history.erase(history.begin());
  history.push_back({now_s, replicas});
}

IdleMetricScaler::Range IdleMetricScaler::since(const History& history, std::int64_t from_s) {
  Range range;
  for (const Sample& sample : history) {
    if (sample.at_s < from_s) continue;
    range.low = std::min(range.low, sample.replicas);
    range.high = std::max(range.high, sample.replicas);
  }
  return range;
}

void IdleMetricScaler::changed(TimePoint now, std::int32_t replicas) {
  remember(decided_, whole_seconds(now), replicas);
}

std::int32_t IdleMetricScaler::within_bounds(std::int32_t replicas) const {
  replicas = std::max(replicas, replicas_min_);
  return settings_.replica_max ? std::min(replicas, *settings_.replica_max) : replicas;
}

IdleMetricScaler::Wish IdleMetricScaler::pass(TimePoint now, std::int32_t current,
                                              std::span<const MetricFacts> answers) {
  const std::int64_t now_s = whole_seconds(now);
  Wish wish = by_triggers(now, current, answers);
  remember(asked_for_, now_s, wish.replicas);
  if (wish.replicas > current) {
    wish = grown(wish, current, now_s);
  } else if (wish.replicas < current) {
    wish = shrunk(wish, current, now_s);
  }
  const std::int32_t bounded = std::max(within_bounds(wish.replicas), 0);
  if (bounded != wish.replicas) {
    wish = {bounded, limited(wish.why, bounded < wish.replicas ? Limit::max : Limit::min, bounded)};
  }
  if (wish.replicas != current) remember(decided_, now_s, wish.replicas);
  return wish;
}

IdleMetricScaler::Wish IdleMetricScaler::by_triggers(TimePoint now, std::int32_t current,
                                                     std::span<const MetricFacts> answers) const {
  // The value of a trigger: empty where SlimFaas would find none to go by.
  const auto value_of = [&](const MetricTrigger& trigger) -> std::optional<double> {
    if (!trigger.has_query || trigger.threshold <= 0 || trigger.metric >= answers.size()) return {};
    const MetricFacts& answer = answers[trigger.metric];
    if (answer.presence != Presence::ok || answer.series.empty()) return {};
    if (trigger.instant && now - answer.taken >= kMissedScrapes * settings_.scrape) return {};
    if (answer.series[0] < 0) return {};
    return static_cast<double>(answer.series[0]) / 1000;
  };

  std::optional<Wish> highest;
  bool missing = false;
  for (std::size_t i = 0; i < settings_.triggers.size(); ++i) {
    const MetricTrigger& trigger = settings_.triggers[i];
    const auto value = value_of(trigger);
    if (!value) {
      missing = true;
      continue;
    }
    const double ratio = *value / trigger.threshold;
    const double exact = std::ceil(trigger.average ? ratio : current * ratio);
    const auto asked = static_cast<std::int32_t>(
        std::min<double>(exact, std::numeric_limits<std::int32_t>::max()));
    Wish wish{asked,
              {ReasonCode::metric_trigger,
               {static_cast<double>(i), *value, trigger.threshold, static_cast<double>(asked)}}};
    // In SlimFaas's order: of a maximum below the minimum it is the minimum that holds here.
    if (settings_.replica_max && wish.replicas > *settings_.replica_max) {
      wish.replicas = *settings_.replica_max;
      wish.why = limited(wish.why, Limit::max, wish.replicas);
    }
    if (wish.replicas < replicas_min_) {
      wish.replicas = replicas_min_;
      wish.why = limited(wish.why, Limit::min, wish.replicas);
    }
    if (!highest || wish.replicas > highest->replicas) highest = wish;
  }
  if (!highest) {
    // Bounds may have moved meanwhile; pass() applies them.
    return {current, {ReasonCode::metric_trigger, {-1, -1, 0, static_cast<double>(current)}}};
  }
  if (missing && highest->replicas < current) {
    highest->replicas = current;
    highest->why = limited(highest->why, Limit::stabilisation, current);
  }
  return *highest;
}

IdleMetricScaler::Wish IdleMetricScaler::grown(Wish wish, std::int32_t current,
                                               std::int64_t now_s) const {
  std::int64_t allowed = 0;
  for (const RatePolicy& policy : settings_.up.policies) {
    std::int64_t step = step_of(policy, current);
    if (policy.period_s > 0) {
      const bool used = !since(decided_, now_s - policy.period_s).empty();
      step = used ? 0 : std::min(step, policy.value);
    }
    allowed = std::max(allowed, step);
  }
  const auto most = static_cast<std::int32_t>(
      std::min<std::int64_t>(current + allowed, std::numeric_limits<std::int32_t>::max()));
  if (wish.replicas > most) wish = {most, limited(wish.why, Limit::up_rate, most)};

  if (settings_.up.window_s > 0) {
    const Range recent = since(decided_, now_s - settings_.up.window_s);
    if (!recent.empty() && wish.replicas > recent.high) {
      wish = {recent.high, limited(wish.why, Limit::stabilisation, recent.high)};
    }
  }
  return wish;
}

IdleMetricScaler::Wish IdleMetricScaler::shrunk(Wish wish, std::int32_t current,
                                                std::int64_t now_s) const {
  std::optional<std::int64_t> allowed;
  for (const RatePolicy& policy : settings_.down.policies) {
    std::int64_t step = step_of(policy, current);
    if (policy.period_s > 0) {
      const Range recent = since(decided_, now_s - policy.period_s);
      const std::int32_t from = recent.empty() ? current : recent.high;
      step = std::min(step, policy.value - std::max(0, from - current));
    }
    if (step > 0) allowed = std::min(allowed.value_or(step), step);
  }
  const auto least = static_cast<std::int32_t>(current - allowed.value_or(0));
  if (wish.replicas < least) wish = {least, limited(wish.why, Limit::down_rate, least)};

  if (settings_.down.window_s > 0) {
    const Range recent = since(asked_for_, now_s - settings_.down.window_s);
    if (recent.high > wish.replicas) {
      wish = {recent.high, limited(wish.why, Limit::stabilisation, recent.high)};
    }
  }
  return wish;
}

}  // namespace thaw
