// What the store says of a GPU, and when: each stage's delay by itself and all of them together.
#include "sim/metrics/gpu_series.hpp"

#include <gtest/gtest.h>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace gpu_series_test {

// One pod with a GPU, whose requests the test plays.
struct OneGpu {
  explicit OneGpu(MetricsPath path, std::uint64_t seed = 1) : bed(scenario(path), seed) {
    series.record();
    bed.run_until(0s);
    pod = bed.pod(0);
    series.pod_changed(bed.pods.get(pod));
  }

  static Scenario scenario(MetricsPath path) {
    Scenario scenario = platform();
    scenario.cluster.pools.push_back(pool("gpu", 1, 1, 1));
    add_gpu_function(scenario, "f");
    scenario.metrics = path;
    return scenario;
  }

  void busy(Duration from, Duration to) {
    for (const auto& [when, requests] : {std::pair(from, 1u), std::pair(to, 0u)})
      bed.at(when, [this, requests = requests] {
        bed.pods.get(pod).in_service = requests;
        series.busy_changed(bed.pods.get(pod));
      });
  }

  std::optional<GpuSeries::Sample> seen(Duration at) {
    bed.run_until(at);
    std::optional<GpuSeries::Sample> found;
    series.each([&](PodId, std::size_t, const GpuSeries::Sample& sample) { found = sample; });
    return found;
  }

  TestBed bed;
  GpuSeries series{bed.world, bed.pods};
  PodId pod = 0;
};

TEST(GpuSeries, IsTheShareOfTheIntervalInWhichSomethingWasInService) {
  OneGpu gpu({30s, {}, 15s, 0s, {}});
  for (Duration t = 0s; t < 10min; t += 10s) gpu.busy(t, t + 4s);  // in every 30 s, 12
  const auto sample = gpu.seen(8min);
  ASSERT_TRUE(sample);
  EXPECT_EQ(sample->share_milli, 40'000);
}

TEST(GpuSeries, IsAsOldAsItsStagesMakeIt) {
  const MetricsPath path{30s, {}, 15s, 30s, {}};
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    OneGpu gpu(path, seed);
    gpu.busy(200s, 1h);
    Duration first{}, full{};
    for (Duration t = 200s; t < 400s; t += 1s) {
      const auto sample = gpu.seen(t);
      ASSERT_TRUE(sample) << seed;
      if (first == Duration{} && sample->share_milli > 0) first = t - 200s;
      if (full == Duration{} && sample->share_milli == 100'000) full = t - 200s;
      const Duration age = t - (sample->collected - kStart);
      EXPECT_GE(age, 30s) << "the offset alone";
      EXPECT_LE(age, 30s + 15s + 30s + 15s) << "offset, and each stage's period at the most";
    }
    EXPECT_GE(first, 30s) << seed;
    EXPECT_LE(first, 30s + 30s + 15s + 1s) << seed << ": offset, collection, scrape, the step here";
    EXPECT_GE(full, 30s + 30s) << seed << ": a whole interval of it";
    EXPECT_LE(full, 30s + 60s + 15s + 1s) << seed;
  }
}

TEST(GpuSeries, HasPhasesOfItsOwnForEachSeed) {
  std::set<Duration> ages;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    OneGpu gpu({30s, {}, 15s, 0s, {}}, seed);
    ages.insert(5min - (gpu.seen(5min).value().collected - kStart));
  }
  EXPECT_GT(ages.size(), 8U);
}

TEST(GpuSeries, IsAbsentBeforeTheFirstScrapeAndAfterThePodIsGone) {
  OneGpu gpu({10s, {}, 10s, 30s, {}});
  EXPECT_FALSE(gpu.seen(30s)) << "nothing was scraped before 0 s";
  EXPECT_TRUE(gpu.seen(51s)) << "collected and scraped within 20 s, shown 30 s later";
  gpu.series.pod_leaving(gpu.pod);
  EXPECT_TRUE(gpu.seen(80s)) << "the store still answers as of 50 s";
  EXPECT_FALSE(gpu.seen(92s)) << "the scrape within 10 s after the pod found nothing";
}

