// How scenario time runs on the steady clock: as fast as it, or `scale` times as fast.
//
// A minute of the scenario is 60 / scale seconds of the wall. Everything that decides, calls or
// checks reads scenario time; what the outside world does takes wall time. Real nodes do not hurry,
// so that a scale other than 1 is for a test fixture alone, whose delays are divided by it.
// Exact in integers but for the wall's share of a nanosecond, which is cut off. Threads: any.
#pragma once

#include <chrono>

#include "engine/time.hpp"

namespace thaw {

class Pace {
 public:
  using Steady = std::chrono::steady_clock::time_point;

  // `start` of the scenario is at `steady`, when the time of day was `wall`.
  Pace(TimePoint start, Steady steady, TimePoint wall, int scale = 1)
      : start_(start), steady_(steady), wall_(wall), scale_(scale) {}

  // Scenario time that is the time of day, at its own speed.
  static Pace real() {
    const TimePoint wall{
        std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())};
    return {wall, std::chrono::steady_clock::now(), wall};
  }

  // The time of day at its own speed, from the same instant on.
  Pace of_day() const { return {wall_, steady_, wall_}; }

  int scale() const { return scale_; }
  TimePoint start() const { return start_; }

  TimePoint at(Steady instant) const { return start_ + (instant - steady_) * scale_; }
  TimePoint now() const { return at(std::chrono::steady_clock::now()); }
  Steady when(TimePoint t) const { return steady_ + wall(t - start_); }
  // Of a server's own time stamps.
  TimePoint of_wall(TimePoint t) const { return start_ + (t - wall_) * scale_; }

  Duration wall(Duration scenario) const { return scenario / scale_; }
  Duration scenario(Duration wall) const { return wall * scale_; }

 private:
  TimePoint start_;
  Steady steady_;
  TimePoint wall_;
  int scale_;
};

}  // namespace thaw
