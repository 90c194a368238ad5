#include "policies/demand/idle_gaps.hpp"

#include <algorithm>
#include <limits>

#include "policies/demand/saved.hpp"

namespace thaw {
namespace {

constexpr std::ptrdiff_t kEnoughToReturn = 8;  // so many that last, before their end is foreseen
constexpr double kInDebt = 8;  // so many times the break-even, while nothing is known
constexpr double kTrust = 4;   // so many are half of what there is to know

// Of requests that come evenly over `busy`, those of its first `for_s`.
double within(double requests, double busy_s, double for_s) {
  return busy_s <= for_s ? requests : requests * for_s / busy_s;
}

}  // namespace

void IdleGaps::add(double idle_s, double busy_s, double requests, double all) {
  gaps_[next_] = {idle_s, busy_s, requests, all};
  next_ = (next_ + 1) % kMost;
  count_ = std::min(count_ + 1, kMost);
}

IdleGaps::Gaps IdleGaps::in_order(double cold_s) const {
  Gaps gaps;
  for (std::size_t i = 0; i < count_; ++i) gaps[i] = gaps_[(next_ + kMost - count_ + i) % kMost];
  for (std::size_t i = 0; i < count_; ++i) {
    double left = cold_s, late = 0;
    for (std::size_t j = i + 1; j < count_ && left > 0; ++j) {
      late += within(gaps[j].requests, gaps[j].busy_s, left);
      left -= gaps[j].busy_s + gaps[j].idle_s;
    }
    // Of the last one the requests are not known yet.
    gaps[i].late = i + 1 < count_ ? late : within(gaps[i].requests, gaps[i].busy_s, cold_s);
  }
  return gaps;
}

// Half of a cold start is what those who come during it wait on average, and the first all of it.
IdleGaps::Outcome IdleGaps::outcome(const Gaps& gaps, const IdlePlan& plan,
                                    const IdlePrices& prices) const {
  Outcome all;
  for (std::size_t i = 0; i < count_; ++i) {
    const double idle = gaps[i].idle_s;
    if (idle <= plan.keep_s) {
      all.cost += idle;
      continue;
    }
    all.cost += plan.keep_s + prices.start_s;
    double wait = prices.cold_s;
    if (plan.back_s > 0 && idle >= plan.back_s) {
      const double there = idle - plan.back_s;
      wait = std::max(0.0, prices.cold_s - there);
      const double ready = std::max(0.0, there - prices.cold_s);
      all.cost += std::min(ready, prices.start_s);
      if (ready > prices.start_s) all.cost += prices.start_s, wait = prices.cold_s;
    }
    all.cost += prices.wait_price * (gaps[i].late + prices.callers) * wait / 2;
    if (wait > prices.patience_s) all.late += gaps[i].late;
  }
  return all;
}

// What a start costs, waits included; as many wait for it as did on average.
double IdleGaps::restart(const Gaps& gaps, const IdlePrices& prices) const {
  double late = 0;
  for (std::size_t i = 0; i < count_; ++i) late += gaps[i].late / static_cast<double>(count_);
  const double waiting = (prices.callers + std::max(prices.callers, late)) / 2;
  return prices.start_s + prices.wait_price * waiting * prices.cold_s;
}

IdlePlan IdleGaps::plan(const IdlePrices& prices) const {
  const bool may_break = prices.miss < 1 && prices.cold_s > prices.patience_s;
  const bool owes = may_break && prices.debt > 0;
  const Gaps gaps = in_order(prices.cold_s);
  const double restart_s = restart(gaps, prices);
  IdlePlan best{restart_s * (owes ? kInDebt : 1), 0, !may_break};
  if (count_ == 0) return best;
  std::array<double, kMost> idle{};
  double requests = 0;
  for (std::size_t i = 0; i < count_; ++i) idle[i] = gaps[i].idle_s, requests += gaps[i].all;
  std::sort(idle.begin(), idle.begin() + static_cast<std::ptrdiff_t>(count_));
  const double budget =
      may_break ? prices.miss * requests - (prices.debt > 0 ? prices.debt : prices.debt / 2)
                : std::numeric_limits<double>::infinity();

  const double trust = std::max(kShortest, kTrust / (kTrust + static_cast<double>(count_)));
  const double shortest = prices.start_s * trust, longest = restart_s / trust;
  Outcome least{std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  const auto consider = [&](double keep, double back) {
    const IdlePlan candidate{keep, back, true};
    const Outcome out = outcome(gaps, candidate, prices);
    const bool keeps = out.late <= budget, kept = least.late <= budget;
    const bool better =
        keeps != kept ? keeps
        : keeps       ? out.cost < least.cost
                      : out.late < least.late || (out.late == least.late && out.cost < least.cost);
    if (!better) return;
    least = out;
    best = {keep, back, !may_break || keeps};
  };
  const auto with_returns = [&](double keep) {
    consider(keep, 0);
    const auto longer =
        idle.begin() + static_cast<std::ptrdiff_t>(count_) -
        std::upper_bound(idle.begin(), idle.begin() + static_cast<std::ptrdiff_t>(count_), keep);
    if (longer < kEnoughToReturn) return;
    for (std::size_t i = 0; i < count_; ++i) {
      const double back = idle[i] - prices.cold_s;
      if (back > keep) consider(keep, back);
    }
  };
  with_returns(shortest);
  // Before the idle times: where it is best through all of them, one a little longer is kept, too.
  with_returns(restart_s);
  for (std::size_t i = 0; i < count_; ++i)
    if (idle[i] >= shortest && (may_break || idle[i] <= longest)) with_returns(idle[i]);
  return best;
}

double IdleGaps::lasts_ratio(double so_far_s, double more_s) const {
  double as_long = 1, longer = 1;
  for (std::size_t i = 0; i < count_; ++i) {
    if (gaps_[i].busy_s <= so_far_s) continue;
    ++as_long;
    longer += gaps_[i].busy_s > so_far_s + more_s ? 1 : 0;
  }
  return longer / as_long;
}

void IdleGaps::save(StateWriter& out, const std::string& prefix) const {
  out.field(prefix + "count", static_cast<std::int64_t>(count_));
  for (std::size_t i = 0; i < count_; ++i) {
    const Gap& gap = gaps_[(next_ + kMost - count_ + i) % kMost];
    const std::string name = prefix + std::to_string(i);
    save_real(out, name + ".idle", gap.idle_s);
    save_real(out, name + ".busy", gap.busy_s);
    save_real(out, name + ".requests", gap.requests);
    save_real(out, name + ".all", gap.all);
  }
}

void IdleGaps::restore(const StateReader& in, const std::string& prefix) {
  const std::int64_t count = in.field(prefix + "count").value_or(0);
  count_ = next_ = 0;
  for (std::int64_t i = 0; i < count && i < static_cast<std::int64_t>(kMost); ++i) {
    const std::string name = prefix + std::to_string(i);
    add(saved_real(in, name + ".idle"), saved_real(in, name + ".busy"),
        saved_real(in, name + ".requests"), saved_real(in, name + ".all"));
  }
}

}  // namespace thaw
