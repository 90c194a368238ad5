// Machines that the cloud takes back: the pods are told to stop at the notice, the machine is gone
// at its end.
#include "sim/spot.hpp"

#include <gtest/gtest.h>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace spot_test {

using Times = std::vector<Duration>;

Scenario spot_scenario(Spot spot, Duration stop) {
  Scenario scenario = platform();
  scenario.cluster.pools.push_back(pool("gpu", 0, 3, 1));
  scenario.cluster.pools.back().spot = spot;
  add_gpu_function(scenario, "llm").stop = stop;
  workload_of(scenario, scenario.functions[0]).grace = 10min;
  Fault loss;
  loss.kind = Fault::Kind::spot_loss;
  loss.name = "loss";
  loss.pool = "gpu";
  scenario.faults = {loss};
  return scenario;
}

TEST(Spot, NoticeThenGoneWithWhatIsStillOnIt) {
  for (const auto& [notice, own] : {std::pair{30s, false}, {120s, true}}) {
    TestBed bed(spot_scenario({.mean = {}, .notice = 30s}, 45s));
    Fault loss = bed.world.scenario.faults[0];
    if (own) loss.notice = 2min;
    bed.nodes.order(1);
    bed.pod(0);
    bed.at(10min, [&] { bed.spot.reclaim(loss); });
    bed.run_until(20min);
    EXPECT_EQ(bed.times("gpu-1", "draining"), (Times{10min}));
    EXPECT_EQ(bed.times("llm-1", "terminating"), (Times{10min}));
    EXPECT_EQ(bed.times("llm-1", "lost"), own ? Times{} : (Times{10min + 30s}));
    EXPECT_EQ(bed.times("gpu-1", "lost"), (Times{10min + notice}));
  }
}

TEST(Spot, AMachineThatBootsIsTakenAsWell) {
  TestBed bed(spot_scenario({}, 1s));
  bed.nodes.order(1);
  bed.at(40s, [&] { bed.spot.reclaim(bed.world.scenario.faults[0]); });
  bed.run_until(10min);
  EXPECT_EQ(bed.times("gpu-1", "lost"), (Times{70s}));
  EXPECT_EQ(bed.times("gpu-1", "ready"), (Times{}));
}

TEST(Spot, WithNoNodeUpNothingHappens) {
  TestBed bed(spot_scenario({}, 1s));
  bed.spot.reclaim(bed.world.scenario.faults[0]);
  bed.run_until(1h);
  EXPECT_EQ(bed.world.timeline.back().what, "skipped");
}

TEST(Spot, LivesAreExponential) {
  double sum = 0;
  constexpr int kLives = 300;
  for (std::uint64_t seed = 1; seed <= kLives; ++seed) {
    TestBed bed(spot_scenario({.mean = 1h, .notice = 0s}, 1s), seed);
    bed.nodes.order(1);
    bed.run_until(48h);
    const Times lost = bed.times("gpu-1", "lost");
    ASSERT_EQ(lost.size(), 1u);
    sum += seconds(lost.front() - bed.times("gpu-1", "created").at(0));
  }
  EXPECT_NEAR(sum / kLives, 3600, 4 * 3600 / 17.3);  // deviation of the mean: mean / sqrt(300)
}

}  // namespace spot_test
}  // namespace thaw::sim
