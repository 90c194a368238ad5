// Reports a second for policies whose data path gives none.
#include "sim/load_meter.hpp"

#include <gtest/gtest.h>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace load_meter_test {

// f takes calls one at a time, on a replica that the test makes. `calls`: when each is sent, and
// how long it takes.
Scenario calls_at(const std::vector<std::pair<Duration, Duration>>& calls) {
  Scenario scenario = bare_cluster();
  add_function(scenario, "f");
  for (const auto& [at, work] : calls) {
    Step call =
        step("call" + std::to_string(scenario.steps.size()), at, Method::get, "/function/f/");
    call.service = Distribution::constant(work);
    scenario.steps.push_back(call);
  }
  return scenario;
}

std::vector<Load> measured(const Scenario& scenario, Duration until, bool with_replica = true) {
  TestBed bed(scenario);
  if (with_replica) bed.pod(0);
  bed.meter.listen(0);
  bed.load.start();
  bed.run_until(until);
  std::vector<Load> reports;
  bed.meter.take(0, reports);
  return reports;
}

TEST(LoadMeter, ReportsEachSecondWhatWasThere) {
  // Two calls from 0.5 s on, 1 s each: 1 in service and 1 waiting until 1.5 s, then one until 2.5.
  const auto reports = measured(calls_at({{500ms, 1s}, {500ms, 1s}}), 4s);
  ASSERT_EQ(reports.size(), 4u);
  const double concurrency[] = {2 * 0.5, 2 * 0.5 + 1 * 0.5, 1 * 0.5, 0};
  const double requests[] = {2, 0, 0, 0}, completions[] = {0, 1, 1, 0};
  for (std::size_t i = 0; i < 4; ++i) {
    SCOPED_TRACE("second " + std::to_string(i));
    EXPECT_EQ(reports[i].at, kStart + std::chrono::seconds(i + 1) - 1ns) << "its last instant";
    EXPECT_NEAR(reports[i].concurrency, concurrency[i], 1e-12);
    EXPECT_EQ(reports[i].requests, requests[i]);
    EXPECT_EQ(reports[i].completions, completions[i]);
    EXPECT_EQ(reports[i].proxied_requests, 0);
    EXPECT_FALSE(reports[i].from_replicas);
  }
}

TEST(LoadMeter, AFailedCallArrivedAndDidNotComplete) {
  const auto reports = measured(calls_at({{500ms, 1s}}), 2s, false);
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[0].requests, 1);
  EXPECT_EQ(reports[0].completions + reports[1].completions, 0);
}

TEST(LoadMeter, ClosesItsReportsAtFullSecondsOfTheClock) {
  Scenario scenario = calls_at({});
  scenario.start = kStart + 300ms;
  TestBed bed(scenario);
  bed.meter.listen(0);
  bed.run_until(2s);
  std::vector<Load> reports;
  bed.meter.take(0, reports);
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[0].at, kStart + 1s - 1ns);
  EXPECT_EQ(reports[1].at, kStart + 2s - 1ns);
}

TEST(LoadMeter, EachReportIsTakenOnce) {
  TestBed bed(calls_at({}));
  bed.meter.listen(0);
  bed.meter.listen(0);  // heard already
  std::vector<Load> reports;
  bed.run_until(3s);
  bed.meter.take(0, reports);
  bed.run_until(5s);
  bed.meter.take(0, reports);
  ASSERT_EQ(reports.size(), 5u);
  for (std::size_t i = 1; i < reports.size(); ++i) EXPECT_EQ(reports[i].at - reports[i - 1].at, 1s);
}

TEST(LoadMeter, CountsFromWhenItIsListenedTo) {
  TestBed bed(calls_at({{500ms, 10s}, {1500ms, 10s}}));
  bed.pod(0);
  bed.load.start();
  bed.run_until(1s);
  bed.meter.listen(0);
  bed.run_until(2s);
  std::vector<Load> reports;
  bed.meter.take(0, reports);
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_NEAR(reports[0].concurrency, 1.5, 1e-12);
  EXPECT_EQ(reports[0].requests, 1);
}

}  // namespace load_meter_test
}  // namespace thaw::sim
