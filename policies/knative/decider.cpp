#include "policies/knative/decider.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace thaw::knative {
namespace {

// Truncates; what 32 bits cannot hold stays at their end, and no number at all is none.
std::int32_t to_count(double value) {
  constexpr double least = std::numeric_limits<std::int32_t>::min();
  constexpr double most = std::numeric_limits<std::int32_t>::max();
  if (std::isnan(value)) return 0;
  return static_cast<std::int32_t>(std::clamp(value, least, most));
}

}  // namespace

// What one average asks for, and what the rates and the activation scale leave of it.
struct Decider::Demand {
  double average = 0, asked = 0;
  std::int32_t pods = 0;
  Limit limit = Limit::none;
  double limit_value = 0;
};

Decider::Decider(const DeciderSpec& spec, Panic panic) : spec_(spec), panic_(panic) {
  if (spec.scale_down_delay > 0ns) delay_.emplace(spec.scale_down_delay);
}

Decider Decider::created(const DeciderSpec& spec, TimePoint now, std::int32_t ready) {
  return Decider(spec, {ready > 1 ? std::optional(now) : std::nullopt, ready});
}

Decider::Demand Decider::demand(double average, double ready) const {
  const double most = std::ceil(spec_.max_scale_up_rate * ready);
  const double least = spec_.reachable ? std::floor(ready / spec_.max_scale_down_rate) : 0;
  Demand d{average, std::ceil(average / spec_.target_value), 0, Limit::none, 0};
  if (d.asked < least) d.limit = Limit::down_rate, d.limit_value = least;
  double pods = std::max(d.asked, least);
  if (pods > most) d.limit = Limit::up_rate, d.limit_value = most;
  d.pods = to_count(std::min(pods, most));
  const std::int32_t activation = spec_.activation_scale;
  if (activation > 1 && d.asked > 0 && activation > d.pods) {
    d.pods = activation;
    d.limit = Limit::activation;
    d.limit_value = activation;
  }
  return d;
}

void Decider::watch_for_panic(TimePoint now, double asked_by_panic_window, double ready) {
  if (asked_by_panic_window / ready >= spec_.panic_threshold) {
    panic_.since = now;
  } else if (panic_.since && *panic_.since + spec_.stable_window < now) {
    panic_ = {};
  }
}

std::int32_t Decider::excess_burst_capacity(std::int32_t ready, double panic_average) const {
  if (spec_.target_burst_capacity == 0) return 0;
  if (spec_.target_burst_capacity < 0) return -1;
  return to_count(std::floor(static_cast<double>(ready) * spec_.total_value -
                             spec_.target_burst_capacity - panic_average));
}

Evaluation Decider::evaluate(TimePoint now, std::int32_t ready,
                             const std::optional<Averages>& averages) {
  if (!averages) return {};
  const double pods = std::max(1, ready);
  const Demand stable = demand(averages->stable, pods), panic = demand(averages->panic, pods);
  watch_for_panic(now, panic.asked, pods);

  const Demand& chosen = panic_.since && panic.pods > stable.pods ? panic : stable;
  Evaluation result{.valid = true,
                    .desired = chosen.pods,
                    .average = chosen.average,
                    .asked = chosen.asked,
                    .of_panic_window = &chosen == &panic,
                    .panicking = panic_.since.has_value(),
                    .limit = chosen.limit,
                    .limit_value = chosen.limit_value};
  const auto hold = [&result](std::int32_t highest) {
    if (highest == result.desired) return;
    result.desired = highest;
    result.limit = Limit::stabilisation;
    result.limit_value = highest;
  };
  if (panic_.since) {
    panic_.most_pods = std::max(panic_.most_pods, result.desired);
    hold(panic_.most_pods);
  }
  if (spec_.reachable && delay_) hold(delay_->record(now, result.desired));
  result.excess_burst_capacity = excess_burst_capacity(ready, averages->panic);
  return result;
}

std::int32_t initial_excess_burst_capacity(const DeciderSpec& spec, std::int32_t initial_scale) {
  const double burst = spec.target_burst_capacity;
  if (burst == 0 || burst == -1) return static_cast<std::int32_t>(burst);
  return to_count(initial_scale * spec.total_value - burst);
}

}  // namespace thaw::knative
