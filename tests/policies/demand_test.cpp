// The parts that policies of demand are made of: queues, idle times, and what a request takes.
#include <gtest/gtest.h>

#include <cmath>

#include "policies/demand/erlang.hpp"
#include "policies/demand/idle_gaps.hpp"
#include "policies/demand/service_meter.hpp"
#include "tests/policies/asked.hpp"

namespace thaw {
namespace demand_test {

// One server: the probability to wait is the load (M/M/1), and the wait is exponential with rate
// 1 - load. Two: C = 2 r² / (1 + r), r = load / 2. Ten at a load of 8: 0.4092, Erlang's table.
TEST(Erlang, IsErlangC) {
  EXPECT_NEAR(erlang::queue(1, 0.7).waits, 0.7, 1e-12);
  EXPECT_NEAR(erlang::queue(1, 0.7).waits_longer(2), 0.7 * std::exp(-0.6), 1e-12);
  EXPECT_NEAR(erlang::queue(1, 0.5).mean_wait(), 1, 1e-12);  // r / (1 - r)
  EXPECT_NEAR(erlang::queue(2, 1.2).waits, 2 * 0.36 / 1.6, 1e-12);
  EXPECT_NEAR(erlang::queue(10, 8).waits, 0.4092, 1e-4);
  EXPECT_EQ(erlang::queue(3, 3).waits_longer(1e9), 1);
  EXPECT_EQ(erlang::queue(3, 4).wait_at(0.05), std::numeric_limits<double>::infinity());
  const auto queue = erlang::queue(4, 3.2);
  EXPECT_NEAR(queue.waits_longer(queue.wait_at(0.05)), 0.05, 1e-12);
  EXPECT_EQ(erlang::queue(9, 1).wait_at(0.05), 0);
}

TEST(Erlang, FindsTheFewestServersThatKeepAPromise) {
  for (const double load : {0.1, 0.9, 1.8, 7.5, 40.0}) {
    const int found = erlang::least_servers(load, 1.5, 0.05, 0, 1000);
    EXPECT_LE(erlang::queue(found, load).waits_longer(1.5), 0.05) << load;
    if (found == 1) continue;
    EXPECT_GT(erlang::queue(found - 1, load).waits_longer(1.5), 0.05) << load;
  }
  EXPECT_EQ(erlang::least_servers(40, 1.5, 0.05, 0, 12), 12);
  EXPECT_EQ(erlang::least_servers(0, 1.5, 0.05, 2, 12), 2);
}

TEST(Erlang, FindsTheCheapestNumberOfServers) {
  for (const double load : {0.3, 1.8, 7.5})
    for (const double weight : {0.1, 1.0, 30.0}) {
      const auto cost = [&](int n) {
        return n + load * weight * erlang::queue(n, load).mean_wait();
      };
      const int found = erlang::cheapest_servers(load, weight, 0, 100);
      for (int n = 1; n < 60; ++n) EXPECT_LE(cost(found), cost(n) + 1e-9) << load << " " << n;
    }
}

// --- idle times ---

constexpr IdlePrices kBreakEven{.start_s = 100, .cold_s = 50};

TEST(IdleGaps, WithoutHistoryItIsBreakEven) { EXPECT_EQ(IdleGaps().plan(kBreakEven).keep_s, 100); }

// All longer than the break-even: gone at the first that is looked at. 4 / (4 + 12) = a quarter of
// the break-even is as early as 12 idle times are trusted.
TEST(IdleGaps, LetsGoEarlyWhereAllAreLong) {
  IdleGaps gaps;
  for (int i = 0; i < 12; ++i) gaps.add(5000 + 900 * i, 1, 1, 1);
  EXPECT_EQ(gaps.plan(kBreakEven).keep_s, 25);
}

// Keeping through 150 costs 150 each; a start at once 25 + 100 (trust as above) is less: but once
// in a while, at 90, keeping is cheaper.
TEST(IdleGaps, KeepsThroughThoseThatAreCheaperThanAStart) {
  IdleGaps gaps;
  for (int i = 0; i < 12; ++i) gaps.add(i < 10 ? 90 : 5000, 1, 1, 1);
  EXPECT_EQ(gaps.plan(kBreakEven).keep_s, 90);  // 10 × 90 + 2 × 190 < 12 × 125
}

// Each day the same: let go at once, and back 50 s, a cold start, ahead of the call.
TEST(IdleGaps, IsBackAheadOfACallThatIsForeseen) {
  IdleGaps gaps;
  for (int i = 0; i < 12; ++i) gaps.add(5000, 10, 20, 20);
  IdlePrices prices = kBreakEven;
  prices.miss = 0.05;
  const IdlePlan plan = gaps.plan(prices);
  EXPECT_EQ(plan.keep_s, 25);
  EXPECT_EQ(plan.back_s, 4950);
  EXPECT_TRUE(plan.promised);
}

// Ten requests after each idle time, all within the cold start; one idle time in twenty may be
// missed where 5 % may be late, so the second longest decides.
TEST(IdleGaps, KeepsAPromiseThroughAllButAsManyAsMayBeLate) {
  IdleGaps gaps;
  for (int i = 1; i <= 20; ++i) gaps.add(200 * i, 10, 10, 10);
  IdlePrices prices = kBreakEven;
  prices.miss = 0.05;
  EXPECT_EQ(gaps.plan(prices).keep_s, 200 * 19);
  prices.debt = 5;  // five were late already: nobody may be now
  EXPECT_EQ(gaps.plan(prices).keep_s, 200 * 20);
  EXPECT_EQ(IdleGaps().plan(prices).keep_s, 8 * 100);
  prices.debt = 0;
  prices.patience_s = 60;  // a cold start is short enough: nobody is late
  EXPECT_LT(gaps.plan(prices).keep_s, 200);
}

// 4 / (4 + 6) = 0.4: 40 s are as early as six idle times are trusted.
TEST(IdleGaps, APriceOfWaitingKeepsLonger) {
  IdleGaps gaps;
  for (int i = 0; i < 6; ++i) gaps.add(240, 10, 10, 10);
  EXPECT_EQ(gaps.plan(kBreakEven).keep_s, 40);
  IdlePrices prices = kBreakEven;
  prices.wait_price = 2;  // a start is 100 and 2 × 10 requests × 50 s / 2: kept through all of them
  EXPECT_EQ(gaps.plan(prices).keep_s, 600);
  EXPECT_EQ(IdleGaps().plan(prices).keep_s, 100);
  prices.callers = 1;  // where nothing else serves a start costs whoever calls 2 × 50 s as well
  EXPECT_EQ(IdleGaps().plan(prices).keep_s, 200);
}

TEST(IdleGaps, KnowsHowLongBusyTimesLast) {
  IdleGaps gaps;
  EXPECT_EQ(gaps.lasts_ratio(0, 1000), 1);
  for (int i = 0; i < 4; ++i) gaps.add(500, i < 3 ? 60 : 900, 1, 1);
  EXPECT_DOUBLE_EQ(gaps.lasts_ratio(0, 300), (1 + 1) / (1 + 4.0));
  EXPECT_DOUBLE_EQ(gaps.lasts_ratio(61, 300), 1);  // the short ones are over by then
}

TEST(IdleGaps, AreSavedAndRestored) {
  IdleGaps gaps, copy;
  for (int i = 0; i < 40; ++i) gaps.add(130 + 17.5 * (i % 7), i, 2, 3);
  SavedState state;
  StateWriter out(state);
  gaps.save(out, "a.");
  copy.restore(StateReader(state), "a.");
  EXPECT_EQ(copy.count(), 32u);
  EXPECT_EQ(copy.plan(kBreakEven).keep_s, gaps.plan(kBreakEven).keep_s);
  EXPECT_EQ(copy.lasts_ratio(10, 5), gaps.lasts_ratio(10, 5));
}

// --- service ---

struct Busy {
  // 0.5 arrivals and completions a second, so many in service, on so many replicas.
  void run(Duration until, std::uint32_t in_flight, std::int32_t ready, double rate = 0.5) {
    for (; now < until; now += 1s) {
      if (now / 1s % 2 == 0)
        meter.report({.at = kStart + now, .requests = 2 * rate, .completions = 2 * rate});
      seen.now = kStart + now;
      seen.in_flight = in_flight;
      seen.ready = Replicas(ready);
      meter.sample(seen, 1s);
    }
  }
  Busy() {
    meter.configure(60s, 1);
    meter.begin(kStart);
  }
  ServiceMeter meter;
  Observation seen{};
  Duration now{0};
};

// Little: two busy replicas at 0.5 a second are 4 s of a replica for each; four in flight on two
// replicas keep two busy.
TEST(ServiceMeter, MeasuresTheWorkOfARequestByLittlesLaw) {
  Busy busy;
  EXPECT_EQ(busy.meter.work_s(), std::nullopt);
  busy.run(2h, 4, 2);
  EXPECT_NEAR(*busy.meter.work_s(), 4, 0.1);
  EXPECT_NEAR(busy.meter.arrivals_per_s(kStart + busy.now), 0.5, 0.01);
}

TEST(ServiceMeter, FollowsARiseThatIsNoChance) {
  Busy busy;
  busy.run(1h, 2, 2, 0.5);
  busy.run(1h + 2min, 2, 2, 4);
  // Two minutes of a memory of one: 0.5 + 3.5 × (1 - exp(-2)).
  EXPECT_NEAR(busy.meter.arrivals_per_s(kStart + busy.now), 3.53, 0.1);
}

TEST(ServiceMeter, ABurstWithinASecondIsNoRise) {
  Busy busy;
  busy.run(1h, 2, 2);
  const double before = busy.meter.arrivals_per_s(kStart + busy.now);
  busy.meter.report({.at = kStart + busy.now, .requests = 40});
  const double after = busy.meter.arrivals_per_s(kStart + busy.now);
  EXPECT_LT(after, before + 40 / 300.0 + 0.01);  // the slow rate remembers 300 s
}

}  // namespace demand_test
}  // namespace thaw
