// Every bound, and who is served meanwhile.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/drivers/gateway/peer.hpp"

namespace thaw::gateway {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

TEST(Bounds, AHeadThatIsTooLargeIsRefused) {
  Bench bench([](Settings& settings) { settings.head = 8192; });
  bench.route({});
  Peer caller = bench.caller();
  caller.send("GET /function/f HTTP/1.1\r\nHost: g\r\nX: " + std::string(9000, 'x'));
  EXPECT_EQ(caller.read_message().status(), 431);
  EXPECT_TRUE(caller.ended());
  EXPECT_EQ(bench.ask("GET /function/f/" + std::string(9000, 'x')).status(), 414);
  std::string fields;
  for (int i = 0; i < 300; ++i) fields += "A: b\r\n";
  EXPECT_EQ(bench.ask("GET /function/f HTTP/1.1\r\nHost: g\r\n" + fields + "\r\n").status(), 431);
}

TEST(Bounds, ABodyThatIsTooLargeIsRefused) {
  Origin origin;
  Bench bench([](Settings& settings) { settings.body = 1000; });
  bench.route({origin.replica()});
  const std::string post = "POST /function/f HTTP/1.1\r\nHost: g\r\n";
  EXPECT_EQ(bench.ask(post + "Content-Length: 1001\r\n\r\n").status(), 413) << "before any of it";
  EXPECT_EQ(bench.ask(post + "Content-Length: 1000\r\n\r\n" + std::string(1000, 'x')).status(),
            200);
  const std::string half = "1f4\r\n" + std::string(500, 'x') + "\r\n";
  EXPECT_EQ(
      bench.ask(post + "Transfer-Encoding: chunked\r\n\r\n" + half + half + "0\r\n\r\n").status(),
      200);
  EXPECT_EQ(bench.ask(post + "Transfer-Encoding: chunked\r\n\r\n" + half + half + "1\r\n").status(),
            413);
  // The one that comes later, when the first part is with the replica already.
  Peer caller = bench.caller();
  caller.send(post + "Transfer-Encoding: chunked\r\n\r\n" + half);
  bench.traffic_when([](const Traffic& t) { return t.in_flight == 1; });
  caller.send("ffff\r\n");
  EXPECT_EQ(caller.read_message().status(), 413);
  EXPECT_EQ(bench.traffic_when([](const Traffic& t) { return t.total == 5; }).rejected, 3U);
}

TEST(Bounds, AHeadThatComesTooSlowlyIsRefused) {
  Bench bench([](Settings& settings) { settings.head_within = 300ms; });
  bench.route({});
  Peer caller = bench.caller();
  const auto begin = Clock::now();
  Message answer;
  std::thread dripping([&] {
    for (int i = 0; i < 40 && caller.send("G"); ++i) std::this_thread::sleep_for(20ms);
  });
  answer = caller.read_message();
  EXPECT_EQ(answer.status(), 408);
  EXPECT_LT(Clock::now() - begin, 500ms);
  dripping.join();
}

TEST(Bounds, ABodyThatComesTooSlowlyIsRefused) {
  Origin origin;
  Bench bench([](Settings& settings) { settings.stall = 300ms; });
  bench.route({origin.replica()});
  const Message answer =
      bench.ask("POST /function/f HTTP/1.1\r\nHost: g\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(answer.status(), 408);
  EXPECT_EQ(bench.traffic().unfinished, 1U);
}

TEST(Bounds, ACallerThatDoesNotTakeItsAnswerIsCut) {
  std::atomic<bool> told{false};
  Origin origin([&](Peer& peer, int) {
    peer.read_message();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4000000000\r\n\r\n");
    while (peer.fill() || peer.silent(20ms)) {
    }
    told = true;
  });
  Bench bench([](Settings& settings) { settings.stall = 300ms; });
  bench.route({origin.replica()});
  Peer caller(bench.gateway->port(), 4096);
  caller.send(kGet);
  EXPECT_TRUE(eventually([&] { return told.load(); })) << "its replica is free again";
  EXPECT_EQ(bench.traffic_when([](const Traffic& t) { return t.total == 1; }).unfinished, 1U);
}

TEST(Bounds, AnIdleConnectionIsClosed) {
  Origin origin;
  Bench bench([](Settings& settings) { settings.idle = 300ms; });
  bench.route({origin.replica()});
  Peer fresh = bench.caller(), used = bench.caller();
  used.send(kGet);
  EXPECT_EQ(used.read_message().status(), 200);
  EXPECT_TRUE(fresh.ended());
  EXPECT_TRUE(used.ended());
  EXPECT_FALSE(used.was_reset());
}

TEST(Bounds, BeyondTheMostConnectionsCallsInServiceStay) {
  Origin origin([](Peer& peer, int) {
    peer.read_message();
    peer.silent(500ms);
    peer.send(ok("served"));
  });
  Bench bench([](Settings& settings) { settings.connections = 4; });
  bench.route({origin.replica()});
  std::vector<Peer> callers;
  for (int i = 0; i < 4; ++i) {
    callers.push_back(bench.caller());
    callers.back().send(kGet);
  }
  bench.traffic_when([](const Traffic& t) { return t.in_flight == 4; });
  const Message busy = bench.get();
  EXPECT_EQ(busy.status(), 503);
  EXPECT_TRUE(busy.has("Retry-After: 1"));
  for (Peer& caller : callers) EXPECT_EQ(caller.read_message().body, "served");
}

TEST(Bounds, WhoHasNoWholeHeadGivesWay) {
  Origin origin;
  Bench bench([](Settings& settings) { settings.connections = 3; });
  bench.route({origin.replica()});
  Peer first = bench.caller(), second = bench.caller(), third = bench.caller();
  first.send("GET /function/f HT");
  second.send(kGet);
  EXPECT_EQ(second.read_message().status(), 200);
  third.send(kGet);
  EXPECT_EQ(third.read_message().status(), 200);
  EXPECT_EQ(bench.get().status(), 200) << "in the first one's place";
  EXPECT_TRUE(first.ended());
  EXPECT_EQ(bench.get().status(), 200);
}

TEST(Bounds, WhoWasRefusedAndStaysGivesWay) {
  Origin origin;
  Bench bench([](Settings& settings) { settings.connections = 2; });
  bench.route({origin.replica()});
  Peer first = bench.caller(), second = bench.caller();
  for (Peer* peer : {&first, &second}) {
    peer->send("nonsense\r\n\r\n");
    EXPECT_EQ(peer->read_message().status(), 400);
  }
  const auto begin = Clock::now();
  EXPECT_EQ(bench.get().status(), 200);
  EXPECT_LT(Clock::now() - begin, 1s) << "no need to wait until they close";
}

TEST(Bounds, WhoComesWhenDescriptorsRunOutIsServedWhenOthersAreFree) {
  Bench bench({}, [](Gateway::Hooks& hooks) {
    hooks.pages = [](http::Request) -> Awaitable<http::Response> {
      http::Response response;
      response.status = 200;
      co_return response;
    };
  });
  Peer caller = Peer::unconnected();
  const int next = dup(0);  // all below it are taken
  close(next);
  rlimit before{}, none{};
  getrlimit(RLIMIT_NOFILE, &before);
  none = before;
  none.rlim_cur = static_cast<rlim_t>(next);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  caller.connect_to(bench.gateway->port());
  caller.send("GET /page HTTP/1.1\r\nHost: g\r\n\r\n");
  const bool waits = caller.silent(200ms);
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_TRUE(waits);
  EXPECT_EQ(caller.read_message().status(), 200);
}

// More than the gateway takes: each comes, begins a head, and sends a byte now and then.
TEST(Bounds, SlowHeadsKeepNobodyFromBeingServed) {
  constexpr std::size_t kSlow = 1'500;
  Origin origin;
  Bench bench([](Settings& settings) { settings.connections = 500; });
  bench.route({origin.replica()});
  std::vector<Peer> slow;
  slow.reserve(kSlow);
  for (std::size_t i = 0; i < kSlow; ++i) {
    slow.push_back(bench.caller());
    slow.back().send("GET /function/f HTTP/1.1\r\nX: ");
    if (i % 50 == 0) {
      ASSERT_EQ(bench.get().status(), 200);
    }
  }
  for (int round = 0; round < 10; ++round) {
    for (Peer& peer : slow) peer.send("x");
    const auto begin = Clock::now();
    ASSERT_EQ(bench.get().status(), 200);
    ASSERT_LT(Clock::now() - begin, 1s);
  }
}

}  // namespace
}  // namespace thaw::gateway
