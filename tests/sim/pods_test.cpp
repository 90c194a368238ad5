// The life of a pod, stage by stage, and the bytes that it waits for. Links of capacities():
// registry, internet, volume, each node's card, each node's pull; the narrowest decides.
#include "sim/pods.hpp"

#include <gtest/gtest.h>

#include "tests/sim/own_process.hpp"
#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace pods_test {

using Times = std::vector<Duration>;
constexpr std::int64_t kMega = 1'000'000, kGiga = 1'000'000'000;

Links wide_links() {
  const BytesPerSecond wide(10 * kGiga);
  return {wide, wide, wide, wide, wide};
}

// Image 1 GB at 100 MB/s: 10 s on a node without it.
Scenario with_image() {
  Scenario scenario = platform();
  scenario.cluster.links = wide_links();
  scenario.cluster.links.pull = BytesPerSecond(100 * kMega);
  add_function(scenario, "f").image = Bytes(kGiga);
  return scenario;
}

// Runs on its own, to 10 min; the pods are made by `play`.
void play(const Scenario& scenario, const std::function<void(TestBed&)>& play,
          const std::function<void(const TestBed&)>& look) {
  in_own_process([&] {
    TestBed bed(scenario);
    play(bed);
    bed.run_until(10min);
    look(bed);
  });
}

// Images of two functions that have a base of 800 MB in common, and 200 MB and 400 MB of their own.
Scenario with_layers() {
  Scenario scenario = with_image();
  FunctionSpec& f = scenario.functions[0];
  f.layers = {{"base", Bytes(800 * kMega)}, {"f", Bytes(200 * kMega)}};
  FunctionSpec& g = add_function(scenario, "g");
  g.layers = {{"base", Bytes(800 * kMega)}, {"g", Bytes(400 * kMega)}};
  g.image = Bytes(1200 * kMega);
  return scenario;
}

// --- stages ---

TEST(PodLife, GoesThroughItsStagesInOrder) {
  Scenario scenario = with_image();
  FunctionSpec& f = scenario.functions[0];
  f.container_start = Distribution::constant(2s);
  f.fixed_delay = Distribution::constant(3s);
  f.model = Model{"tiny", Bytes(500 * kMega), Model::From::internet};
  f.model_load = Distribution::constant(4s);
  f.stop = 6s;
  scenario.cluster.links.internet = BytesPerSecond(50 * kMega);
  play(
      scenario,
      [](TestBed& bed) {
        bed.at(1s, [&] { bed.pods.create(0); });
        bed.at(100s, [&] { bed.remove(1); });
      },
      [](const TestBed& bed) {
        EXPECT_EQ(bed.times("f-1", "created"), (Times{1s}));
        EXPECT_EQ(bed.times("f-1", "scheduled"), (Times{1s}));
        EXPECT_EQ(bed.times("f-1", "pulled"), (Times{11s}));   // 1 GB at 100 MB/s
        EXPECT_EQ(bed.times("f-1", "started"), (Times{13s}));  // 2 s
        EXPECT_EQ(bed.times("f-1", "model"), (Times{26s}));    // 3 s, and 500 MB at 50 MB/s
        EXPECT_EQ(bed.times("f-1", "ready"), (Times{30s}));    // 4 s
        EXPECT_EQ(bed.times("f-1", "terminating"), (Times{100s}));
        EXPECT_EQ(bed.times("f-1", "gone"), (Times{106s}));
      });
}

TEST(PodLife, WaitsForItsSidecarAndNoLonger) {
  for (const auto& [fixed_delay, ready] : {std::pair{1s, 6s}, std::pair{5s, 8s}}) {
    Scenario scenario = platform();
    FunctionSpec& f = add_function(scenario, "f");
    f.container_start = Distribution::constant(2s);
    f.fixed_delay = Distribution::constant(fixed_delay);
    f.sidecar = 3s;
    play(
        scenario, [](TestBed& bed) { bed.at(1s, [&] { bed.pods.create(0); }); },
        [ready = ready](const TestBed& bed) {
          EXPECT_EQ(bed.times("f-1", "started"), (Times{3s}));
          EXPECT_EQ(bed.times("f-1", "ready"), (Times{ready})) << "max(3 s, its own delay)";
        });
  }
}

