// Bodies that flow: in pieces, at once, large, both ways, and upgraded.
#include <gtest/gtest.h>

#include "tests/drivers/gateway/peer.hpp"

namespace thaw::gateway {
namespace {

using namespace std::chrono_literals;

std::string chunk(std::string_view bytes) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + std::string(bytes) + "\r\n";
}

TEST(Stream, EachLineLeavesAsItComes) {
  Origin origin([](Peer& peer, int) {
    peer.read_until("\r\n\r\n");
    peer.send(
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"
        "Transfer-Encoding: chunked\r\n\r\n");
    for (const std::string line : {"{\"a\":1}\n", "{\"b\":2}\n"}) {
      peer.send(chunk(line));
      if (peer.read_some() != "go on") return;  // the caller has read the line
    }
    peer.send("0\r\nX-Trailer: dropped\r\n\r\n");
  });
  // A caller that streams up tells the replica when it has read.
  Bench bench;
  bench.route({origin.replica()});
  Peer caller = bench.caller();
  caller.send("POST /function/f HTTP/1.1\r\nHost: g\r\nContent-Length: 10\r\n\r\n");
  const std::string head = caller.read_until("\r\n\r\n");
  EXPECT_TRUE(head.find("Transfer-Encoding: chunked") != std::string::npos) << head;
  EXPECT_EQ(caller.read_until("\n\r\n"), chunk("{\"a\":1}\n"));
  caller.send("go on");
  EXPECT_EQ(caller.read_until("\n\r\n"), chunk("{\"b\":2}\n"));
  caller.send("go on");
  EXPECT_EQ(caller.read_until("\r\n\r\n"), "0\r\n\r\n");
}

TEST(Stream, ChunksAreFramedAnew) {
  Origin origin;
  Bench bench;
  bench.route({origin.replica()});
  const Message answer = bench.ask(
      "POST /function/f HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "3;ext=\"x\"\r\nabc\r\n005\r\ndefgh\r\n0;last\r\nX-Trailer: 1\r\n\r\n");
  EXPECT_TRUE(answer.body.ends_with("Transfer-Encoding: chunked\r\n\r\nabcdefgh")) << answer.body;
}

TEST(Stream, ChunksMayComeByteByByte) {
  Origin origin;
  Bench bench;
  bench.route({origin.replica()});
  Peer caller = bench.caller();
  for (const char c :
       std::string("POST /function/f HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "3;e\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n")) {
    caller.send({&c, 1});
    std::this_thread::sleep_for(100us);
  }
  EXPECT_TRUE(caller.read_message().body.ends_with("\r\n\r\nabc0123456789"));
}

// Fifty megabytes in, as many out: neither is kept, and each waits for the other.
TEST(Stream, LargeBodiesFlowBothWaysAtOnce) {
  constexpr std::size_t kPieces = 200;
  const std::string piece(std::size_t{256} << 10, 'x');
  Origin origin([&](Peer& peer, int) {  // answers before it has read, and sends back what it reads
    peer.read_until("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    std::size_t left = kPieces * piece.size();
    while (left > 0) {
      const std::string part = peer.read_some();
      if (part.empty() || part.size() > left) return;
      left -= part.size();
      peer.send(chunk(part));
    }
    peer.send("0\r\n\r\n");
    peer.read_some();
  });
  Bench bench;
  bench.route({origin.replica()});
  Peer caller = bench.caller();
  std::thread sending([&] {
    caller.send("POST /function/f HTTP/1.1\r\nHost: g\r\nContent-Length: " +
                std::to_string(kPieces * piece.size()) + "\r\n\r\n");
    for (std::size_t i = 0; i < kPieces; ++i) caller.send(piece);
  });
  const Message answer = caller.read_message();
  sending.join();
  EXPECT_TRUE(answer.whole);
  EXPECT_EQ(answer.body.size(), kPieces * piece.size());
  EXPECT_EQ(answer.body.find_first_not_of('x'), std::string::npos);
}

TEST(Stream, WhatIsNotTakenIsNotRead) {
  std::atomic<std::size_t> sent{0};
  Origin origin([&](Peer& peer, int) {
    peer.read_message();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4000000000\r\n\r\n");
    while (true) {
      if (peer.fill()) {
        sent += 65536;
      } else if (!peer.silent(20ms)) {
        return;
      }
    }
  });
  Bench bench;
  bench.route({origin.replica()});
  Peer caller(bench.gateway->port(), 65536);
  caller.send(kGet);
  std::size_t before = 0;
  EXPECT_TRUE(eventually([&] {  // it stops when the buffers on the way are full
    const std::size_t now = sent;
    std::this_thread::sleep_for(200ms);
    return now > 0 && now == std::exchange(before, now) && now == sent;
  }));
  EXPECT_LT(sent, std::size_t{64} << 20) << "all but the kernel's buffers";
}

TEST(Stream, AnEarlyRefusalArrivesThoughTheBodyIsNotThrough) {
  Origin origin([](Peer& peer, int) {
    peer.read_until("\r\n\r\n");
    peer.send("HTTP/1.1 413 Too Much\r\nContent-Length: 5\r\n\r\nno!\r\n");
    peer.silent(10s);  // neither reads nor closes
  });
  Bench bench;
  bench.route({origin.replica()});
  Peer caller = bench.caller();
  const std::string part(std::size_t{1} << 20, 'x');
  caller.send("POST /function/f HTTP/1.1\r\nHost: g\r\nContent-Length: 100000000\r\n\r\n");
  std::thread sending([&] {
    for (int i = 0; i < 100 && caller.send(part); ++i) {
    }
  });
  const Message answer = caller.read_message();
  EXPECT_EQ(answer.status(), 413);
  EXPECT_EQ(answer.body, "no!\r\n");
  EXPECT_TRUE(answer.has("Connection: close"));
  sending.join();
  EXPECT_TRUE(bench.traffic_when([](const Traffic& t) { return t.total == 1; }).completed == 1);
}

TEST(Stream, AfterAnEarlyAnswerTheRestGoesUpForAWhile) {
  Origin origin([](Peer& peer, int) {
    for (int i = 0; i < 2; ++i) {
      peer.read_until("\r\n\r\n");
      peer.send(ok("early"));
      peer.read_until("rest");
    }
  });
  Bench bench;
  bench.route({origin.replica()});
  Peer caller = bench.caller();
  const std::string half = "POST /function/f HTTP/1.1\r\nHost: g\r\nContent-Length: 8\r\n\r\nhalf";
  caller.send(half);
  EXPECT_EQ(caller.read_message().body, "early");
  caller.send("rest" + half);
  EXPECT_EQ(caller.read_message().body, "early") << "on the same connections";
  EXPECT_EQ(origin.connections(), 1);
  EXPECT_TRUE(caller.ended()) << "nothing came any more";
  EXPECT_FALSE(caller.was_reset());
  EXPECT_EQ(bench.traffic().completed, 2U);
}

TEST(Stream, WhoAsksBeforeSendingABodyIsToldWhenAReplicaIsThere) {
  Origin origin;
  Bench bench;
  bench.route({});
  Peer caller = bench.caller();
  caller.send(
      "POST /function/f HTTP/1.1\r\nHost: g\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_TRUE(caller.silent(100ms)) << "nobody is there to take it";
  bench.route({origin.replica()});
  EXPECT_EQ(caller.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  caller.send("abc");
  const Message answer = caller.read_message();
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body.find("Expect"), std::string::npos) << "it is settled";
}

TEST(Stream, InterimAnswersGoOnAndHundredDoesNot) {
  Origin origin([](Peer& peer, int) {
    while (!peer.read_message().head.empty()) {
      peer.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" +
                ok("x"));
    }
  });
  Bench bench;
  bench.route({origin.replica()});
  Peer caller = bench.caller();
  caller.send(kGet);
  EXPECT_EQ(caller.read_until("\r\n\r\n"), "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
  EXPECT_EQ(caller.read_message().body, "x");
  // HTTP/1.0 knows no interim answers.
  EXPECT_EQ(bench.ask("GET /function/f HTTP/1.0\r\n\r\n").status(), 200);
}

TEST(Stream, AnswersWithoutABodyHaveNone) {
  Origin origin([](Peer& peer, int) {
    for (Message request = peer.read_message(); !request.head.empty();
         request = peer.read_message()) {
      if (request.has("HEAD")) {
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n");
      } else if (request.has("/204")) {
        peer.send("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n");
      } else {
        peer.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\nETag: \"x\"\r\n\r\n");
      }
    }
  });
  Bench bench;
  bench.route({origin.replica()});
  Peer caller = bench.caller();  // one connection: a body too many would shift the rest
  for (int i = 0; i < 2; ++i) {
    caller.send("HEAD /function/f HTTP/1.1\r\nHost: g\r\n\r\n");
    EXPECT_EQ(caller.read_message(true).head, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n");
    caller.send("GET /function/f/204 HTTP/1.1\r\nHost: g\r\n\r\n");
    EXPECT_EQ(caller.read_message().head, "HTTP/1.1 204 No Content\r\n\r\n");
    caller.send("GET /function/f/304 HTTP/1.1\r\nHost: g\r\n\r\n");
    EXPECT_EQ(caller.read_message().head,
              "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\nETag: \"x\"\r\n\r\n");
  }
  EXPECT_EQ(origin.connections(), 1);
}

TEST(Stream, OldCallersGetWhatTheyCanRead) {
  Origin origin([](Peer& peer, int) {
    peer.read_message();
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("abc") +
              chunk("def") + "0\r\n\r\n");
  });
  Bench bench;
  bench.route({origin.replica()});
  Peer caller = bench.caller();
  caller.send("GET /function/f HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(caller.read_to_end(), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcdef");
  EXPECT_FALSE(caller.was_reset());
}

TEST(Stream, ABodyThatEndsWithItsConnectionIsFramed) {
  Origin origin([](Peer& peer, int) {
    peer.read_message();
    peer.send("HTTP/1.0 200 OK\r\n\r\nabc");
    std::this_thread::sleep_for(10ms);
    peer.send("def");
  });
  Bench bench;
  bench.route({origin.replica()});
  Peer caller = bench.caller();
  for (int i = 0; i < 2; ++i) {
    caller.send(kGet);
    const Message answer = caller.read_message();
    EXPECT_TRUE(answer.whole);
    EXPECT_EQ(answer.body, "abcdef");
  }
}

// After a 101: bytes both ways, each direction ended on its own.
TEST(Stream, WebsocketsAreTunnels) {
  Origin origin([](Peer& peer, int) {
    const Message request = peer.read_message();
    EXPECT_TRUE(request.has("Connection: Upgrade\r\nUpgrade: WebSocket\r\n")) << request.head;
    EXPECT_TRUE(request.has("Sec-WebSocket-Key: abc\r\n"));
    peer.send(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Accept: x\r\n\r\nfirst");
    EXPECT_EQ(peer.read_until("hello"), "hello");
    peer.send("world");
    EXPECT_TRUE(peer.ended());
    peer.send("last");
  });
  Bench bench;
  bench.route({origin.replica()}, [](Route& route) { route.timeout = 300ms; });
  Peer caller = bench.caller();
  caller.send(
      "GET /function/f HTTP/1.1\r\nHost: g\r\nConnection: keep-alive, Upgrade\r\n"
      "Upgrade: WebSocket\r\nSec-WebSocket-Key: abc\r\n\r\n");
  EXPECT_EQ(caller.read_until("first"),
            "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\nfirst");
  std::this_thread::sleep_for(500ms);  // its time was for the answer
  caller.send("hello");
  EXPECT_EQ(caller.read_until("world"), "world");
  EXPECT_EQ(bench.traffic().in_flight, 1U);
  caller.end_sending();
  EXPECT_EQ(caller.read_to_end(), "last");
  EXPECT_FALSE(caller.was_reset());
  EXPECT_EQ(bench.traffic_when([](const Traffic& t) { return t.total == 1; }).completed, 1U);
}

TEST(Stream, ATunnelThatIsSilentForTooLongIsCut) {
  Origin origin([](Peer& peer, int) {
    peer.read_message();
    peer.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
    for (int i = 0; i < 4; ++i) {  // one direction is enough to stay
      std::this_thread::sleep_for(150ms);
      peer.send("x");
    }
    EXPECT_TRUE(peer.ended());
  });
  Bench bench([](Settings& settings) { settings.idle = 300ms; });
  bench.route({origin.replica()});
  Peer caller = bench.caller();
  caller.send(
      "GET /function/f HTTP/1.1\r\nHost: g\r\nConnection: upgrade\r\n"
      "Upgrade: websocket\r\n\r\n");
  caller.read_until("\r\n\r\n");
  EXPECT_EQ(caller.read_to_end(), "xxxx");
}

}  // namespace
}  // namespace thaw::gateway
