// Calls that wait for a replica: in order, for their time, and no longer than their callers do.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/drivers/gateway/peer.hpp"

namespace thaw::gateway {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

TEST(Held, ACallWaitsForTheFirstReplicaAndAsksForIt) {
  Origin origin;
  Bench bench;
  bench.route({});
  Peer caller = bench.caller();
  caller.send(kGet);
  EXPECT_TRUE(eventually([&] { return bench.wanted() == 1; })) << "at once";
  EXPECT_TRUE(caller.silent(100ms));
  Traffic traffic = bench.traffic();
  EXPECT_EQ(traffic.queued, 1U);
  EXPECT_EQ(traffic.cold, 1U);
  EXPECT_EQ(traffic.last_activity, TimePoint{1h}) << "now, while it waits";
  EXPECT_TRUE(eventually([&] { return bench.wanted() == 2; })) << "each second while it waits";
  bench.route({origin.replica()});
  EXPECT_EQ(caller.read_message().status(), 200);
  traffic = bench.traffic();
  EXPECT_EQ(traffic.completed, 1U);
  EXPECT_EQ(traffic.cold, 1U);
  EXPECT_GE(traffic.wait.sum_s, 1.0);
  EXPECT_GE(traffic.concurrency_ns, Duration(1s).count());
}

TEST(Held, TheQueueIsServedInOrderOnePlaceAtATime) {
  std::atomic<int> at_once{0}, most{0};
  Origin origin([&](Peer& peer, int) {
    while (true) {
      const Message request = peer.read_message();
      if (request.head.empty()) return;
      most = std::max(most.load(), ++at_once);
      std::this_thread::sleep_for(5ms);
      --at_once;
      peer.send(ok(request.head.substr(5, 1)));
    }
  });
  Bench bench;
  const auto limited = [](Route& route) { route.per_replica = 1; };
  bench.route({}, limited);
  std::vector<Peer> callers;
  for (char c = 'a'; c < 'k'; ++c) {
    callers.push_back(bench.caller());
    callers.back().send("GET /function/f/" + std::string(1, c) + " HTTP/1.1\r\nHost: g\r\n\r\n");
    const auto sent = static_cast<std::uint32_t>(callers.size());
    bench.traffic_when([&](const Traffic& t) { return t.queued == sent; });
  }
  bench.route({origin.replica()}, limited);
  // The last is answered only when all before it were: its answer is the last to come.
  EXPECT_EQ(callers.back().read_message().body, "j");
  for (std::size_t i = 0; i + 1 < callers.size(); ++i) {
    EXPECT_EQ(callers[i].read_message().body, std::string(1, static_cast<char>('a' + i)));
  }
  EXPECT_EQ(most, 1);
}

// What waits keeps a small buffer, whatever it had before.
TEST(Held, ACallGoesOnAsItCame) {
  Origin origin;
  Bench bench;
  bench.route({});
  Peer caller = bench.caller();
  for (int i = 0; i < 2; ++i) {
    caller.send(
        "POST /function/f/path?query HTTP/1.1\r\nHost: g\r\nX: y\r\nContent-Length: 1000000"
        "\r\n\r\nbody");
    EXPECT_EQ(bench.traffic_when([](const Traffic& t) { return t.queued == 1; }).queued, 1U);
    bench.route({origin.replica()});
    caller.send(std::string(999'996, 'x'));
    const Message answer = caller.read_message();
    EXPECT_TRUE(answer.body.starts_with("POST /path?query HTTP/1.1\r\n")) << answer.head;
    EXPECT_EQ(answer.body.find("X: y\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: g\r\n"),
              answer.body.find("X: y"));
    EXPECT_NE(answer.body.find("\r\n\r\nbodyxxx"), std::string::npos);
    bench.route({});
  }
}

TEST(Held, ACallIsGivenUpAtItsDeadline) {
  Bench bench;
  bench.route({}, [](Route& route) { route.timeout = 400ms; });
  Peer caller = bench.caller();
  const auto begin = Clock::now();
  caller.send(kGet);
  const Message answer = caller.read_message();
  const auto took = Clock::now() - begin;
  EXPECT_EQ(answer.status(), 503);
  EXPECT_TRUE(answer.has("Retry-After: "));
  EXPECT_GE(took, 400ms);
  EXPECT_LT(took, 500ms);
  EXPECT_EQ(bench.traffic().timed_out, 1U);
  caller.send(kGet);
  EXPECT_EQ(caller.read_message().status(), 503) << "the connection stays";
}

TEST(Held, ACallerWhoGoesAwayLeavesTheQueue) {
  Bench bench;
  bench.route({});
  Peer gone = bench.caller(), broken = bench.caller();
  gone.send(kGet);
  // Of this one bytes are unread: that must not hide its end.
  broken.send("POST /function/f HTTP/1.1\r\nHost: g\r\nContent-Length: 100000\r\n\r\n" +
              std::string(50000, 'x'));
  EXPECT_EQ(bench.traffic_when([](const Traffic& t) { return t.queued == 2; }).queued, 2U);
  const auto begin = Clock::now();
  gone.close();
  broken.reset();
  EXPECT_EQ(bench.traffic_when([](const Traffic& t) { return t.total == 2; }).unfinished, 2U);
  EXPECT_LT(Clock::now() - begin, 1s);
  EXPECT_EQ(bench.traffic().queued, 0U);
}

TEST(Held, AFullQueueRefuses) {
  Bench bench;
  bench.route({}, [](Route& route) { route.queue = 1; });
  Peer first = bench.caller();
  first.send(kGet);
  bench.traffic_when([](const Traffic& t) { return t.queued == 1; });
  const Message answer = bench.get();
  EXPECT_EQ(answer.status(), 429);
  EXPECT_TRUE(answer.has("Retry-After: "));
  EXPECT_EQ(bench.traffic().rejected, 1U);
}

TEST(Held, WhoWaitsForAFunctionThatVanishesIsTold) {
  Bench bench;
  bench.route({});
  Peer caller = bench.caller();
  caller.send(kGet);
  bench.traffic_when([](const Traffic& t) { return t.queued == 1; });
  bench.routes({});
  EXPECT_EQ(caller.read_message().status(), 404);
}

TEST(Held, NoCallIsAskedForWhileAReplicaIsBusy) {
  Origin origin([](Peer& peer, int) {
    while (!peer.read_message().head.empty()) {
      peer.silent(300ms);
      peer.send(ok("x"));
    }
  });
  Bench bench;
  bench.route({origin.replica()}, [](Route& route) { route.per_replica = 1; });
  Peer first = bench.caller(), second = bench.caller();
  first.send(kGet);
  bench.traffic_when([](const Traffic& t) { return t.in_flight == 1; });
  second.send(kGet);
  EXPECT_EQ(second.read_message().status(), 200);
  EXPECT_EQ(bench.wanted(), 0);
  EXPECT_EQ(bench.traffic().cold, 0U);
}

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t pages = 0;
  file >> pages >> pages;
  return pages * 4096;
}

// One in five of the 10,000 that a gateway must hold: what one costs is the same.
TEST(Held, ManyCallsCostLittleAndEachEndsInItsTime) {
  constexpr std::size_t kCalls = 2'000;
  Origin origin;
  Bench bench;
  bench.route({}, [](Route& route) { route.timeout = 4s; });
  std::vector<Peer> callers;
  callers.reserve(kCalls);
  [[maybe_unused]] const std::size_t before = resident_bytes();
  std::vector<Clock::time_point> sent;
  for (std::size_t i = 0; i < kCalls; ++i) {
    callers.push_back(bench.caller());
    callers.back().send(kGet);
    sent.push_back(Clock::now());
  }
  EXPECT_EQ(bench.traffic_when([](const Traffic& t) { return t.queued == kCalls; }).queued, kCalls);
  auto grace = 500ms;
#ifdef __SANITIZE_ADDRESS__  // keeps what is freed, and takes its time
  grace = 5000ms;
#else
  const std::size_t each = (resident_bytes() - before) / kCalls;
  EXPECT_LT(each, 20'000U) << "bytes for each held call, this test's own included";
  RecordProperty("bytes_for_each_held_call", static_cast<int>(each));
#endif
  std::this_thread::sleep_until(sent.front() + 3900ms);
  EXPECT_TRUE(callers.front().silent(0ms));
  std::this_thread::sleep_until(sent.back() + 4s + grace);
  for (Peer& caller : callers) {
    ASSERT_FALSE(caller.silent(0ms));
    ASSERT_EQ(caller.read_message().status(), 503);
  }
  EXPECT_EQ(bench.traffic().timed_out, kCalls);
}

}  // namespace
}  // namespace thaw::gateway