TEST(PodLife, ModelComesFromWhereTheScenarioSays) {
  struct Row {
    Model::From from;
    Duration takes;
  };
  for (const Row& row : {Row{Model::From::internet, 20s}, Row{Model::From::volume, 40s},
                         Row{Model::From::registry, 5s}}) {
    Scenario scenario = platform();
    scenario.cluster.links = wide_links();
    scenario.cluster.links.internet = BytesPerSecond(50 * kMega);
    scenario.cluster.links.volume = BytesPerSecond(25 * kMega);
    scenario.cluster.links.registry = BytesPerSecond(200 * kMega);
    add_function(scenario, "f").model = Model{"tiny", Bytes(kGiga), row.from};
    play(
        scenario, [](TestBed& bed) { bed.pods.create(0); },
        [&](const TestBed& bed) { EXPECT_EQ(bed.times("f-1", "ready"), (Times{row.takes})); });
  }
}

TEST(PodLife, WithoutImageOrModelTakesNoFlow) {
  Scenario scenario = platform();
  add_function(scenario, "f").container_start = Distribution::constant(2s);
  TestBed bed(scenario);  // in this very process
  bed.pod(0);
  bed.run_until(10s);
  EXPECT_EQ(bed.times("f-1", "ready"), (Times{2s}));
}

TEST(PodLife, GraceCutsASlowStop) {
  Scenario scenario = platform();
  add_function(scenario, "f").stop = 60s;
  scenario.manifests.workloads.back().grace = 20s;
  TestBed bed(scenario);
  bed.remove(bed.pod(0));
  bed.run_until(100s);
  EXPECT_EQ(bed.times("f-1", "gone"), (Times{20s}));
}

TEST(PodLife, PodWithoutNodeIsGoneAtOnce) {
  Scenario scenario = platform();
  add_gpu_function(scenario, "llm").stop = 60s;
  TestBed bed(scenario);
  const PodId pod = bed.pod(0);
  bed.run_until(7s);
  bed.remove(pod);
  EXPECT_EQ(bed.times("llm-1", "gone"), (Times{7s}));
  EXPECT_EQ(bed.times("llm-1", "terminating"), Times{});
}

TEST(PodLife, PodDeletedInMidStartNeverGetsReady) {
  Scenario scenario = platform();
  FunctionSpec& f = add_function(scenario, "f");
  f.container_start = Distribution::constant(10s);
  f.stop = 30s;
  TestBed bed(scenario);
  const PodId pod = bed.pod(0);
  bed.run_until(5s);
  bed.remove(pod);
  bed.run_until(100s);
  EXPECT_EQ(bed.times("f-1", "ready"), Times{});
  EXPECT_EQ(bed.times("f-1", "gone"), (Times{35s}));
}

TEST(PodLife, GaugesTellReplicasAndReady) {
  Scenario scenario = platform();
  FunctionSpec& f = add_function(scenario, "f");
  f.container_start = Distribution::constant(10s);
  f.stop = 30s;
  TestBed bed(scenario);
  const PodId pod = bed.pod(0);
  EXPECT_EQ(bed.gauge(Gauge::replicas), 1);
  EXPECT_EQ(bed.gauge(Gauge::ready), 0);
  bed.run_until(10s);
  EXPECT_EQ(bed.gauge(Gauge::ready), 1);
  bed.remove(pod);
  EXPECT_EQ(bed.gauge(Gauge::replicas), 1) << "Terminating included";
  EXPECT_EQ(bed.gauge(Gauge::ready), 0);
  bed.run_until(40s);
  EXPECT_EQ(bed.gauge(Gauge::replicas), 0);
}

// --- pulls belong to the node ---

TEST(ImagePull, SecondPodOnTheNodeNeedsNone) {
  play(
      with_image(),
      [](TestBed& bed) {
        bed.pods.create(0);
        bed.at(60s, [&] { bed.pods.create(0); });
      },
      [](const TestBed& bed) {
        EXPECT_EQ(bed.times("f-1", "pulled"), (Times{10s}));
        EXPECT_EQ(bed.times("f-2", "pulled"), Times{});
        EXPECT_EQ(bed.times("f-2", "ready"), (Times{60s}));
      });
}

