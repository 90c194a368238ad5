// How long work takes on a card that several pods share. Expected times by hand: work left over the
// speed, from one change of company to the next.
#include <gtest/gtest.h>

#include "engine/random.hpp"
#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace vgpu_speed_test {

// One card; each function has one pod, which asks for so many percent of it.
struct Shared {
  explicit Shared(const std::vector<int>& cores, bool on_gpu = true)
      : bed(scenario(cores, on_gpu)) {
    for (std::size_t f = 0; f < cores.size(); ++f) pods.push_back(bed.pod(f));
  }
  static Scenario scenario(const std::vector<int>& cores, bool on_gpu) {
    Scenario made = bare_cluster();
    Pool gpu = pool("gpu", 1, 1, 1);
    gpu.machine.gpu_memory = Bytes{std::int64_t{10'000} << 20};
    gpu.labels["gpu"] = "on";
    gpu.gpu_sharing.mode = GpuSharing::Mode::vgpu;
    gpu.gpu_sharing.per_card = 10;
    gpu.gpu_sharing.hami = {2, 7, 0};
    made.cluster.pools.push_back(gpu);
    for (std::size_t f = 0; f < cores.size(); ++f) {
      add_plain_function(made, "f" + std::to_string(f)).service.on_gpu = on_gpu;
      auto& asked = workload_of(made, made.functions[f]).requests.extended;
      asked = {{"nvidia.com/gpu", 1}, {"nvidia.com/gpumem-percentage", 5}};
      if (cores[f] > 0) asked["nvidia.com/gpucores"] = cores[f];
    }
    return made;
  }
  // Starts then, and ends at the result.
  void work(std::size_t function, Duration from, Duration work) {
    bed.at(from, [this, function, work] { ids.push_back(bed.offer(function, work)); });
  }
  std::vector<Duration> ends() {
    bed.run_until(10000s);
    std::vector<Duration> all;
    for (const RequestId id : ids) all.push_back(bed.reply(id) ? bed.reply(id)->at : Duration{-1});
    return all;
  }
  TestBed bed;
  std::vector<PodId> pods;
  std::vector<RequestId> ids;
};
using Ends = std::vector<Duration>;

TEST(SharedSpeed, AloneItIsAWholeCard) {
  Shared card({18, 18});
  card.work(0, 1s, 9s);
  EXPECT_EQ(card.ends(), (Ends{10s}));
}

TEST(SharedSpeed, TogetherEachHasItsPartAndTheLastTheWholeCard) {
  Shared card({18, 18});
  card.work(0, 0s, 9s);
  card.work(1, 0s, 18s);
  // 9 / 0.18 = 50 s; by then the other has done 9 s, and does the other 9 s alone.
  EXPECT_EQ(card.ends(), (Ends{50s, 59s}));
}

TEST(SharedSpeed, ANewNeighbourSlowsTheWorkUnderWay) {
  Shared card({20, 50});
  card.work(0, 0s, 30s);   // 10 s alone; 20 s left
  card.work(1, 10s, 25s);  // 25 / 0.5 = 50 s: until 60 s
  // Of the 20 s 50 × 0.2 = 10 s are done at 60 s; the other 10 s alone.
  EXPECT_EQ(card.ends(), (Ends{70s, 60s}));
}

TEST(SharedSpeed, WithoutACoreLimitTheyShareEvenly) {
  Shared card({0, 0, 0});
  for (std::size_t f = 0; f < 3; ++f) card.work(f, 0s, 10s);
  EXPECT_EQ(card.ends(), (Ends{30s, 30s, 30s}));
}

TEST(SharedSpeed, WorkOffTheGpuIsNotSlowed) {
  Shared card({18, 18}, false);
  card.work(0, 0s, 9s);
  card.work(1, 0s, 9s);
  EXPECT_EQ(card.ends(), (Ends{9s, 9s}));
}

TEST(SharedSpeed, ANeighbourThatGoesGivesItsPartBack) {
  Shared card({18, 18});
  card.work(0, 0s, 18s);
  card.work(1, 0s, 1000s);
  card.bed.at(50s, [&] { card.bed.pods.lose(card.bed.pods.get(card.pods[1])); });
  EXPECT_EQ(card.ends().front(), 59s);  // 9 s until then, 9 s alone
}

// Whatever comes when, the card never does more than it can: all work ends no earlier than on a
// card without caps, and no later than at the caps.
TEST(SharedSpeed, LiesBetweenTheWholeCardAndTheCapsInRandomCases) {
  Random random(1, "work");
  for (int i = 0; i < 200; ++i) {
    Shared card({18, 18, 30});
    Duration total{0}, slowest{0};
    for (std::size_t f = 0; f < 3; ++f) {
      const Duration work{static_cast<std::int64_t>(1 + random.below(20'000'000'000))};
      card.work(f, 0s, work);
      total += work;
      slowest = std::max(slowest, Duration{work.count() * 100 / (f == 2 ? 30 : 18) + 1});
    }
    const Ends ends = card.ends();
    const Duration last = *std::max_element(ends.begin(), ends.end());
    EXPECT_GE(last, total);
    EXPECT_LE(last, slowest);
  }
}

TEST(Server, FollowsItsSpeedAndNeverEndsEarly) {
  Server server(1, true);
  std::vector<RequestId> done;
  server.start(7, 10s, kStart);
  server.set_speed({18, 100}, kStart);
  EXPECT_EQ(server.next_end(kStart), kStart + 55'555'555'556ns);  // 10 s / 0.18, rounded up
  server.set_speed({1, 1}, kStart + 20s);                         // 3.6 s done
  EXPECT_EQ(server.next_end(kStart + 20s), kStart + 26'400ms);
  server.set_speed({1, 3}, kStart + 20s);
  const TimePoint end = server.next_end(kStart + 20s);
  EXPECT_EQ(end, kStart + 39'200ms);  // 6.4 × 3
  Server early = server;
  early.take_finished(end - 1ns, done);
  EXPECT_TRUE(done.empty());
  server.take_finished(end, done);
  EXPECT_EQ(done, (std::vector<RequestId>{7}));
}

}  // namespace vgpu_speed_test
}  // namespace thaw::sim