TEST(GpuSeries, IsOfPodsWithAGpuAlone) {
  Scenario scenario = platform();
  add_function(scenario, "f");
  TestBed bed(scenario);
  GpuSeries series(bed.world, bed.pods);
  series.record();
  bed.run_until(0s);
  series.pod_changed(bed.pods.get(bed.pod(0)));
  bed.run_until(5min);
  series.each([](PodId, std::size_t, const GpuSeries::Sample&) { ADD_FAILURE(); });
  EXPECT_FALSE(series.scraped_since(kStart));
}

// --- what DCGM's own sampling and sharing make of it ---

// In service for 4 s in every 30 s. A sample of 1 s at the interval's end falls into that or not,
// and is 100 or 0 then, or a part where it meets an edge; over all phases 4 of 30 samples are full.
TEST(GpuSeries, AShortSampleSeesAllOrNothingOfAShortBurst) {
  MetricsPath path{30s, 1s, 15s, 0s, {}};
  int full = 0, none = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    OneGpu gpu(path, seed);
    for (Duration t = 0s; t < 5min; t += 30s) gpu.busy(t, t + 4s);
    const std::int64_t share = gpu.seen(5min).value().share_milli;
    full += share == 100'000;
    none += share == 0;
    EXPECT_LE(share, 100'000);
  }
  EXPECT_GT(full, 0);
  EXPECT_GT(none, 40) << "25 of 30 phases";
  EXPECT_LT(full + none, 60) << "some meet an edge";
}

// Two pods, of which only the first works, 12 s in every 30 s.
std::vector<std::int64_t> shares_of_two(GpuSharing::Mode mode) {
  Scenario scenario = platform();
  Pool gpu = pool("gpu", 1, 1, 1);
  gpu.machine.gpu_memory = Bytes{std::int64_t{40} << 30};
  gpu.gpu_sharing.mode = mode;
  gpu.gpu_sharing.per_card = 2;
  gpu.labels["gpu"] = "on";
  scenario.cluster.pools.push_back(gpu);
  add_gpu_function(scenario, "works");
  add_gpu_function(scenario, "idle");
  if (mode == GpuSharing::Mode::vgpu)
    for (const FunctionSpec& f : scenario.functions)
      workload_of(scenario, f).requests.extended["nvidia.com/gpumem-percentage"] = 40;
  scenario.metrics = {30s, {}, 15s, 0s, {}};
  TestBed bed(scenario);
  GpuSeries series(bed.world, bed.pods);
  series.record();
  bed.run_until(0s);
  const PodId works = bed.pod(0);
  for (const PodId pod : {works, bed.pod(1)}) series.pod_changed(bed.pods.get(pod));
  for (Duration t = 0s; t < 10min; t += 10s)
    for (const auto& [when, requests] : {std::pair(t, 1u), std::pair(t + 4s, 0u)})
      bed.at(when, [&, requests = requests] {
        bed.pods.get(works).in_service = requests;
        series.busy_changed(bed.pods.get(works));
      });
  bed.run_until(8min);
  std::vector<std::int64_t> shares;
  series.each([&](PodId, std::size_t, const GpuSeries::Sample& sample) {
    shares.push_back(sample.share_milli);
  });
  return shares;
}

TEST(GpuSeries, OfASharedCardIsTheWholeCardsForEveryPod) {
  using Mode = GpuSharing::Mode;
  using Shares = std::vector<std::int64_t>;
  for (const Mode mode : {Mode::vgpu, Mode::time_slicing, Mode::mps})
    EXPECT_EQ(shares_of_two(mode), (Shares{40'000, 40'000})) << "the idle pod is told as busy";
  EXPECT_EQ(shares_of_two(Mode::mig), (Shares{40'000, 0})) << "an instance is its pod's own";
}

}  // namespace gpu_series_test
}  // namespace thaw::sim
