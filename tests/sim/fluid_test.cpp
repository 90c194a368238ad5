// Sharing and bookkeeping of flows. Units: rates in bytes per second; times count from the start.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <stdexcept>

#include "sim/fluid/module.hpp"
#include "tests/sim/fluid_fixture.hpp"

namespace thaw::sim {
namespace fluid_test {

using enum FlowSource;

constexpr std::int64_t kMega = 1'000'000, kGiga = 1'000'000'000;

Capacities capacities(std::int64_t registry, std::int64_t node, std::int64_t pull, NodeSlot slots) {
  return {.registry = BytesPerSecond(registry),
          .internet = BytesPerSecond(10 * kGiga),
          .volume = BytesPerSecond(10 * kGiga),
          .node = BytesPerSecond(node),
          .pull = BytesPerSecond(pull),
          .slots = slots};
}

TEST(Fluid, PullsInTurnEachGetTheirNodesLink) {
  in_own_process([] {
    // 1 GB at 200 MB/s is 5 s; five of them at once just fill the registry's 1 GB/s.
    World world(capacities(kGiga, 200 * kMega, 10 * kGiga, 5));
    world.nodes_on(5);
    for (NodeSlot slot = 0; slot < 5; ++slot) {
      world.at(std::chrono::seconds(slot), [&world, slot] { world.start(registry, slot, kGiga); });
    }
    world.to_the_end();
    const std::vector<End> expected{
        {1, 5s, true}, {2, 6s, true}, {3, 7s, true}, {4, 8s, true}, {5, 9s, true}};
    EXPECT_EQ(world.ends, expected);
  });
}

TEST(Fluid, NodesThatPullAtOnceShareTheRegistry) {
  for (const NodeSlot nodes : {1u, 2u, 5u, 10u}) {
    in_own_process([nodes] {
      // The registry's 50 MB/s is the narrowest link: one pull of 1 GB takes 20 s, n at once n
      // times that.
      World world(capacities(50 * kMega, kGiga, 60 * kMega, nodes));
      world.nodes_on(nodes);
      for (NodeSlot slot = 0; slot < nodes; ++slot) world.start(registry, slot, kGiga);
      world.to_the_end();
      ASSERT_EQ(world.ends.size(), nodes);
      for (NodeSlot slot = 0; slot < nodes; ++slot) {
        EXPECT_EQ(world.ends[slot], (End{slot + 1, nodes * 20s, true}));
      }
    });
  }
}

TEST(Fluid, OnePullIsAsFastAsItsNarrowestLink) {
  struct Case {
    std::int64_t registry, node, pull;
  };
  for (const Case& c :
       {Case{40 * kMega, 80 * kMega, 100 * kMega}, Case{80 * kMega, 40 * kMega, 100 * kMega},
        Case{100 * kMega, 80 * kMega, 40 * kMega}}) {
    in_own_process([&c] {
      World world(capacities(c.registry, c.node, c.pull, 1));
      world.nodes_on(1);
      world.start(registry, 0, kGiga);
      world.to_the_end();
      EXPECT_EQ(world.ends, (std::vector<End>{{1, 25s, true}}));  // 1 GB / 40 MB/s
    });
  }
}

TEST(Fluid, PullsOnOneNodeShareItsPullLink) {
  in_own_process([] {
    // 60 MB/s for two: 30 MB/s each until the smaller is done at 10 s; the other's last 300 MB at
    // 60 MB/s.
    World world(capacities(kGiga, kGiga, 60 * kMega, 2));
    world.nodes_on(2);
    world.start(registry, 0, 300 * kMega);
    world.start(registry, 0, 600 * kMega);
    world.start(registry, 1, 600 * kMega);  // another node: 60 MB/s of its own, 10 s
    world.to_the_end();
    EXPECT_EQ(world.ends, (std::vector<End>{{1, 10s, true}, {3, 10s, true}, {2, 15s, true}}));
  });
}

TEST(Fluid, ModelsDoNotCrossThePullLink) {
  in_own_process([] {
    World world(capacities(kGiga, 100 * kMega, 10 * kMega, 1));
    world.nodes_on(1);
    world.start(registry, 0, 100 * kMega);  // 10 MB/s: the pull link
    world.start(internet, 0, 450 * kMega);  // 45 MB/s: half of what the pull leaves of the node's
    world.start(volume, 0, 450 * kMega);
    world.to_the_end();
    EXPECT_EQ(world.ends, (std::vector<End>{{1, 10s, true}, {2, 10s, true}, {3, 10s, true}}));
  });
}

TEST(Fluid, SourcesDoNotShareWithOneAnother) {
  in_own_process([] {
    Capacities links = capacities(100 * kMega, kGiga, kGiga, 1);
    links.internet = BytesPerSecond(200 * kMega);
    links.volume = BytesPerSecond(500 * kMega);
    World world(links);
    world.nodes_on(1);
    world.start(registry, 0, kGiga);
    world.start(internet, 0, kGiga);
    world.start(volume, 0, kGiga);
    world.to_the_end();
    // 1 GB over 500, 200 and 100 MB/s; the node's 1 GB/s is not reached.
    EXPECT_EQ(world.ends, (std::vector<End>{{3, 2s, true}, {2, 5s, true}, {1, 10s, true}}));
  });
}

TEST(Fluid, LostNodeFailsItsFlowsAndTheOthersSpeedUp) {
  in_own_process([] {
    // 100 MB/s for two: 200 MB each by 4 s; then one alone takes 8 s for its other 800 MB.
    World world(capacities(100 * kMega, kGiga, kGiga, 2));
    world.nodes_on(2);
    world.start(registry, 0, kGiga);
    world.start(registry, 1, kGiga);
    world.at(4s, [&world] {
      world.fluid->node_off(1, world.pump.now());
      EXPECT_TRUE(world.ends.empty()) << "told only after node_off() returned";
    });
    world.to_the_end();
    EXPECT_EQ(world.ends, (std::vector<End>{{2, 4s, false}, {1, 12s, true}}));
  });
}

TEST(Fluid, NodeThatComesBackTakesFlowsAgain) {
  in_own_process([] {
    World world(capacities(100 * kMega, kGiga, kGiga, 1));
    world.nodes_on(1);
    world.start(registry, 0, kGiga);
    world.at(1s, [&world] { world.fluid->node_off(0, world.pump.now()); });
    world.at(5s, [&world] {
      world.fluid->node_on(0);
      world.start(registry, 0, kGiga);
    });
    world.to_the_end();
    EXPECT_EQ(world.ends, (std::vector<End>{{1, 1s, false}, {2, 15s, true}}));
  });
}

TEST(Fluid, CancelledFlowGivesItsShareBackAndIsNotHeardOf) {
  in_own_process([] {
    World world(capacities(100 * kMega, kGiga, kGiga, 2));
    world.nodes_on(2);
    const FlowId cancelled = world.start(registry, 0, kGiga);
    world.start(registry, 1, kGiga);
    world.at(4s, [&world, cancelled] { world.fluid->cancel(cancelled, world.pump.now()); });
    world.to_the_end();
    EXPECT_EQ(world.ends, (std::vector<End>{{2, 12s, true}}));
  });
}

TEST(Fluid, FlowCancelledAsItStartsTakesNoShare) {
  in_own_process([] {
    World world(capacities(100 * kMega, kGiga, kGiga, 2));
    world.nodes_on(2);
    const FlowId cancelled = world.start(registry, 0, kGiga);
    world.start(registry, 1, kGiga);
    world.fluid->cancel(cancelled, kStart);
    world.to_the_end();
    EXPECT_EQ(world.ends, (std::vector<End>{{2, 10s, true}}));
  });
}

TEST(Fluid, AdvanceReturnsWhenTheLastFlowIsCancelled) {
  in_own_process([] {
    World world(capacities(100 * kMega, kGiga, kGiga, 1));
    world.nodes_on(1);
    const FlowId flow = world.start(registry, 0, kGiga);
    bool later = false;
    world.at(1s, [&world, flow] { world.fluid->cancel(flow, world.pump.now()); });
    world.at(2s, [&later] { later = true; });
    world.fluid->advance(world.pump, world);
    EXPECT_EQ(world.fluid->active(), 0u);
    EXPECT_FALSE(later) << "without flows, the own queue runs without advance()";
  });
}

TEST(Fluid, FlowOfNoBytesEndsAtOnceThroughTheListener) {
  in_own_process([] {
    World world(capacities(100 * kMega, kGiga, kGiga, 1));
    world.nodes_on(1);
    world.at(1s, [&world] {
      world.start(registry, 0, 0);
      EXPECT_EQ(world.fluid->active(), 1u);
      EXPECT_TRUE(world.ends.empty());
    });
    world.at(2s, [&world] { world.start(registry, 0, 100 * kMega); });
    world.at(2500ms, [&world] { world.start(registry, 0, 0); });  // while another is under way
    world.to_the_end();
    EXPECT_EQ(world.ends, (std::vector<End>{{1, 1s, true}, {3, 2500ms, true}, {2, 3s, true}}));
  });
}

TEST(Fluid, StopLeavesAdvanceWithFlowsUnderWay) {
  in_own_process([] {
    World world(capacities(100 * kMega, kGiga, kGiga, 2));
    world.nodes_on(2);
    world.start(registry, 0, kGiga);
    world.start(registry, 1, kGiga);
    bool later = false;
    world.at(3s, [&world] { world.pump.stop(); });
    world.at(4s, [&later] { later = true; });
    world.fluid->advance(world.pump, world);
    EXPECT_FALSE(later);
    EXPECT_TRUE(world.ends.empty());
    EXPECT_EQ(world.pump.now(), kStart + 3s);
  });
}

TEST(Fluid, StopFromTheListenerHoldsBackTheOtherEndsOfTheInstant) {
  in_own_process([] {
    World world(capacities(100 * kMega, kGiga, kGiga, 2));
    world.nodes_on(2);
    world.start(registry, 0, kGiga);
    world.start(registry, 1, kGiga);
    world.on_end = [&world](const End&) { world.pump.stop(); };
    world.to_the_end();
    EXPECT_EQ(world.ends, (std::vector<End>{{1, 20s, true}}));
  });
}

TEST(Fluid, ExceptionOfAnOwnEventPassesThroughAdvance) {
  in_own_process([] {
    World world(capacities(100 * kMega, kGiga, kGiga, 1));
    world.nodes_on(1);
    world.start(registry, 0, kGiga);
    world.at(3s, [] { throw std::out_of_range("mine"); });
    EXPECT_THROW(world.fluid->advance(world.pump, world), std::out_of_range);
  });
}

TEST(Fluid, FlowToANodeThatIsOffIsABug) {
  in_own_process([] {
    World world(capacities(100 * kMega, kGiga, kGiga, 1));
    EXPECT_DEATH(world.start(registry, 0, kGiga), "node that is on");
  });
}

void mine(int) {}

TEST(Fluid, SignalHandlersOfTheProcessStay) {
  in_own_process([] {
    struct sigaction set {};
    set.sa_handler = mine;
    ASSERT_EQ(sigaction(SIGINT, &set, nullptr), 0);
    ASSERT_EQ(sigaction(SIGSEGV, &set, nullptr), 0);
    World world(capacities(100 * kMega, kGiga, kGiga, 1));
    world.nodes_on(1);
    world.start(registry, 0, kGiga);
    world.to_the_end();
    for (const int signal : {SIGINT, SIGSEGV}) {
      struct sigaction now {};
      ASSERT_EQ(sigaction(signal, nullptr, &now), 0);
      EXPECT_EQ(now.sa_handler, mine) << "signal " << signal;
    }
  });
}

TEST(FluidModule, IsLookedForBesideTheExecutableThenInTheInstallation) {
  const std::vector<std::filesystem::path> expected{
      "/opt/thaw/bin/libthaw_fluid_simgrid.so",
      "/opt/thaw/lib/thaw/libthaw_fluid_simgrid.so",
      "libthaw_fluid_simgrid.so",
  };
  EXPECT_EQ(fluid_module_candidates("/opt/thaw/bin"), expected);
}

TEST(FluidModule, MissingOneIsAnErrorThatSaysWhatWasTried) {
  try {
    open_fluid_from({"/nowhere/a.so", "/nowhere/b.so"}, capacities(1, 1, 1, 1));
    FAIL() << "there is no such module";
  } catch (const std::runtime_error& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("libsimgrid3.32"), std::string::npos) << text;
    EXPECT_NE(text.find("/nowhere/a.so: "), std::string::npos) << text;
    EXPECT_NE(text.find("/nowhere/b.so: "), std::string::npos) << text;
    EXPECT_NE(text.find("No such file or directory"), std::string::npos) << text;  // the loader's
  }
}

TEST(FluidModule, StrangeLibraryIsAnError) {
  EXPECT_THROW(open_fluid_from({"libm.so.6"}, capacities(1, 1, 1, 1)), std::runtime_error);
}

}  // namespace fluid_test
}  // namespace thaw::sim
