// What refreshes a function's last activity, which the idle timeout counts from. Source: SlimFaas's
// proxy and wake loop: start and end of a call, each second while it is held, each second (0.24) or
// half second (0.81) while it is in flight, each second of a wake until a pod is seen ready.
#include <gtest/gtest.h>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace slimfaas_idle_clock_test {

constexpr Method kPost = Method::post;

struct IdleClock {
  explicit IdleClock(Version slimfaas = k024)
      : bed([&] {
          Scenario scenario = platform(slimfaas);
          add_function(scenario, "f");
          return scenario;
        }()) {}

  std::optional<Duration> last() const {
    const auto at = bed.gateway.last_activity(0);
    return at ? std::optional(*at - kStart) : std::nullopt;
  }
  std::optional<Duration> last_at(Duration t) {
    bed.run_until(t);
    return last();
  }
  TestBed bed;
};

TEST(IdleClock, IsEmptyUntilTheFirstCall) {
  IdleClock clock;
  clock.bed.pod(0);
  EXPECT_EQ(clock.last_at(100s), std::nullopt);
}

TEST(IdleClock, IsRefreshedEachSecondWhileACallIsHeld) {
  IdleClock clock;
  clock.bed.run_until(1300ms);
  clock.bed.call(kPost, "/function/f/");
  EXPECT_EQ(clock.last(), 1300ms);
  EXPECT_EQ(clock.last_at(2299ms), 1300ms);
  EXPECT_EQ(clock.last_at(2300ms), 2300ms);
  EXPECT_EQ(clock.last_at(9900ms), 9300ms);
  EXPECT_EQ(clock.last_at(60s), 11'300ms) << "cut after 10 s, and that is the end";
}

// SlimFaas notes a call by its own clock. One from before that was set back lies in its future,
// until the next call is noted.
TEST(IdleClock, IsThatOfTheControllersMachine) {
  IdleClock clock;
  clock.bed.pod(0);
  clock.bed.run_until(10s);
  clock.bed.world.clock_skew = 1h;
  clock.bed.call(kPost, "/function/f/");
  EXPECT_EQ(clock.last_at(20s), 1h + 11s) << "answered after a second";
  clock.bed.world.clock_skew = 0s;
  EXPECT_EQ(clock.last_at(30s), 1h + 11s);
  clock.bed.call(kPost, "/function/f/");
  EXPECT_EQ(clock.last_at(40s), 31s);
}

TEST(IdleClock, IsRefreshedWhileACallIsInFlight) {
  struct Row {
    Version version;
    Duration last;
  };
  for (const Row& row : {Row{k024, 12'200ms}, Row{k081, 12'700ms}}) {
    IdleClock clock(row.version);
    clock.bed.pod(0);
    clock.bed.run_until(5200ms);
    clock.bed.call(kPost, "/function/f/", 20s + 50ms);
    EXPECT_EQ(clock.last_at(12'900ms), row.last);
    EXPECT_EQ(clock.last_at(60s), 25'250ms) << "the end counts too";
  }
}

TEST(IdleClock, KeepsWhatAHeldCallHadRefreshedOnceItIsGone) {
  IdleClock clock;
  clock.bed.run_until(1s);
  const RequestId id = clock.bed.call(kPost, "/function/f/");
  clock.bed.run_until(5500ms);
  clock.bed.gateway.abort(id);  // the caller hangs up
  EXPECT_EQ(clock.last_at(60s), 5s);
}

TEST(IdleClock, KeepsWhatACallInFlightHadRefreshedOnceItIsGone) {
  IdleClock clock(k081);
  clock.bed.pod(0);
  clock.bed.run_until(4s);
  const RequestId id = clock.bed.call(kPost, "/function/f/", 60s);
  clock.bed.run_until(7800ms);
  clock.bed.gateway.abort(id);
  EXPECT_EQ(clock.last_at(60s), 7500ms);
}

TEST(IdleClock, RunsThroughAWakeUntilAPodIsSeenReady) {
  IdleClock clock;
  clock.bed.run_until(2300ms);
  clock.bed.call(kPost, "/wake-function/f");
  EXPECT_EQ(clock.last(), 2300ms);
  EXPECT_EQ(clock.last_at(7900ms), 7300ms);
  clock.bed.at(9500ms, [&] { clock.bed.pods.create(0); });
  // Seen at the poll of 10 s; the wake's own loop, each second from 2.3 s, sees that at 10.3 s.
  EXPECT_EQ(clock.last_at(100s), 10'300ms);
}

TEST(IdleClock, GoesOnThroughAWakeForAsLongAsItTakes) {
  IdleClock clock;
  clock.bed.call(kPost, "/wake-function/f");
  EXPECT_EQ(clock.last_at(1h), Duration(1h));
}

TEST(IdleClock, IsNotRefreshedByWakingAReadyFunction) {
  IdleClock clock;
  clock.bed.pod(0);
  clock.bed.run_until(5s);
  clock.bed.call(kPost, "/function/f/", 1s);
  clock.bed.run_until(20s);
  clock.bed.call(kPost, "/wake-function/f");
  EXPECT_EQ(clock.last_at(60s), 6s);
  EXPECT_EQ(clock.bed.pokes(), 0);
}

TEST(IdleClock, ASecondWakeWhileOneIsUnderWayChangesNothing) {
  IdleClock clock;
  clock.bed.call(kPost, "/wake-function/f");
  clock.bed.run_until(3500ms);
  clock.bed.call(kPost, "/wake-function/f");
  EXPECT_EQ(clock.last(), 3s);
  EXPECT_EQ(clock.bed.pokes(), 1);
}

TEST(IdleClock, ASecondWakeStartsAnewOnceThePodsAreGone) {
  IdleClock clock;
  clock.bed.call(kPost, "/wake-function/f");
  const PodId pod = clock.bed.pod(0);
  clock.bed.run_until(100s);
  clock.bed.remove(pod);
  clock.bed.run_until(200s);
  EXPECT_EQ(clock.last(), 0s) << "the pod was there at once, seen by the poll of the same instant";
  clock.bed.run_until(200'500ms);
  clock.bed.call(kPost, "/wake-function/f");
  EXPECT_EQ(clock.last_at(202s), 201'500ms);
}

TEST(IdleClock, OfACrashedGatewayIsKeptOrLost) {
  for (const bool kept : {true, false}) {
    IdleClock clock;
    clock.bed.call(kPost, "/wake-function/f");
    clock.bed.run_until(5s);
    clock.bed.crash_gateway(kept);
    clock.bed.run_until(60s);
    clock.bed.gateway.start();
    EXPECT_EQ(clock.last_at(100s), kept ? std::optional<Duration>(5s) : std::nullopt);
  }
}

}  // namespace slimfaas_idle_clock_test
}  // namespace thaw::sim
