#include "engine/arrivals.hpp"

#include <algorithm>

#include "engine/math.hpp"

namespace thaw {
namespace {

constexpr double kLongest_s = 100 * 365.25 * 86400;

// Where the day stands, 0 … 1, from midnight UTC of the epoch on.
double phase(TimePoint t, Duration period, Duration peak) {
  const std::int64_t within = ((t.ns() - peak.count()) % period.count() + period.count()) % period.count();
  return static_cast<double>(within) / static_cast<double>(period.count());
}

}  // namespace

double ArrivalProcess::mean_rate() const {
  switch (kind) {
    case Kind::renewal: return 1e9 / gap.mean();
    case Kind::diurnal: return rate;
    case Kind::mmpp: break;
  }
  double arrivals = 0, time = 0;
  for (const State& state : states) {
    arrivals += state.rate * seconds(state.holding);
    time += seconds(state.holding);
  }
  return arrivals / time;
}

TimePoint ArrivalStream::next() {
  switch (process_->kind) {
    case ArrivalProcess::Kind::renewal:
      // Never two arrivals for ever on one instant: a gap is at least a nanosecond.
      now_ = now_ + std::max(process_->gap.draw(random_), Duration{1});
      return now_;
    case ArrivalProcess::Kind::mmpp: return next_mmpp();
    case ArrivalProcess::Kind::diurnal: break;
  }
  return next_diurnal();
}

Duration ArrivalStream::exponential(double rate) {
  const double s = std::min(random_.exponential() / rate, kLongest_s);
  return Duration{static_cast<std::int64_t>(s * 1e9 + 1)};
}

TimePoint ArrivalStream::next_mmpp() {
  for (;;) {
    const ArrivalProcess::State& state = process_->states[state_];
    if (!begun_) {
      begun_ = true;
      state_ends_ = now_ + exponential(1 / seconds(state.holding));
    }
    if (state.rate > 0) {
      const TimePoint candidate = now_ + exponential(state.rate);
      if (candidate < state_ends_) return now_ = candidate;
    }
    // Memoryless: what was drawn beyond the state's end is forgotten.
    now_ = state_ends_;
    state_ = (state_ + 1) % process_->states.size();
    begun_ = false;
  }
}

TimePoint ArrivalStream::next_diurnal() {
  const double most = process_->rate * (1 + process_->amplitude_ratio);
  for (;;) {
    now_ = now_ + exponential(most);
    const double turn = phase(now_, process_->period, process_->peak);
    const double rate = process_->rate * (1 + process_->amplitude_ratio * math::cos_turns(turn));
    if (random_.uniform() * most <= rate) return now_;
  }
}

}  // namespace thaw
