// The idle times of a function, and how long it is best kept through the next one.
//
// The last 32 that can matter are remembered, each with the busy time before it. The plan is
// the one that would have been best for them: kept until `keep`, then let go of, and perhaps back
// after `back`. Best is cheapest, where keeping costs 1 a second, a start `start_s`, and a second
// that a request waits `wait_price`; of the plans that keep the promise, where there is one: that
// no more than a share `miss` of all requests comes while nothing serves. With few idle times seen,
// `keep` is near the break-even, what a start and the wait of who calls cost, which never is more
// than twice the best: within a factor of it that widens as they become more. Units: seconds.
// Sources: Karlin, Manasse, McGeoch, Owicki, "Competitive randomized algorithms for nonuniform
// problems" (1994) for the break-even; Purohit, Svitkina, Kumar, "Improving online algorithms via
// ML predictions" (2018) for keeping near it as far as the prediction is not trusted; Shahrad et
// al., "Serverless in the wild" (2020) for being back ahead of the next call.
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "engine/state.hpp"

namespace thaw {

struct IdlePlan {
  double keep_s = 0;
  double back_s = 0;     // 0: only when it is called
  bool promised = true;  // the promise holds, as far as is known
};

struct IdlePrices {
  double start_s = 0, cold_s = 0;  // price of a start; how long one takes, when it takes long
  double wait_price = 0;
  double callers = 0;     // who wait for the whole of a start: one, where nothing else serves
  double patience_s = 0;  // a wait as short as this breaks no promise
  double miss = 1;        // 1: no promise
  double debt = 0;        // requests that were late beyond that; below 0: that may still be
};

class IdleGaps {
 public:
  static constexpr double kShortest = 0.125;  // of start_s: shorter ones are not to be added

  // An idle time is over. Since the one before there were `busy_s`, in which so many requests would
  // have been late without what was idle, of `all`.
  void add(double idle_s, double busy_s, double requests, double all);
  std::size_t count() const { return count_; }
  IdlePlan plan(const IdlePrices& prices) const;
  // How likely a busy time that has lasted so long lasts for as much more; 1 where nothing is
  // known.
  double lasts_ratio(double so_far_s, double more_s) const;

  void save(StateWriter& out, const std::string& prefix) const;
  void restore(const StateReader& in, const std::string& prefix);

 private:
  static constexpr std::size_t kMost = 32;
  struct Gap {
    double idle_s = 0, busy_s = 0, requests = 0, all = 0;
    double late = 1;  // requests within the cold start that would have followed
  };
  struct Outcome {
    double cost = 0, late = 0;
  };
  using Gaps = std::array<Gap, kMost>;
  Gaps in_order(double cold_s) const;  // by time, with what would have been late
  double restart(const Gaps& gaps, const IdlePrices& prices) const;
  Outcome outcome(const Gaps& gaps, const IdlePlan& plan, const IdlePrices& prices) const;

  Gaps gaps_;
  std::size_t count_ = 0, next_ = 0;
};

}  // namespace thaw
