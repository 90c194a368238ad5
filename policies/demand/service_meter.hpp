// How busy a function is: its arrival rate, fast and slow, and how much of a replica one request
// takes, by Little's law.
//
// Work is the time that a replica is busy for one request, whatever it has in service beside it: of
// a card that its requests share (processor sharing) and of one that takes them one by one it is
// what a request needs alone. Where a replica serves several side by side at full speed (`slots`)
// it is the time in service, and there are so many servers a replica.
// Counted in the reports: arrivals, and completions; of what replicas report themselves (Knative),
// which has none, what has reached them. Sampled on the policy's own ticks: what is in service.
// Units: a second; seconds. Errors: none; empty before the first few completions.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "engine/policy.hpp"
#include "policies/demand/decaying_sum.hpp"
#include "policies/demand/saved.hpp"

namespace thaw {

class ServiceMeter {
 public:
  // `fast`: how long what came is remembered where the rate has risen.
  void configure(Duration fast, int slots) {
    if (slots_ == slots && seconds(fast) == fast_.memory_s()) return;
    fast_ = DecayingSum(fast);
    squares_ = DecayingSum(fast / 2);
    slow_ = DecayingSum(fast * kSlower);
    slots_ = slots;
  }
  void begin(TimePoint now) {
    if (!since_) since_ = now;
  }
  void report(const Load& load) {
    const double arrived = load.requests - load.proxied_requests;
    fast_.add(load.at, arrived);
    squares_.add(load.at, arrived * arrived);
    slow_.add(load.at, arrived);
    const double served = load.from_replicas ? load.requests : load.completions;
    if (served <= 0) return;
    const double fades = math::exp(-served / kServedMemory);
    busy_s_ *= fades;
    served_ = served_ * fades + served;
  }
  // Once a tick: `tick` long.
  void sample(const Observation& seen, Duration tick) {
    in_flight_ = static_cast<double>(seen.in_flight);
    const double busy = slots_ > 1 ? static_cast<double>(seen.in_flight)
                                   : std::min<double>(seen.in_flight, seen.ready.count);
    busy_s_ += busy * seconds(tick);
  }

  // Of one request, in seconds of a server, of the last 500 or so: idle times change nothing. What
  // is in service is half done, on average.
  std::optional<double> work_s() const {
    const double count = served_ + in_flight_ / 2;
    if (served_ < kEnough || busy_s_ == 0) return std::nullopt;
    return busy_s_ / count;
  }
  // The slow rate; the fast one where it has risen by more than chance would have it. The kernel of
  // the fast one weighs seconds independent of each other: its variance is the sum of their squared
  // weights and counts, so that a burst within one second is one event and proves nothing.
  double arrivals_per_s(TimePoint now) const {
    if (!since_) return 0;
    const double slow = slow_.rate(now, *since_), fast = fast_.rate(now, *since_);
    const double rise = (fast - slow) * fast_.memory_s();
    const bool by_chance = rise * rise <= kDeviations * kDeviations * squares_.value(now);
    return rise > 0 && !by_chance ? fast : slow;
  }
  int slots() const { return slots_; }

  void save(StateWriter& out) const {
    if (!since_) return;
    out.field("metered_since", since_->ns());
    save_real(out, "in_flight", in_flight_);
    save_real(out, "busy", busy_s_);
    save_real(out, "served", served_);
    for (const auto& [name, sum] : kSums) save_sum(out, name, this->*sum);
  }
  void restore(const StateReader& in) {
    const auto since = in.field("metered_since");
    if (!since) return;
    since_ = TimePoint{Duration(*since)};
    in_flight_ = saved_real(in, "in_flight");
    busy_s_ = saved_real(in, "busy");
    served_ = saved_real(in, "served");
    for (const auto& [name, sum] : kSums) restore_sum(in, name, this->*sum);
  }

 private:
  static constexpr int kSlower = 5;
  static constexpr double kDeviations = 2, kEnough = 3, kServedMemory = 500;

  DecayingSum fast_{std::chrono::seconds(30)}, slow_{std::chrono::seconds(150)},
      squares_{std::chrono::seconds(15)};
  double busy_s_ = 0, served_ = 0;
  struct NamedSum {
    const char* name;
    DecayingSum ServiceMeter::*sum;
  };
  static const std::array<NamedSum, 3> kSums;
  double in_flight_ = 0;  // when last sampled
  std::optional<TimePoint> since_;
  int slots_ = 1;
};

inline constexpr std::array<ServiceMeter::NamedSum, 3> ServiceMeter::kSums{
    {{"fast", &ServiceMeter::fast_},
     {"slow", &ServiceMeter::slow_},
     {"squares", &ServiceMeter::squares_}}};

}  // namespace thaw
