// RequestStats and ActivatorStats: averages of what was in flight, and what is told when.
#include "engine/serving/request_stats.hpp"

#include <gtest/gtest.h>

namespace thaw::serving {
namespace {

constexpr TimePoint at(Duration t) { return TimePoint{1000s + t}; }

TEST(RequestStats, AveragesWhatWasInFlightOverTheTimeSinceTheLastReport) {
  RequestStats stats(at(0s));
  stats.arrive(at(200ms), false);
  stats.arrive(at(500ms), false);
  stats.finish(at(700ms), false);
  const BusyReport report = stats.report(at(1s));
  EXPECT_DOUBLE_EQ(report.concurrency, 0.3 + 2 * 0.2 + 0.3);
  EXPECT_EQ(report.requests, 2);
  EXPECT_EQ(stats.in_flight(), 1);
}

TEST(RequestStats, WhatIsInFlightStaysOverAReport) {
  RequestStats stats(at(0s));
  stats.arrive(at(0s), false);
  stats.report(at(1s));
  const BusyReport second = stats.report(at(3s));
  EXPECT_DOUBLE_EQ(second.concurrency, 1);
  EXPECT_EQ(second.requests, 0);
}

TEST(RequestStats, ARequestWithTheGatewaysMarkCountsInBoth) {
  RequestStats stats(at(0s));
  stats.arrive(at(0s), true);
  stats.arrive(at(500ms), false);
  const BusyReport report = stats.report(at(1s));
  EXPECT_DOUBLE_EQ(report.concurrency, 1.5);
  EXPECT_DOUBLE_EQ(report.proxied_concurrency, 1);
  EXPECT_EQ(report.requests, 2);
  EXPECT_EQ(report.proxied_requests, 1);
}

TEST(RequestStats, NoTimeGivesNoAverage) {
  RequestStats stats(at(0s));
  stats.arrive(at(0s), false);
  EXPECT_EQ(stats.report(at(0s)).concurrency, 0);
}

TEST(ActivatorStats, TellsTheFirstRequestAtOnceAndTakesItOffTheNextReport) {
  ActivatorStats stats;
  const auto at_once = stats.arrive(at(0s));
  ASSERT_TRUE(at_once);
  EXPECT_EQ(at_once->concurrency, 1);
  EXPECT_EQ(at_once->requests, 1);
  EXPECT_FALSE(stats.arrive(at(500ms)));
  const auto report = stats.report(at(1s));
  EXPECT_DOUBLE_EQ(report->concurrency, 0.5);  // 1 + 0.5 in flight, 1 of it told
  EXPECT_EQ(report->requests, 1);
  EXPECT_DOUBLE_EQ(stats.report(at(2s))->concurrency, 2);
}

TEST(ActivatorStats, AFirstRequestShorterThanTheReportDoesNotGoBelowZero) {
  ActivatorStats stats;
  stats.arrive(at(0s));
  stats.finish(at(100ms));
  EXPECT_EQ(stats.report(at(1s))->concurrency, 0);
}

TEST(ActivatorStats, ForgetsARevisionAfterOneReportWithoutActivity) {
  ActivatorStats stats;
  EXPECT_FALSE(stats.report(at(0s)));
  stats.arrive(at(0s));
  stats.finish(at(100ms));
  EXPECT_TRUE(stats.report(at(1s)));
  EXPECT_TRUE(stats.report(at(2s)));  // nothing happened: the last one
  EXPECT_FALSE(stats.report(at(3s)));
  EXPECT_TRUE(stats.arrive(at(4s)));  // new again, and told at once
}

TEST(ActivatorStats, ARequestInFlightIsNotForgotten) {
  ActivatorStats stats;
  stats.arrive(at(1s));
  EXPECT_EQ(stats.report(at(1s))->concurrency, 0);  // no time has passed
  EXPECT_TRUE(stats.report(at(2s)));
}

TEST(RequestStatsDeathTest, NothingEndsThatHasNotBegun) {
  RequestStats stats(at(1s));
  EXPECT_DEATH(stats.finish(at(1s), false), "has begun");
  EXPECT_DEATH(stats.arrive(at(0s), false), "backwards");
  stats.arrive(at(1s), false);
  EXPECT_DEATH(stats.finish(at(1s), true), "has begun");
}

}  // namespace
}  // namespace thaw::serving
