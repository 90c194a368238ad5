// Asynchronous calls of a real gateway, over sockets: as they are wired, and as they end.
#include "drivers/gateway/async/attachment.hpp"

#include "tests/drivers/gateway/async/folder.hpp"
#include "tests/drivers/gateway/peer.hpp"
#include "tests/drivers/run_here.hpp"

namespace thaw::gateway::async {
namespace {

// A gateway with its queue.
class Served {
 public:
  explicit Served(const std::string& path) {
    Settings settings;
    settings.path = path;
    Async::Hooks hooks;
    hooks.now = wall_clock;
    hooks.wanted = [this](const FunctionName&) { ++wanted; };
    hooks.tell = [](const std::string&) {};
    async = std::make_unique<Attachment>(std::move(settings), std::move(hooks));
    bench = std::make_unique<gateway::Bench>([](gateway::Settings&) {},
                                             [this](Gateway::Hooks& of) {
                                               async->attach(of);
                                               of.pages = [this](http::Request request) {
                                                 return async->callback(std::move(request));
                                               };
                                             });
    async->begin(*bench->gateway);
  }
  void route(std::vector<Replica> ready) {
    bench->route(std::move(ready));
    async->routed();
  }
  Message post(const std::string& path, const std::string& body = "picture") {
    return bench->ask("POST " + path + " HTTP/1.1\r\nHost: g\r\nContent-Length: " +
                      std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  bool delivers(std::uint64_t count) {
    return eventually([&] {
      const Metrics metrics = async->metrics();
      return metrics.functions.size() == 1 && metrics.functions[0].delivery.delivered == count;
    });
  }

  std::atomic<int> wanted = 0;
  std::unique_ptr<Attachment> async;
  std::unique_ptr<gateway::Bench> bench;
};

std::string field(const Message& message, const std::string& name) {
  const std::size_t from = message.head.find("\r\n" + name + ": ");
  if (from == std::string::npos) return "(none)";
  const std::size_t value = from + name.size() + 4;
  return message.head.substr(value, message.head.find("\r\n", value) - value);
}

TEST(AsyncAttachment, ACallWakesAFunctionThatAnswers202AndCallsBack) {
  const Folder folder;
  Served served(folder / "q");
  served.route({});
  const Message accepted = served.post("/async-function/f/small?w=1");
  EXPECT_EQ(accepted.status(), 202);
  const std::string id = field(accepted, "SlimFaas-Element-Id");
  EXPECT_EQ(field(accepted, "X-Call-Id"), id);
  EXPECT_TRUE(eventually([&] { return served.wanted > 0; }));
  std::string head, body;
  Origin origin([&](Peer& peer, int) {
    const Message request = peer.read_message();
    head = request.head;
    body = request.body;
    peer.send("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
  });
  served.route({origin.replica()});
  ASSERT_TRUE(eventually([&] {
    const Metrics metrics = served.async->metrics();
    return metrics.functions.size() == 1 && metrics.functions[0].delivery.awaiting == 1;
  }));
  EXPECT_TRUE(head.starts_with("POST /small?w=1 HTTP/1.1\r\n")) << head;
  EXPECT_NE(head.find("SlimFaas-Element-Id: " + id), std::string::npos) << head;
  EXPECT_EQ(body, "picture");
  EXPECT_EQ(served.post("/async-function-callback/f/" + id + "/success", "").status(), 200);
  EXPECT_TRUE(served.delivers(1));
  EXPECT_EQ(served.post("/async-function-callback/f/" + id + "/success", "").status(), 404);
  served.async->end(1s);
  EXPECT_EQ(served.post("/async-function/f/").status(), 503);
}

// However the gateway ends, the next one asks again.
TEST(AsyncAttachment, WhatTheEndCutsOffIsMadeAgain) {
  for (const bool ends : {true, false}) {
    const Folder folder;
    {
      Origin silent([](Peer& peer, int) { peer.read_to_end(); });
      Served served(folder / "q");
      served.route({silent.replica()});
      for (int i = 0; i < 5; ++i) EXPECT_EQ(served.post("/async-function/f/").status(), 202);
      EXPECT_TRUE(eventually([&] {
        const Metrics metrics = served.async->metrics();
        return metrics.functions.size() == 1 && metrics.functions[0].delivery.running == 5;
      }));
      const auto began = std::chrono::steady_clock::now();
      if (ends) served.async->end(10ms);
      served.bench.reset();
      EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
    }
    Origin origin;
    Served served(folder / "q");
    served.route({origin.replica()});
    EXPECT_TRUE(served.delivers(5));
    EXPECT_EQ(served.async->metrics().functions[0].delivery.retried, 0u);
  }
}

TEST(AsyncAttachment, DeadLettersAreAskedForFromAnotherLoop) {
  const Folder folder;
  Served served(folder / "q");
  boost::asio::io_context pages;
  const auto ask = [&](const char* method, const std::string& path) {
    return loopback::run_here(pages, served.async->dead_letters({method, path, {}, ""}));
  };
  EXPECT_EQ(ask("GET", "/async-dead-letters").body, "{\"items\":[]}\n");
  EXPECT_EQ(ask("DELETE", "/async-dead-letters/ABC").status, 404);
  served.async->end(1s);
  EXPECT_EQ(ask("GET", "/async-dead-letters").status, 503);
}

}  // namespace
}  // namespace thaw::gateway::async
