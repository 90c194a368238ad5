// After its warm-up a run allocates nothing for a request: counted by an operator new of our own.
//
// The runs are chosen so that nothing grows beyond its former peak late: caps are reached early and
// lines are bounded. The series is sampled at the start and at the end only.
#include <gtest/gtest.h>

#include "tests/allocations.hpp"
#include "tests/sim/instances/standalone.hpp"

namespace thaw::sim {
namespace allocation_test {

struct Counted {
  std::int64_t allocations = 0;  // after the first tenth
  std::int64_t requests = 0;     // in all
};

// A run tells how far it is every 65,536 events; what is counted lies between such instants.
Counted count(const std::string& body) {
  const Scenario scenario = scenario_of(body);
  RunOptions options = options_for(scenario, 1);
  std::int64_t first = -1, last = -1;
  options.progress = [&](Duration simulated) {
    if (simulated < *scenario.until / 10) return;
    last = allocations.load(std::memory_order_relaxed);
    if (first < 0) first = last;
  };
  const RunResult result = simulate(scenario, options);
  Counted counted{last - first, 0};
  EXPECT_GE(first, 0) << "too short a run";
  for (const auto& [name, function] : result.summary.functions)
    counted.requests += function.requests.total;
  return counted;
}

std::string run_of(const std::string& function, const std::string& rate, const char* until) {
  return "functions: {f: {" + function + "}}\n" +
         "workload: [{function: f, arrivals: {process: poisson, rate: " + rate +
         "}, until: " + until + "}]\n" + "until: " + until + "\nsampling: " + until + "\n";
}

// The counter counts, or every test here would pass.
TEST(Allocations, AreCounted) {
  const auto before = allocations.load();
  const std::string* text = new std::string(100, 'x');
  EXPECT_EQ(allocations.load(), before + 2);
  delete text;
}

class Instances : public testing::TestWithParam<const char*> {};

TEST_P(Instances, AllocateNothingWhateverTheDispatch) {
  const Counted seen = count(run_of(
      "policy: \"keep_alive:idle=600s\", instances: {max: 8}, service: {seconds: {distribution: "
      "exponential, mean: 1.991s}, cold: {distribution: exponential, mean: 2.244s}, dispatch: " +
          std::string(GetParam()) + "}",
      "0.9/s", "1300000s"));
  EXPECT_GT(seen.requests, 1'150'000) << "a million after the first tenth";
  EXPECT_EQ(seen.allocations, 0);
}

INSTANTIATE_TEST_SUITE_P(Allocations, Instances,
                         testing::Values("newest", "oldest", "recently_idle", "longest_idle",
                                         "least_in_flight", "random"));

// A thousand functions that all reach their cap of four early, and instances that come and go.
TEST(Allocations, AreNoneWithManyFunctions) {
  const Counted seen = count(
      run_of("policy: \"keep_alive:idle=2s\", instances: {max: 4}, count: 1000, service: {seconds: "
             "{distribution: exponential, mean: 1s}, dispatch: newest}",
             "1.5/s", "1000s"));
  EXPECT_GT(seen.requests, 1'150'000);
  EXPECT_EQ(seen.allocations, 0);
}

TEST(Allocations, AreNoneForALineOfBoundedLength) {
  const Counted instances = count(
      run_of("policy: \"keep_alive:idle=600s\", instances: {max: 3, whenFull: wait, queueMax: 20}, "
             "service: {seconds: {distribution: exponential, mean: 1s}, dispatch: newest}",
             "2.7/s", "450000s"));
  EXPECT_GT(instances.requests, 1'150'000);
  EXPECT_EQ(instances.allocations, 0);
  const Counted servers = count(run_of(
      "servers: 3, instances: {whenFull: wait, queueMax: 20}, service: {seconds: {distribution: "
      "exponential, mean: 1s}, queue: central, dispatch: oldest}",
      "2.7/s", "450000s"));
  EXPECT_GT(servers.requests, 1'150'000);
  EXPECT_EQ(servers.allocations, 0);
}

// Every kind of stream at once; the slots bound how many share.
TEST(Allocations, AreNoneForAnyProcessAndUnderProcessorSharing) {
  std::string streams;
  int n = 0;
  for (const char* process :
       {"process: poisson, rate: 1/s", "process: constant, rate: 1/s",
        "process: gamma, rate: 1/s, cv: 3", "process: weibull, rate: 1/s, cv: 3",
        "process: lognormal, rate: 1/s, cv: 3",
        "process: mmpp, states: [{rate: 2/s, holding: 10s}, {holding: 10s}]",
        "process: diurnal, rate: 1/s, amplitude: 1, period: 1h, peak: 0s",
        "process: closed, clients: 3, think: 2s"})
    streams += "  - {name: s" + std::to_string(n++) + ", function: f, arrivals: {" + process +
               "}, until: 160000s}\n";
  const Counted seen = count(
      "functions: {f: {servers: 4, instances: {whenFull: reject}, service: {seconds: "
      "{distribution: weibull, mean: 1s, cv: 2}, discipline: ps, slots: 4, dispatch: random}}}\n"
      "workload:\n" +
      streams + "until: 160000s\nsampling: 160000s\n");
  EXPECT_GT(seen.requests, 1'150'000);
  EXPECT_EQ(seen.allocations, 0);
}

}  // namespace allocation_test
}  // namespace thaw::sim
