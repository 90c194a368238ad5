// Bin packing and expanders of cluster-autoscaler, with sums that a reader can follow.
#include "sim/autoscaler/expander.hpp"

#include <gtest/gtest.h>

#include "tests/sim/scenario_builder.hpp"

namespace thaw::sim {
namespace expander_test {

Workload asks(std::int64_t milli) {
  Workload workload;
  workload.requests.cpu = Millicores(milli);
  return workload;
}

std::vector<const Workload*> all_of(const std::vector<Workload>& pods) {
  std::vector<const Workload*> all;
  for (const Workload& pod : pods) all.push_back(&pod);
  return all;
}

Pool of_cpus(const std::string& name, std::int64_t milli, Nanomoney price = 0, int priority = 0) {
  Pool made = pool(name, 0, 9);
  made.machine.cpu = Millicores(milli);
  made.machine.price.per_hour = price;
  made.priority = priority;
  return made;
}

TEST(Estimate, PutsLargerPodsFirst) {
  // 3 + 3 and 2 + 2 + 2 fill two nodes of 6; in the order of creation 2 + 3, 2 + 3, 2 take three.
  const std::vector<Pool> pools{of_cpus("six", 6000)};
  const std::vector<Workload> pods{asks(2000), asks(3000), asks(2000), asks(3000), asks(2000)};
  const ScaleUp made = estimate(pools, 0, all_of(pods), 9);
  EXPECT_EQ(made.nodes, 2u);
  EXPECT_EQ(made.pods.size(), 5u);
}

TEST(Estimate, StopsAtTheLimitAndLeavesOutWhatNeverFits) {
  const std::vector<Pool> pools{of_cpus("four", 4000)};
  const std::vector<Workload> pods{asks(4000), asks(4000), asks(4000), asks(5000)};
  const ScaleUp made = estimate(pools, 0, all_of(pods), 2);
  EXPECT_EQ(made.nodes, 2u);
  EXPECT_EQ(made.pods.size(), 2u);
}

// Four pods of 2 CPUs each: small takes them on 4 nodes, middle on 2, large on 1 of 16; only three
// of them are helped by few, which has room for no more.
struct Choice {
  std::vector<Pool> pools{of_cpus("small", 2000, 300, 1), of_cpus("middle", 4000, 500, 2),
                          of_cpus("large", 16'000, 3000, 2), of_cpus("few", 2000, 100, 0)};
  std::vector<Workload> pods{asks(2000), asks(2000), asks(2000), asks(2000)};

  std::string best(const std::vector<Expander>& expanders, std::uint64_t seed = 1) const {
    std::vector<ScaleUp> options;
    for (std::size_t pool = 0; pool < pools.size(); ++pool)
      options.push_back(estimate(pools, pool, all_of(pods), pool == 3 ? 3 : 9));
    Random random(seed, "expander");
    return pools[best_of(options, expanders, pools, random).pool].name;
  }
};

TEST(Expander, EachHasItsOwnBest) {
  const Choice choice;
  EXPECT_EQ(choice.best({Expander::least_nodes}), "large");
  EXPECT_EQ(choice.best({Expander::price}), "few");  // 100 a pod; small 300, middle 250, large 750
  EXPECT_EQ(choice.best({Expander::priority, Expander::least_nodes}), "large");
  EXPECT_EQ(choice.best({Expander::priority, Expander::price}), "middle");
  EXPECT_EQ(choice.best({Expander::most_pods, Expander::price}), "middle")
      << "few helps three only";
}

TEST(Expander, LeastWasteCountsWhatIsLeftOver) {
  Choice choice;
  choice.pools[3].machine.cpu = choice.pools[0].machine.cpu = Millicores(3000);  // a third is left
  EXPECT_EQ(choice.best({Expander::least_waste}), "middle");
}

TEST(Expander, DrawsAmongEquals) {
  const Choice choice;
  std::map<std::string, int> drawn;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) ++drawn[choice.best({Expander::random}, seed)];
  ASSERT_EQ(drawn.size(), 4u);
  // Binomial, 200 draws at 1/4: 50, deviation 6.1; 5 deviations to either side.
  for (const auto& [name, count] : drawn) EXPECT_NEAR(count, 50, 31) << name;
}

}  // namespace expander_test
}  // namespace thaw::sim