TEST(ImagePull, TwoPodsAtOnceShareOne) {
  play(
      with_image(),
      [](TestBed& bed) {
        bed.pods.create(0);
        bed.at(4s, [&] { bed.pods.create(0); });
      },
      [](const TestBed& bed) {
        EXPECT_EQ(bed.times("f-1", "pulled"), (Times{10s}));
        EXPECT_EQ(bed.times("f-2", "pulled"), (Times{10s}));
      });
}

TEST(ImagePull, OtherImageOnTheSameNodeHalvesTheSpeed) {
  Scenario scenario = with_image();
  add_function(scenario, "g").image = Bytes(kGiga);
  play(
      scenario,
      [](TestBed& bed) {
        bed.pods.create(0);
        bed.pods.create(1);
      },
      [](const TestBed& bed) {
        EXPECT_EQ(bed.times("f-1", "pulled"), (Times{20s}));
        EXPECT_EQ(bed.times("g-1", "pulled"), (Times{20s}));
      });
}

TEST(ImagePull, OutlivesAPodThatIsDeleted) {
  play(
      with_image(),
      [](TestBed& bed) {
        bed.pods.create(0);
        bed.at(3s, [&] { bed.remove(1); });
        bed.at(7s, [&] { bed.pods.create(0); });
      },
      [](const TestBed& bed) {
        EXPECT_EQ(bed.times("f-1", "gone"), (Times{3s}));
        EXPECT_EQ(bed.times("f-1", "pulled"), Times{});
        EXPECT_EQ(bed.times("f-2", "ready"), (Times{10s}));
      });
}

TEST(ImagePull, IsMadeAnewOnANodeThatTookALostOnesSlot) {
  Scenario scenario = with_image();
  scenario.cluster.pools.push_back(pool("work", 1, 1));
  workload_of(scenario, scenario.functions[0]).node_selector = {
      {"k8s.scaleway.com/pool-name", "work"}};
  play(
      scenario,
      [](TestBed& bed) {
        bed.pods.create(0);
        bed.at(4s, [&] {
          bed.nodes.lose(bed.node("work-1"));
          bed.nodes.order(1);  // Ready 50 s later
          bed.pods.create(0);
        });
      },
      [](const TestBed& bed) {
        EXPECT_EQ(bed.times("f-1", "lost"), (Times{4s}));
        EXPECT_EQ(bed.times("f-2", "pulled"), (Times{64s}));
      });
}

TEST(ImageLayers, OfAnotherImageAreNotPulledAgain) {
  play(
      with_layers(),
      [](TestBed& bed) {
        bed.pods.create(0);
        bed.at(60s, [&] { bed.pods.create(1); });
      },
      [](const TestBed& bed) {
        EXPECT_EQ(bed.times("f-1", "pulled"), (Times{10s}));  // 800 and 200 MB at 100 MB/s
        EXPECT_EQ(bed.times("g-1", "pulled"), (Times{64s}));  // 400 MB
      });
}

// 1000 MB and 400 MB halve the link until 8 s; the base is there with the rest of f, at 14 s.
TEST(ImageLayers, OnTheirWayAlreadyAreWaitedFor) {
  play(
      with_layers(),
      [](TestBed& bed) {
        bed.pods.create(0);
        bed.pods.create(1);
      },
      [](const TestBed& bed) {
        EXPECT_EQ(bed.times("f-1", "pulled"), (Times{14s}));
        EXPECT_EQ(bed.times("g-1", "pulled"), (Times{14s}));
      });
}

TEST(ImageLayers, AllOnTheirWayNeedNoPullOfTheirOwn) {
  Scenario scenario = with_layers();
  scenario.functions[1].layers.pop_back();
  scenario.functions[1].image = Bytes(800 * kMega);
  play(
      scenario,
      [](TestBed& bed) {
        bed.pods.create(0);
        bed.at(4s, [&] { bed.pods.create(1); });
      },
      [](const TestBed& bed) { EXPECT_EQ(bed.times("g-1", "ready"), (Times{10s})); });
}

// --- downloads belong to the pod ---

Scenario with_model() {
  Scenario scenario = platform();
  scenario.cluster.links = wide_links();
  scenario.cluster.links.internet = BytesPerSecond(100 * kMega);
  add_function(scenario, "f").model = Model{"tiny", Bytes(kGiga), Model::From::internet};
  return scenario;
}

