#include "engine/arrivals.hpp"

#include <algorithm>

#include "engine/invariant.hpp"
#include "engine/math.hpp"

namespace thaw {
namespace {

constexpr Duration kLongest{static_cast<std::int64_t>(Distribution::kLongest)};
constexpr Duration kLeastGap{1};  // or a process of tiny gaps would stay on one instant for ever

bool finite(double x) { return x - x == 0; }

double arrivals_in_a_circle(const std::vector<ArrivalProcess::State>& states) {
  double arrivals = 0;
  for (const auto& state : states) arrivals += state.rate * seconds(state.holding);
  return arrivals;
}

TimePoint later(TimePoint t, Duration d, TimePoint at_most) {
  return d < at_most - t ? t + d : at_most;
}

}  // namespace

bool ArrivalProcess::possible() const {
  switch (kind) {
    case Kind::renewal:
      return gap.mean() > 0;
    case Kind::mmpp:
      for (const State& state : states) {
        if (!(state.rate >= 0 && finite(state.rate) && state.holding > 0s)) return false;
      }
      return arrivals_in_a_circle(states) >= kLeastPerCircle;
    case Kind::diurnal:
      return rate > 0 && finite(rate) && amplitude_ratio >= 0 && amplitude_ratio <= 1 &&
             period > 0s;
  }
  return false;
}

double ArrivalProcess::mean_rate() const {
  if (kind == Kind::renewal) return 1e9 / gap.mean();
  if (kind == Kind::diurnal) return rate;
  double circle_s = 0;
  for (const State& state : states) circle_s += seconds(state.holding);
  return arrivals_in_a_circle(states) / circle_s;
}

ArrivalStream::ArrivalStream(const ArrivalProcess& process, const Random& random, TimePoint from)
    : process_(&process),
      gaps_(process.gap, random),
      random_(random),
      now_(from),
      end_(later(from, kLongest, TimePoint::never())) {
  THAW_CHECK(process.possible(), "the loader lets no impossible arrivals through");
  if (process.kind == ArrivalProcess::Kind::mmpp) enter_state(0);
}

TimePoint ArrivalStream::next() {
  if (now_ == TimePoint::never()) return now_;
  switch (process_->kind) {
    case ArrivalProcess::Kind::renewal:
      advance(std::max(gaps_.next(), kLeastGap));
      break;
    case ArrivalProcess::Kind::mmpp:
      next_of_mmpp();
      break;
    case ArrivalProcess::Kind::diurnal:
      next_of_diurnal();
      break;
  }
  return now_;
}

// False, and now_ is never, where the process ends.
bool ArrivalStream::advance(Duration gap) {
  const bool within = gap < end_ - now_;
  now_ = within ? now_ + gap : TimePoint::never();
  return within;
}

void ArrivalStream::next_of_mmpp() {
  for (;;) {
    const ArrivalProcess::State& state = process_->states[state_];
    // Memoryless: a gap that outlasts its state is forgotten, the next state draws its own.
    if (state.rate > 0) {
      const Duration gap = exponential(1e9 / state.rate);
      if (gap < state_end_ - now_) {
        now_ = now_ + gap;
        return;
      }
    }
    now_ = state_end_;
    if (now_ == end_) {
      now_ = TimePoint::never();
      return;
    }
    enter_state((state_ + 1) % process_->states.size());
  }
}

void ArrivalStream::enter_state(std::size_t state) {
  state_ = state;
  const auto mean_ns = static_cast<double>(process_->states[state].holding.count());
  state_end_ = later(now_, exponential(mean_ns), end_);
}

// Arrivals at the highest rate, of which each stays with the share of it that the rate then is.
void ArrivalStream::next_of_diurnal() {
  const double amplitude = process_->amplitude_ratio;
  const double highest = process_->rate * (1 + amplitude);
  while (advance(exponential(1e9 / highest))) {
    const Duration since_peak = (now_.since_epoch - process_->peak) % process_->period;
    const double turns =
        static_cast<double>(since_peak.count()) / static_cast<double>(process_->period.count());
    const double share = (1 + amplitude * math::cos_turns(turns)) / (1 + amplitude);
    if (random_.uniform() < share) return;
  }
}

Duration ArrivalStream::exponential(double mean_ns) {
  return std::max(Distribution::rounded(mean_ns * random_.exponential()), kLeastGap);
}

}  // namespace thaw
