// When requests come: arrival processes, drawn one arrival at a time.
//
// Kinds: renewal (independent gaps: exponential is Poisson, constant is a clock, gamma, Weibull and
// lognormal are bursty by their coefficient of variation; the first gap begins where the stream
// does); mmpp (Markov-modulated Poisson: the rate changes between states that last an exponential
// time each, in a circle from the first on); diurnal (Poisson of a rate that follows a cosine, rate
// · (1 + amplitude · cos 2π(t - peak)/period), periods counted from midnight UTC of 1970-01-01).
//
// Units: rates per second; arrivals in whole nanoseconds, two of them at least one apart, so that a
// rate near one a nanosecond falls short of what was asked (by 1/2 % at 10^8 a second).
//
// Errors: a process that is not `possible` is a bug of the caller, the loader refuses it.
//
// Source: Lewis and Shedler, "Simulation of nonhomogeneous Poisson processes by thinning", Naval
// Research Logistics Quarterly 26 (1979); Fischer and Meier-Hellstern, "The Markov-modulated
// Poisson process (MMPP) cookbook", Performance Evaluation 18 (1993).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/distribution.hpp"
#include "engine/random.hpp"
#include "engine/sampler.hpp"
#include "engine/time.hpp"

namespace thaw {

struct ArrivalProcess {
  enum class Kind : std::uint8_t { renewal, mmpp, diurnal };
  struct State {
    double rate = 0;     // 0: silence
    Duration holding{};  // mean
  };
  // An mmpp with fewer arrivals than this in a circle of its states would change state for ever
  // between two of them.
  static constexpr double kLeastPerCircle = 1e-6;

  Kind kind = Kind::renewal;
  Distribution gap;            // renewal
  std::vector<State> states;   // mmpp
  double rate = 0;             // diurnal: the mean over a period
  double amplitude_ratio = 0;  // diurnal
  Duration period{}, peak{};   // diurnal: the peak's place in a period

  // renewal: a gap of a mean above 0. mmpp: finite rates of at least 0, holdings above 0, and at
  // least kLeastPerCircle arrivals expected in a circle, so not all rates 0. diurnal: a finite rate
  // above 0, an amplitude within 0 … 1, a period above 0.
  bool possible() const;
  double mean_rate() const;  // in the long run, per second
};

class ArrivalStream {
 public:
  // The process outlives the stream, so it is no temporary.
  ArrivalStream(const ArrivalProcess& process, const Random& random, TimePoint from);
  ArrivalStream(ArrivalProcess&&, const Random&, TimePoint) = delete;

  // The next arrival after the last one (or after `from`). never() from the first on that would
  // come more than 100 years after `from`.
  TimePoint next();

 private:
  bool advance(Duration gap);
  void next_of_mmpp();
  void next_of_diurnal();
  void enter_state(std::size_t state);
  Duration exponential(double mean_ns);

  const ArrivalProcess* process_;
  Sampler gaps_;   // renewal
  Random random_;  // the other kinds
  TimePoint now_, end_;
  std::size_t state_ = 0;  // mmpp
  TimePoint state_end_;
};

}  // namespace thaw