TEST(ModelDownload, IsMadeByEachPodAnew) {
  play(
      with_model(),
      [](TestBed& bed) {
        bed.pods.create(0);
        bed.pods.create(0);
        bed.at(60s, [&] { bed.pods.create(0); });
      },
      [](const TestBed& bed) {
        EXPECT_EQ(bed.times("f-1", "ready"), (Times{20s}));  // two share 100 MB/s
        EXPECT_EQ(bed.times("f-2", "ready"), (Times{20s}));
        EXPECT_EQ(bed.times("f-3", "ready"), (Times{70s}));
      });
}

TEST(ModelDownload, EndsWithItsPod) {
  play(
      with_model(),
      [](TestBed& bed) {
        bed.pods.create(0);
        bed.pods.create(0);
        bed.at(4s, [&] { bed.remove(1); });
      },
      [](const TestBed& bed) {
        // 200 MB at half the speed, and the other 800 MB at all of it.
        EXPECT_EQ(bed.times("f-2", "ready"), (Times{12s}));
        EXPECT_EQ(bed.times("f-1", "ready"), Times{});
      });
}

// --- models that a node's memory holds ---

// On a volume of 50 MB/s that the replicas share, after a download at 100 MB/s: 1 GB. From memory
// at 1 GB/s. Each node of the pool takes two pods.
Scenario with_memory() {
  Scenario scenario = with_model();
  scenario.cluster.links.volume = BytesPerSecond(50 * kMega);
  scenario.cluster.links.host_memory = BytesPerSecond(kGiga);
  scenario.cluster.pools.front().machine.cpu = Millicores(10);
  scenario.cluster.pools.push_back(pool("work", 2, 2));
  Workload& workload = workload_of(scenario, scenario.functions[0]);
  workload.storage = Storage::shared_volume;
  workload.requests.cpu = Millicores(2000);
  return scenario;
}

void make_three_pods(TestBed& bed) {
  bed.pods.create(0);
  bed.at(60s, [&] { bed.pods.create(0); });   // on the other node, which is emptier
  bed.at(120s, [&] { bed.pods.create(0); });  // on the first one again
}

TEST(HostMemory, HoldsAModelOfASharedVolumeForTheNextPodOfTheNode) {
  play(with_memory(), make_three_pods, [](const TestBed& bed) {
    EXPECT_EQ(bed.times("f-1", "ready"), (Times{10s}));
    EXPECT_EQ(bed.times("f-2", "ready"), (Times{80s}));   // from the volume
    EXPECT_EQ(bed.times("f-3", "ready"), (Times{121s}));  // from memory
  });
}

TEST(HostMemory, HoldsNothingUnlessTheScenarioGivesItsSpeed) {
  Scenario scenario = with_memory();
  scenario.cluster.links.host_memory = BytesPerSecond(0);
  play(scenario, make_three_pods,
       [](const TestBed& bed) { EXPECT_EQ(bed.times("f-3", "ready"), (Times{140s})); });
}

TEST(HostMemory, HoldsNoModelThatEachPodHasForItself) {
  Scenario scenario = with_memory();
  workload_of(scenario, scenario.functions[0]).storage = Storage::pod;
  play(scenario, make_three_pods,
       [](const TestBed& bed) { EXPECT_EQ(bed.times("f-3", "ready"), (Times{130s})); });
}

TEST(HostMemory, HoldsWhatWasReadLastAndFits) {
  HostMemory memory;
  memory.keep(0, Bytes(4), Bytes(10));
  memory.keep(1, Bytes(6), Bytes(10));
  EXPECT_TRUE(memory.holds(0) && memory.holds(1));
  memory.keep(0, Bytes(4), Bytes(10));  // now 1 is the longest unread
  memory.keep(2, Bytes(1), Bytes(10));
  EXPECT_TRUE(memory.holds(0) && memory.holds(2));
  EXPECT_FALSE(memory.holds(1));
  memory.keep(3, Bytes(11), Bytes(10));
  for (const std::size_t function : {0U, 2U, 3U}) EXPECT_FALSE(memory.holds(function));
}

}  // namespace pods_test
}  // namespace thaw::sim
