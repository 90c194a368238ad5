// Custom metrics of a namespace: which pods, folded how, and from when on.
#include "sim/metrics/adapter.hpp"

#include <gtest/gtest.h>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace adapter_test {

using Fold = MetricRule::Fold;

const MetricRef kObject{MetricSource::object, "gpu_busy", "Namespace/default", {}, {}};
const MetricRef kPods{MetricSource::pods, "gpu_busy", {}, {}, {}};

MetricsAdapter adapter(Fold fold, const std::string& series = "DCGM_FI_DEV_GPU_UTIL") {
  return {{}, "adapter", "obs", 1min, {{{}, series, "gpu_busy", fold, true, true}}};
}

// Two functions with one pod each; the first pod is always busy, the second never.
struct TwoPods {
  explicit TwoPods(std::vector<MetricsAdapter> adapters, bool mig = false)
      : bed(scenario(std::move(adapters), mig)) {
    metrics.record();
    bed.run_until(0s);
    for (std::size_t f = 0; f < 2; ++f) {
      pods.push_back(bed.pod(f));
      Pod& pod = bed.pods.get(pods.back());
      metrics.series().pod_changed(pod);
      pod.in_service = f == 0 ? 1 : 0;
      metrics.series().busy_changed(pod);
    }
  }

  static Scenario scenario(std::vector<MetricsAdapter> adapters, bool mig) {
    Scenario scenario = platform();
    scenario.cluster.pools.push_back(pool("gpu", 2, 2, 1));
    if (mig) scenario.cluster.pools.back().gpu_sharing.mode = GpuSharing::Mode::mig;
    add_gpu_function(scenario, "busy");
    add_gpu_function(scenario, "idle");
    for (Workload& workload : scenario.manifests.workloads) workload.ns = "default";
    scenario.manifests.adapters = std::move(adapters);
    return scenario;
  }

  std::optional<Milli> value(const MetricRef& metric, std::size_t function = 0) {
    const MetricFacts facts = metrics.read(function, metric);
    if (facts.presence != Presence::ok) return std::nullopt;
    return metric.source == MetricSource::pods ? facts.pods[0].value : facts.series[0];
  }

  TestBed bed;
  GpuMetrics metrics{bed.world, bed.pods};
  std::vector<PodId> pods;
};

TEST(Adapter, FoldsAllPodsOfTheNamespace) {
  const std::pair<Fold, Milli> folds[] = {
      {Fold::avg, 50'000}, {Fold::sum, 100'000}, {Fold::max, 100'000}, {Fold::min, 0}};
  for (const auto& [fold, expected] : folds) {
    TwoPods two({adapter(fold)});
    two.bed.run_until(5min);
    EXPECT_EQ(two.value(kObject), expected);
    EXPECT_EQ(two.value(kObject, 1), expected) << "whoever asks";
  }
}

// prometheus-adapter since 0.8 (its pull request 308): "NaN" becomes the quantity 0. Who asks the
// store itself is told that it is no number.
TEST(Adapter, MakesZeroOfWhatIsNoNumber) {
  TwoPods two({adapter(Fold::avg)});
  two.bed.run_until(5min);
  EXPECT_EQ(two.metrics.read_nan(0, kObject).series[0], 0);
  EXPECT_EQ(two.metrics.read_nan(0, kPods).pods[0].value, 0);
  MetricRef query = kObject;
  query.source = MetricSource::query;
  query.name = "DCGM_FI_DEV_GPU_UTIL";
  EXPECT_EQ(two.metrics.read(0, query).presence, Presence::ok);
  EXPECT_EQ(two.metrics.read_nan(0, query).presence, Presence::nan);
  TwoPods bare({});
  bare.bed.run_until(5min);
  query.source = MetricSource::object;
  EXPECT_EQ(bare.metrics.read_nan(0, query).presence, Presence::nan);
}

TEST(Adapter, GivesEachPodItsOwn) {
  TwoPods two({adapter(Fold::avg)});
  two.bed.run_until(5min);
  EXPECT_EQ(two.value(kPods, 0), 100'000);
  EXPECT_EQ(two.value(kPods, 1), 0);
}

TEST(Adapter, KnowsASeriesAfterItsNextLook) {
  MetricsAdapter slow = adapter(Fold::avg);
  slow.relist = 4min;
  TwoPods two({slow});
  two.bed.run_until(239s);
  EXPECT_FALSE(two.value(kObject)) << "the store has it, the adapter has not looked";
  two.bed.run_until(4min);
  EXPECT_TRUE(two.value(kObject));
}

TEST(Adapter, AnswersNothingElse) {
  TwoPods two({adapter(Fold::avg)});
  two.bed.run_until(5min);
  MetricRef other = kObject;
  other.object = "Namespace/other";
  EXPECT_FALSE(two.value(other)) << "no pods there";
  other.object = "Service/busy";
  EXPECT_FALSE(two.value(other)) << "the rule says nothing of services";
  other = kObject;
  other.name = "gpu_utilization";
  EXPECT_FALSE(two.value(other)) << "no rule makes it";
}

TEST(Adapter, FindsNoUtilisationOnMigButTheEnginesActivity) {
  TwoPods utilisation({adapter(Fold::max)}, true);
  TwoPods engine({adapter(Fold::max, "DCGM_FI_PROF_GR_ENGINE_ACTIVE")}, true);
  for (TwoPods* two : {&utilisation, &engine}) two->bed.run_until(5min);
  EXPECT_FALSE(utilisation.value(kObject));
  EXPECT_EQ(engine.value(kObject), 1000) << "1, in thousandths";
}

TEST(WithoutAnAdapter, ANameIsTheMeanOverTheFunctionsPods) {
  TwoPods two({});
  two.bed.run_until(5min);
  MetricRef plain = kObject;
  for (const char* name : {"gpu_utilization", "DCGM_FI_DEV_GPU_UTIL"}) {
    plain.name = name;
    EXPECT_EQ(two.value(plain, 0), 100'000) << name;
    EXPECT_EQ(two.value(plain, 1), 0) << name;
  }
}

}  // namespace adapter_test
}  // namespace thaw::sim
