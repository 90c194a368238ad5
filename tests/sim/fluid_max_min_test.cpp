// SimGrid's shares against progressive filling written out here: all flows grow alike until a link
// is full, the flows that cross it stop, the others grow on (Bertsekas and Gallager, Data Networks,
// 1992, section 6.5.2).
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "tests/sim/fluid_fixture.hpp"

namespace thaw::sim {
namespace fluid_max_min_test {

constexpr NodeSlot kNodes = 6;
constexpr int kFlows = 200;
constexpr double kForever = std::numeric_limits<double>::infinity();

constexpr Capacities kLinks{.registry = BytesPerSecond(310'000'000),
                            .internet = BytesPerSecond(170'000'000),
                            .volume = BytesPerSecond(230'000'000),
                            .node = BytesPerSecond(90'000'000),
                            .pull = BytesPerSecond(60'000'000),
                            .slots = kNodes};

struct Job {
  FlowSource from;
  NodeSlot slot;
  double begin, bytes;  // s after the start
  double left = 0, rate = 0, end = 0;
};

// Links by number: the three sources, then each node's link, then each node's pull link.
std::vector<std::size_t> route(const Job& job) {
  std::vector<std::size_t> links{static_cast<std::size_t>(job.from), 3 + job.slot};
  if (job.from == FlowSource::registry) links.push_back(3 + kNodes + job.slot);
  return links;
}

void fill(const std::vector<Job*>& jobs) {
  std::vector<double> room{310e6, 170e6, 230e6};
  room.resize(3 + kNodes, 90e6);
  room.resize(3 + 2 * kNodes, 60e6);
  std::vector<Job*> growing = jobs;
  for (Job* job : jobs) job->rate = 0;
  while (!growing.empty()) {
    std::vector<int> crossed(room.size());
    for (Job* job : growing) {
      for (const std::size_t link : route(*job)) ++crossed[link];
    }
    double growth = kForever;
    for (std::size_t link = 0; link < room.size(); ++link) {
      if (crossed[link] > 0) growth = std::min(growth, room[link] / crossed[link]);
    }
    for (std::size_t link = 0; link < room.size(); ++link) room[link] -= growth * crossed[link];
    for (Job* job : growing) job->rate += growth;
    std::erase_if(growing, [&](Job* job) {
      const auto links = route(*job);
      return std::any_of(links.begin(), links.end(),
                         [&](std::size_t link) { return room[link] < 1; });
    });
  }
}

void run_by_hand(std::vector<Job>& jobs) {
  std::vector<Job*> active;
  double now = 0;
  for (std::size_t begun = 0; begun < jobs.size() || !active.empty();) {
    fill(active);
    double step = begun < jobs.size() ? jobs[begun].begin - now : kForever;
    for (const Job* job : active) step = std::min(step, job->left / job->rate);
    now += step;
    for (Job* job : active) {
      job->left -= job->rate * step;
      if (job->left < 1e-3) job->end = now;
    }
    std::erase_if(active, [](const Job* job) { return job->end > 0; });
    for (; begun < jobs.size() && jobs[begun].begin <= now; ++begun) {
      jobs[begun].left = jobs[begun].bytes;
      active.push_back(&jobs[begun]);
    }
  }
}

TEST(FluidMaxMin, EndsAreThoseOfProgressiveFilling) {
  std::mt19937_64 bits(7);  // its raw output is the same everywhere
  std::vector<Job> jobs;
  std::int64_t begin_ms = 0;
  for (int i = 0; i < kFlows; ++i) {
    begin_ms += static_cast<std::int64_t>(bits() % 3000);
    const auto from = static_cast<FlowSource>(bits() % 3);
    const auto slot = static_cast<NodeSlot>(bits() % kNodes);
    const auto bytes = static_cast<double>(1 + bits() % 800'000'000);
    jobs.push_back({from, slot, static_cast<double>(begin_ms) / 1e3, bytes});
  }
  run_by_hand(jobs);

  in_own_process([&jobs] {
    World world(kLinks);
    world.nodes_on(kNodes);
    for (const Job& job : jobs) {
      world.at(std::chrono::milliseconds(std::llround(job.begin * 1e3)), [&world, &job] {
        world.start(job.from, job.slot, static_cast<std::int64_t>(job.bytes));
      });
    }
    world.to_the_end();
    ASSERT_EQ(world.ends.size(), jobs.size());
    for (const End& end : world.ends) {
      EXPECT_TRUE(end.completed);
      // Both sides add up hundreds of shares in floating point; a byte takes some 20 ns.
      const double by_hand_ns = jobs[end.id - 1].end * 1e9;
      EXPECT_NEAR(static_cast<double>(end.after_start.count()), by_hand_ns, 20) << end;
    }
  });
}

}  // namespace fluid_max_min_test
}  // namespace thaw::sim
