// Lock step: own events and flows on one clock, to the nanosecond. Times count from the start.
#include "tests/sim/fluid_fixture.hpp"

namespace thaw::sim {
namespace fluid_time_test {

using enum FlowSource;

constexpr std::int64_t kGiga = 1'000'000'000;

// Links of 1 GB/s: a flow alone takes a nanosecond a byte.
constexpr Capacities kByteANanosecond{.registry = BytesPerSecond(kGiga),
                                      .internet = BytesPerSecond(kGiga),
                                      .volume = BytesPerSecond(kGiga),
                                      .node = BytesPerSecond(kGiga),
                                      .pull = BytesPerSecond(kGiga),
                                      .slots = 4};

TEST(FluidTime, FlowsEndToTheNanosecondAmongThousandsOfOwnEvents) {
  in_own_process([] {
    World world(kByteANanosecond);
    world.nodes_on(1);
    // Not a round number: own events just before and after each start and end.
    for (int i = 1; i < 30'000; ++i) world.at(i * 333'333'333ns, [] {});
    world.at(3600s, [&world] { world.start(registry, 0, kGiga); });
    world.at(3600s + 500ms, [&world] { world.start(registry, 0, kGiga); });
    world.at(7200s + 1ns, [&world] { world.start(registry, 0, kGiga / 3); });
    world.to_the_end();
    // Alone for 0.5 s, then halves: the first's other 0.5 GB takes 1 s; the second has 0.5 GB left
    // by then.
    EXPECT_EQ(world.ends,
              (std::vector<End>{
                  {1, 3601s + 500ms, true}, {2, 3602s, true}, {3, 7200s + 333'333'334ns, true}}));
    EXPECT_EQ(world.pump.fired(), 30'002u);
  });
}

TEST(FluidTime, OwnEventsInTheLastMicrosecondsDoNotHurryAFlow) {
  in_own_process([] {
    World world(kByteANanosecond);
    world.nodes_on(1);
    world.start(registry, 0, kGiga);
    for (int i = 1; i <= 20'000; ++i) world.at(1s - i * 1ns, [] {});
    world.to_the_end();
    EXPECT_EQ(world.ends, (std::vector<End>{{1, 1s, true}}));
    EXPECT_EQ(world.pump.fired(), 20'000u);
  });
}

TEST(FluidTime, PhaseThatStartsLateKeepsTheNanosecond) {
  in_own_process([] {
    World world(kByteANanosecond);
    world.nodes_on(1);
    world.at(1s, [&world] { world.start(registry, 0, 1'000'003); });
    world.at(200 * 24h + 7ns, [&world] { world.start(registry, 0, 1'000'003); });
    world.to_the_end();
    EXPECT_EQ(world.ends,
              (std::vector<End>{{1, 1s + 1'000'003ns, true}, {2, 200 * 24h + 1'000'010ns, true}}));
  });
}

TEST(FluidTime, ManyPhasesDoNotDrift) {
  in_own_process([] {
    Capacities links = kByteANanosecond;
    links.registry = BytesPerSecond(3 * kGiga);
    links.node = BytesPerSecond(3 * kGiga);
    links.pull = BytesPerSecond(3 * kGiga);
    World world(links);
    world.nodes_on(1);
    for (int i = 0; i < 500; ++i) {
      world.at(i * 10s, [&world] { world.start(registry, 0, kGiga); });
    }
    world.to_the_end();
    ASSERT_EQ(world.ends.size(), 500u);
    // A third of a second, rounded; SimGrid's clock keeps the fraction, the next phase's origin
    // drops it.
    for (std::size_t i = 0; i < 500; ++i) {
      EXPECT_EQ(world.ends[i].after_start, static_cast<int>(i) * 10s + 333'333'333ns);
    }
  });
}

TEST(FluidTime, ChainOfFlowsAccumulatesNoRounding) {
  in_own_process([] {
    Capacities links = kByteANanosecond;
    links.pull = BytesPerSecond(3'000'000);
    World world(links);
    world.nodes_on(1);
    // 1 MB at 3 MB/s is a third of a second, which no nanosecond holds; 300 of them one after the
    // other are 100 s.
    world.on_end = [&world](const End& end) {
      if (end.id < 300) world.start(registry, 0, 1'000'000);
    };
    world.start(registry, 0, 1'000'000);
    world.to_the_end();
    EXPECT_EQ(world.ends.back(), (End{300, 100s, true}));
  });
}

TEST(FluidTime, EventScheduledByAnEndFiresAtItsTime) {
  in_own_process([] {
    World world(kByteANanosecond);
    world.nodes_on(2);
    world.start(registry, 0, kGiga);
    world.start(internet, 1, 3 * kGiga);  // other links: 3 s
    std::vector<Duration> seen;
    world.on_end = [&](const End& end) {
      if (end.id != 1) return;
      world.at(1s, [&] { seen.push_back(world.pump.now() - kStart); });  // the end's own instant
      world.at(1s + 7ns, [&] { seen.push_back(world.pump.now() - kStart); });
      world.at(2500ms, [&] { seen.push_back(world.pump.now() - kStart); });
    };
    world.to_the_end();
    EXPECT_EQ(seen, (std::vector<Duration>{1s, 1s + 7ns, 2500ms}));
    EXPECT_EQ(world.ends, (std::vector<End>{{1, 1s, true}, {2, 3s, true}}));
  });
}

TEST(FluidTime, EventScheduledByAnEventBringsTheTimerForward) {
  in_own_process([] {
    World world(kByteANanosecond);
    world.nodes_on(1);
    world.start(registry, 0, kGiga);
    Duration seen{};
    world.at(900ms, [] {});
    world.at(100ms, [&] { world.at(200ms, [&] { seen = world.pump.now() - kStart; }); });
    world.to_the_end();
    EXPECT_EQ(seen, 200ms);
  });
}

TEST(FluidTime, OwnEventsComeBeforeTheEndsOfTheirInstant) {
  in_own_process([] {
    World world(kByteANanosecond);
    world.nodes_on(2);
    world.start(internet, 0, kGiga);
    world.start(volume, 1, kGiga);
    std::size_t ends_seen = 99;
    world.at(1s, [&] { ends_seen = world.ends.size(); });
    world.to_the_end();
    EXPECT_EQ(ends_seen, 0u);
    EXPECT_EQ(world.ends, (std::vector<End>{{1, 1s, true}, {2, 1s, true}}));
  });
}

TEST(FluidTime, OwnEventCanStillCancelOrFailAFlowAtTheInstantOfItsEnd) {
  in_own_process([] {
    World world(kByteANanosecond);
    world.nodes_on(3);
    const FlowId cancelled = world.start(registry, 0, kGiga);
    world.start(internet, 1, kGiga);
    world.start(volume, 2, kGiga);
    world.at(1s, [&] {
      world.fluid->cancel(cancelled, world.pump.now());
      world.fluid->node_off(1, world.pump.now());
    });
    world.to_the_end();
    EXPECT_EQ(world.ends, (std::vector<End>{{2, 1s, false}, {3, 1s, true}}));
  });
}

TEST(FluidTime, ListenerCanCancelOrFailTheOtherEndsOfTheInstant) {
  in_own_process([] {
    World world(kByteANanosecond);
    world.nodes_on(3);
    world.start(registry, 0, kGiga);
    const FlowId cancelled = world.start(internet, 1, kGiga);
    world.start(volume, 2, kGiga);
    world.on_end = [&](const End& end) {
      if (end.id != 1) return;
      world.fluid->cancel(cancelled, world.pump.now());
      world.fluid->node_off(2, world.pump.now());
    };
    world.to_the_end();
    EXPECT_EQ(world.ends, (std::vector<End>{{1, 1s, true}, {3, 1s, false}}));
  });
}

TEST(FluidTime, SimultaneousEndsAreToldInTheOrderOfTheirStart) {
  in_own_process([] {
    Capacities links = kByteANanosecond;
    links.slots = 40;
    links.registry = BytesPerSecond(7 * kGiga);  // 175 MB/s each
    links.node = BytesPerSecond(kGiga);
    World world(links);
    world.nodes_on(40);
    for (NodeSlot i = 0; i < 40; ++i) world.start(registry, (i * 17) % 40, kGiga / 3);
    world.to_the_end();
    ASSERT_EQ(world.ends.size(), 40u);
    for (std::size_t i = 0; i < 40; ++i) {
      EXPECT_EQ(world.ends[i].id, i + 1);
      EXPECT_EQ(world.ends[i].after_start, world.ends[0].after_start);
    }
  });
}

TEST(FluidTime, FlowsOfYearsAreNotMissed) {
  // An own event after a year, then an end more than twice as late: going from the one to the other
  // rounds twice, and may land a double's step (15 ns by then) beside the end. Each offset is
  // another rounding.
  for (int offset = 0; offset < 16; ++offset) {
    in_own_process([offset] {
      Capacities links = kByteANanosecond;
      links.pull = BytesPerSecond(3);
      World world(links);
      world.nodes_on(1);
      const std::int64_t bytes = 350'000'000 + offset;
      world.start(registry, 0, bytes);
      world.at(35'000'000s + offset * 7ns, [] {});
      world.to_the_end();
      ASSERT_EQ(world.ends.size(), 1u);
      const std::int64_t expected_ns = (bytes * kGiga + 1) / 3;
      EXPECT_NEAR(static_cast<double>(world.ends[0].after_start.count() - expected_ns), 0, 30);
    });
  }
}

}  // namespace fluid_time_test
}  // namespace thaw::sim
