// Thousands of broken conversations, seeded: nothing crashes, and others are served meanwhile.
#include <gtest/gtest.h>

#include <random>

#include "tests/drivers/gateway/peer.hpp"

namespace thaw::gateway {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> kWhole = {
    "GET /function/f/a HTTP/1.1\r\nHost: g\r\n\r\n",
    "POST /function/f HTTP/1.1\r\nHost: g\r\nContent-Length: 5\r\n\r\nabcde",
    "POST /function/f HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5\r\nabcde\r\nA\r\n0123456789\r\n0\r\n\r\n",
    "POST /page HTTP/1.1\r\nHost: g\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nxy",
    "GET /function/f HTTP/1.1\r\nHost: g\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"};
const std::vector<std::string> kAnswers = {
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
    "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nabc",
    "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\nbytes"};

std::string broken(std::mt19937& random, const std::vector<std::string>& whole) {
  std::string bytes;
  for (auto messages = 1 + random() % 3; messages > 0; --messages) {
    bytes += whole[random() % whole.size()];
  }
  for (auto changes = random() % 4; changes > 0 && !bytes.empty(); --changes) {
    const std::size_t at = random() % bytes.size();
    switch (random() % 4) {
      case 0:
        bytes[at] = static_cast<char>(random());
        break;
      case 1:
        bytes.erase(at, 1 + random() % 8);
        break;
      case 2:
        bytes.insert(at, std::string(random() % 40, static_cast<char>(random())));
        break;
      default:
        bytes.resize(at);
    }
  }
  return bytes;
}

// In pieces, now and then with an end or a reset in the middle.
void say(std::mt19937& random, Peer& peer, const std::string& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t part = 1 + random() % bytes.size();
    if (!peer.send(std::string_view(bytes).substr(at, part))) return;
    at += part;
  }
  switch (random() % 4) {
    case 0:
      return peer.end_sending();
    case 1:
      return peer.reset();
    default:
      return;
  }
}

TEST(Fuzz, BrokenConversationsHarmNobodyElse) {
  std::atomic<unsigned> seed{1'000'000};
  Origin origin([&](Peer& peer, int) {
    std::mt19937 random(++seed);
    for (int i = 0; i < 3 && !peer.read_until("\r\n\r\n").empty(); ++i) {
      if (!peer.send(broken(random, kAnswers))) return;
    }
  });
  Origin good;
  Bench bench([](Settings& settings) { settings.stall = settings.idle = 50ms; });
  Routes made;
  for (const auto& [name, replica] :
       {std::pair{"f", origin.replica()}, std::pair{"good", good.replica()}}) {
    Route route;
    route.name = {"default", name};
    route.timeout = 100ms;
    route.ready = {replica};
    made.functions.push_back(route);
  }
  bench.routes(std::move(made));
  Peer steady = bench.caller();
  for (unsigned i = 0; i < 4'000; ++i) {
    std::mt19937 random(i);
    Peer peer = bench.caller();
    say(random, peer, broken(random, kWhole));
    if (peer.handle() >= 0 && random() % 8 == 0) peer.read_some(2ms);
    if (i % 50 != 0) continue;
    const Message answer =
        bench.ask("POST /function/good HTTP/1.1\r\nHost: g\r\nContent-Length: 2\r\n\r\nok");
    ASSERT_EQ(answer.status(), 200) << i;
    ASSERT_TRUE(answer.body.ends_with("\r\n\r\nok")) << "seed " << i << ": " << answer.body;
  }
  // All of it is over, and the books are even.
  EXPECT_TRUE(eventually([&] {
    for (const Traffic& traffic : bench.gateway->traffic()) {
      if (traffic.in_flight + traffic.queued > 0) return false;
    }
    return true;
  }));
  const Traffic traffic = bench.gateway->traffic().front();
  EXPECT_EQ(traffic.total, traffic.completed + traffic.timed_out + traffic.rejected +
                               traffic.failed + traffic.unfinished);
  EXPECT_GT(traffic.total, 500U);
  EXPECT_GT(traffic.completed, 20U);
  EXPECT_GT(traffic.failed, 20U);
}

}  // namespace
}  // namespace thaw::gateway
