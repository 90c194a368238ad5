// What goes through: requests and answers, both ways, as they came.
#include <gtest/gtest.h>

#include "tests/drivers/gateway/peer.hpp"

namespace thaw::gateway {
namespace {

using namespace std::chrono_literals;

TEST(Relay, PassesTheRestOfThePathByteForByte) {
  Origin origin;
  Bench bench;
  bench.route({origin.replica()});
  for (const auto& [asked, sent] : std::vector<std::pair<std::string, std::string>>{
           {"/function/f", "GET / HTTP/1.1"},
           {"/function/f/", "GET / HTTP/1.1"},
           {"/function/f?q=1", "GET /?q=1 HTTP/1.1"},
           {"/function/f.default/a%2fb/%2e%2e/../c//d?x=%20&y=/function/g",
            "GET /a%2fb/%2e%2e/../c//d?x=%20&y=/function/g HTTP/1.1"},
           {"/function/f/../g/x", "GET /../g/x HTTP/1.1"}}) {
    const Message answer = bench.ask("GET " + asked + " HTTP/1.1\r\nHost: gateway\r\n\r\n");
    EXPECT_EQ(answer.status(), 200);
    EXPECT_TRUE(answer.body.starts_with(sent + "\r\n")) << answer.body;
  }
}

TEST(Relay, UnknownFunctionsAreNotFound) {
  Bench bench;
  bench.route({});
  for (const std::string path :
       {"/function/g", "/function/", "/function/f.other/x", "/function/%66", "/async-function/f",
        "/function", "/functions", "/"}) {
    Peer caller = bench.caller();
    for (int i = 0; i < 2; ++i) {  // and the connection stays
      caller.send("POST " + path + " HTTP/1.1\r\nHost: g\r\nContent-Length: 3\r\n\r\nabc");
      EXPECT_EQ(caller.read_message().status(), 404) << path;
    }
  }
}

TEST(Relay, HopByHopFieldsStayAndTheCallersAddressIsAdded) {
  Origin origin([](Peer& peer, int) {
    const Message request = peer.read_message();
    peer.send(ok(request.head,
                 "Connection: X-Secret, keep-alive\r\nX-Secret: 1\r\nKeep-Alive: timeout=5\r\n"
                 "Proxy-Authenticate: Basic\r\nX-Other: 2\r\nTrailer: X\r\n"));
  });
  Bench bench;
  bench.route({origin.replica()});
  const Message answer = bench.ask(
      "GET /function/f HTTP/1.1\r\nHost: gateway:80\r\nConnection: close, X-Mine\r\nx-mine: 1\r\n"
      "TE: trailers\r\nKeep-Alive: 5\r\nProxy-Authorization: Basic x\r\nUpgrade: h2c\r\n"
      "X-Forwarded-For: 10.1.1.1\r\nX-Forwarded-For: 10.2.2.2\r\nX_Forwarded_For: 6.6.6.6\r\n"
      "traceparent: 00-a-b-01\r\ntracestate: x=y\r\nbaggage: k=v\r\nX-Yours:  2 \r\n\r\n");
  EXPECT_EQ(answer.body, "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(origin.port()) +
                             "\r\ntraceparent: 00-a-b-01\r\ntracestate: x=y\r\nbaggage: k=v\r\n"
                             "X-Yours: 2\r\nX-Forwarded-For: 10.1.1.1, 10.2.2.2, 127.0.0.1\r\n"
                             "X-Forwarded-Host: gateway:80\r\nX-Forwarded-Proto: http\r\n\r\n");
  EXPECT_EQ(answer.head, "HTTP/1.1 200 OK\r\nX-Other: 2\r\nContent-Length: " +
                             std::to_string(answer.body.size()) + "\r\nConnection: close\r\n\r\n");
}

TEST(Relay, KeepsBothConnectionsForTheNextCall) {
  Origin origin;
  Bench bench;
  bench.route({origin.replica()});
  Peer caller = bench.caller();
  for (int i = 0; i < 20; ++i) {
    caller.send("POST /function/f/x HTTP/1.1\r\nHost: g\r\nContent-Length: 5\r\n\r\nhello");
    const Message answer = caller.read_message();
    ASSERT_EQ(answer.status(), 200);
    ASSERT_TRUE(answer.body.ends_with("Content-Length: 5\r\n\r\nhello")) << answer.body;
  }
  EXPECT_EQ(origin.connections(), 1);
}

TEST(Relay, RequestsSentTogetherAreAnsweredInOrder) {
  Origin origin;
  Bench bench;
  bench.route({origin.replica()});
  Peer caller = bench.caller();
  std::string all;
  for (int i = 0; i < 50; ++i) {
    all += "POST /function/f/" + std::to_string(i) +
           " HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  }
  caller.send(all);
  for (int i = 0; i < 50; ++i) {
    const Message answer = caller.read_message();
    ASSERT_TRUE(answer.body.starts_with("POST /" + std::to_string(i) + " ")) << answer.body;
    ASSERT_TRUE(answer.body.ends_with("\r\n\r\nabc"));
  }
}

}  // namespace
}  // namespace thaw::gateway
