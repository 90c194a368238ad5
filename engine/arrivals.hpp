// When requests come: arrival processes, drawn one arrival at a time.
//
// Kinds: renewal (independent gaps: exponential is Poisson, constant is a clock, gamma, Weibull and lognormal are bursty
// by their coefficient of variation); mmpp (Markov-modulated Poisson: the rate changes between states that last an
// exponential time each, in a circle); diurnal (Poisson with rate · (1 + amplitude · cos 2π(t - peak)/period), by
// thinning: Lewis and Shedler, 1979).
#pragma once

#include <cstdint>
#include <vector>

#include "engine/distribution.hpp"
#include "engine/random.hpp"
#include "engine/time.hpp"

namespace thaw {

struct ArrivalProcess {
  enum class Kind : std::uint8_t { renewal, mmpp, diurnal };
  struct State {
    double rate = 0;  // per second, may be 0
    Duration holding{};  // mean
  };
  Kind kind = Kind::renewal;
  Distribution gap;           // renewal
  std::vector<State> states;  // mmpp, at least one of them with a rate above 0
  double rate = 0;            // diurnal: the mean over a period, per second
  double amplitude_ratio = 0;  // diurnal: 0 … 1
  Duration period{}, peak{};  // diurnal: the peak's place in a period that begins at midnight UTC

  double mean_rate() const;  // per second
};

class ArrivalStream {
 public:
  ArrivalStream(const ArrivalProcess& process, Random random, TimePoint from)
      : process_(&process), random_(random), now_(from) {}

  // The next arrival after the last one (or after `from`); at most 100 years ahead of it.
  TimePoint next();

 private:
  TimePoint next_mmpp();
  TimePoint next_diurnal();
  Duration exponential(double rate);

  const ArrivalProcess* process_;
  Random random_;
  TimePoint now_;
  std::size_t state_ = 0;
  TimePoint state_ends_{};
  bool begun_ = false;
};

}  // namespace thaw
