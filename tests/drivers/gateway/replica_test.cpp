// Replicas that are gone, die, or answer nonsense: what was never sent is sent again, and nothing
// else.
#include <gtest/gtest.h>

#include "tests/drivers/gateway/peer.hpp"

namespace thaw::gateway {
namespace {

using namespace std::chrono_literals;

Replica nobody() {  // a port that refuses
  Origin origin;
  return origin.replica();
}

TEST(Replicas, OneThatRefusesIsPassedOver) {
  Origin origin;
  const Replica dead = nobody();
  Bench bench;
  bench.route({dead, origin.replica()});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(bench.get().status(), 200);
  const Traffic traffic = bench.traffic();
  EXPECT_EQ(traffic.completed, 10U);
  EXPECT_EQ(traffic.failed, 0U);
  EXPECT_EQ(traffic.in_flight, 0U);
}

TEST(Replicas, WhereAllRefuseTheAnswerIs502) {
  Bench bench;
  bench.route({nobody()});
  EXPECT_EQ(bench.get().status(), 502);
  EXPECT_EQ(bench.traffic().failed, 1U);
  EXPECT_EQ(bench.traffic().wait.counts[0], 1U) << "its place was there at once";
}

TEST(Replicas, ACallThatWasRefusedWaitsForAnotherReplica) {
  Origin origin;
  Bench bench;
  bench.route({nobody()});
  Peer caller = bench.caller();
  caller.send(kGet);
  EXPECT_EQ(bench.traffic_when([](const Traffic& t) { return t.queued == 1; }).queued, 1U);
  bench.route({origin.replica()});
  EXPECT_EQ(caller.read_message().status(), 200);
}

TEST(Replicas, OneThatDoesNotAnswerTheConnectionIsPassedOver) {
  Origin origin;
  const Deaf deaf;
  Bench bench([](Settings& settings) { settings.connect = 200ms; });
  bench.route({deaf.replica(), origin.replica()});
  EXPECT_EQ(bench.get().status(), 200);
  EXPECT_EQ(bench.get().status(), 200);
  EXPECT_EQ(bench.traffic().latency.counts[5], 1U) << "one of the two waited for 200 ms";
}

TEST(Replicas, AKeptConnectionThatWasClosedIsReplaced) {
  Origin origin([](Peer& peer, int) {  // one answer, and it hangs up without a word
    peer.read_message();
    peer.send(ok("x"));
    peer.close();
  });
  Bench bench;
  bench.route({origin.replica()});
  Peer caller = bench.caller();
  for (int i = 1; i <= 5; ++i) {
    caller.send(kGet);
    EXPECT_EQ(caller.read_message().status(), 200);
    std::this_thread::sleep_for(20ms);  // so that its end is here
  }
  EXPECT_EQ(bench.traffic().failed, 0U);
}

TEST(Replicas, WhatWasSentIsNeverSentAgain) {
  std::atomic<int> seen{0};
  Origin origin([&](Peer& peer, int) {
    peer.read_message();
    ++seen;
    peer.close();
  });
  Origin other;
  Bench bench;
  bench.route({origin.replica()});
  for (int i = 1; i <= 3; ++i) {
    const Message answer = bench.get();
    EXPECT_EQ(answer.status(), 502);
    EXPECT_EQ(seen, i);
  }
  EXPECT_EQ(bench.traffic().failed, 3U);
}

TEST(Replicas, OneThatDiesInTheMiddleOfAnAnswerCutsIt) {
  for (const std::string head :
       {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"}) {
    Origin origin([&](Peer& peer, int) {
      peer.read_message();
      peer.send(head);
    });
    Bench bench;
    bench.route({origin.replica()});
    Peer caller = bench.caller();
    caller.send(kGet);
    const Message answer = caller.read_message();
    EXPECT_EQ(answer.status(), 200);
    EXPECT_EQ(answer.body, "abc");
    EXPECT_FALSE(answer.whole);
    EXPECT_TRUE(caller.ended());
    EXPECT_EQ(bench.traffic_when([](const Traffic& t) { return t.total == 1; }).failed, 1U);
  }
}

TEST(Replicas, AnOldCallerSeesThatAnAnswerWasCut) {
  Origin origin([&](Peer& peer, int) {
    peer.read_message();
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    std::this_thread::sleep_for(50ms);
  });
  Bench bench;
  bench.route({origin.replica()});
  Peer caller = bench.caller();
  caller.send("GET /function/f HTTP/1.0\r\n\r\n");
  caller.read_to_end();
  EXPECT_TRUE(caller.was_reset()) << "an end would have said that it is whole";
}

TEST(Replicas, AnswersThatCouldBeReadInTwoWaysReachNobody) {
  for (const std::string answer :
       {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 1\n\nx", "HTTP/2 200\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n", "HTTP/1.1 200 O\x01K\r\n\r\n",
        "nonsense\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ""}) {
    Origin origin([&](Peer& peer, int) {
      peer.read_message();
      peer.send(answer);
    });
    Bench bench;
    bench.route({origin.replica()});
    Peer caller = bench.caller();
    caller.send(kGet);
    EXPECT_EQ(caller.read_message().status(), 502) << answer;
    caller.send(kGet);
    EXPECT_EQ(caller.read_message().status(), 502) << "the connection stays, " << answer;
    EXPECT_EQ(bench.traffic().failed, 2U);
  }
}

TEST(Replicas, BytesBehindAnAnswerAreNobodys) {
  Origin origin([](Peer& peer, int) {
    while (!peer.read_message().head.empty()) peer.send(ok("x") + ok("of another"));
  });
  Bench bench;
  bench.route({origin.replica()});
  Peer caller = bench.caller();
  for (int i = 0; i < 3; ++i) {
    caller.send(kGet);
    EXPECT_EQ(caller.read_message().body, "x");
    std::this_thread::sleep_for(10ms);
  }
}

TEST(Replicas, OneThatAnswersTooLateIsLeft) {
  Origin origin([](Peer& peer, int) {
    peer.read_message();
    EXPECT_TRUE(peer.ended()) << "its call is over";
  });
  Bench bench;
  bench.route({origin.replica()}, [](Route& route) { route.timeout = 300ms; });
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(bench.get().status(), 504);
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(took, 300ms);
  EXPECT_LT(took, 400ms);
  EXPECT_EQ(bench.traffic().timed_out, 1U);
}

TEST(Replicas, OneThatIsTooLateWithTheRestIsCut) {
  Origin origin([](Peer& peer, int) {
    peer.read_message();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    peer.ended();
  });
  Bench bench;
  bench.route({origin.replica()}, [](Route& route) { route.timeout = 300ms; });
  Peer caller = bench.caller();
  caller.send(kGet);
  const Message answer = caller.read_message();
  EXPECT_FALSE(answer.whole);
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(bench.traffic_when([](const Traffic& t) { return t.total == 1; }).timed_out, 1U);
}

TEST(Replicas, OneWhoseCallerGoesAwayIsToldSo) {
  std::atomic<bool> told{false};
  Origin origin([&](Peer& peer, int) {
    peer.read_message();
    told = peer.ended();
  });
  Bench bench;
  bench.route({origin.replica()});
  Peer caller = bench.caller();
  caller.send(kGet);
  bench.traffic_when([](const Traffic& t) { return t.in_flight == 1; });
  caller.close();
  EXPECT_TRUE(eventually([&] { return told.load(); }));
  EXPECT_EQ(bench.traffic_when([](const Traffic& t) { return t.total == 1; }).unfinished, 1U);
}

TEST(Replicas, TheOneWithTheFewestCallsIsTaken) {
  Origin slow([](Peer& peer, int) {
    peer.read_message();
    peer.silent(500ms);
    peer.send(ok("slow"));
  });
  Origin quick;
  Bench bench;
  bench.route({slow.replica(), quick.replica()});
  Peer caller = bench.caller();
  caller.send(kGet);
  bench.traffic_when([](const Traffic& t) { return t.in_flight == 1; });
  for (int i = 0; i < 5; ++i) EXPECT_NE(bench.get().body, "slow");
  EXPECT_EQ(caller.read_message().body, "slow");
}

}  // namespace
}  // namespace thaw::gateway
