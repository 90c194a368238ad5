// Over real sockets: to a function's replica by way of the Balancer, and to a callback's host.
#include "drivers/gateway/async/balanced_invoker.hpp"
#include "drivers/http/server.hpp"
#include "tests/drivers/gateway/async/bench.hpp"

namespace thaw::gateway::async {
namespace {

using Bytes = std::vector<std::uint8_t>;

// A server that keeps what it was asked.
struct Peer {
  explicit Peer(boost::asio::io_context& io)
      : server(io.get_executor(), "127.0.0.1:0",
               [this](http::Request request) -> Awaitable<http::Response> {
                 asked.push_back(std::move(request));
                 co_return says;
               }) {}
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(server.port()) + path;
  }
  std::vector<http::Request> asked;
  http::Response says{200, {{"X-Own", "1"}}, "answer"};
  http::Server server;
};

std::shared_ptr<Routes> routes_to(std::vector<std::uint16_t> ports) {
  auto routes = std::make_shared<Routes>();
  Route route = Replicas::route_of(0);
  for (const std::uint16_t port : ports) {
    route.ready.push_back({"pod-" + std::to_string(port), "127.0.0.1", port});
  }
  routes->functions.push_back(std::move(route));
  return routes;
}

class OverBalancer : public ::testing::Test {
 protected:
  Outcome invoke(Duration within = 5s, FunctionName function = kResize) {
    return loopback::run_here(
        io_, invoker_.invoke(std::move(function), {"PUT", "/a?b", {{"X-A", "1"}}, "body"}, within));
  }
  void route(std::vector<std::uint16_t> ports) {
    balancer_.route(routes_to(std::move(ports)), std::chrono::steady_clock::now());
  }
  Traffic traffic() {
    return balancer_.find(kResize)->tally.traffic(std::chrono::steady_clock::now(), {});
  }
  boost::asio::io_context io_;
  Balancer balancer_;
  BalancedInvoker invoker_{io_.get_executor(), balancer_, 4};
};

TEST_F(OverBalancer, ACallGoesToAReplicaAndComesBackCut) {
  Peer peer(io_);
  route({peer.server.port()});
  const Outcome outcome = invoke();
  EXPECT_TRUE(outcome.begun);
  EXPECT_EQ(outcome.status, 200);
  EXPECT_EQ(outcome.body, "answ");  // 4 bytes are kept
  EXPECT_EQ(http::find_header(outcome.headers, "X-Own"), "1");
  ASSERT_EQ(peer.asked.size(), 1u);
  EXPECT_EQ(peer.asked[0].method, "PUT");
  EXPECT_EQ(peer.asked[0].target, "/a?b");
  EXPECT_EQ(peer.asked[0].body, "body");
  EXPECT_EQ(traffic().completed, 1u);
  EXPECT_EQ(traffic().in_flight, 0u);
  EXPECT_EQ(invoker_.find("resize"), kResize);
}

TEST_F(OverBalancer, WhatHasNoReplicaHasNotBegun) {
  EXPECT_FALSE(invoke().begun);
  EXPECT_EQ(invoker_.route(kResize), nullptr);
  route({});
  EXPECT_FALSE(invoke().begun);
  EXPECT_NE(invoker_.route(kResize), nullptr);
  EXPECT_FALSE(invoker_.find("nobody"));
}

TEST_F(OverBalancer, AReplicaThatIsGoneGivesNoAnswer) {
  std::uint16_t port = 0;
  {
    const Peer peer(io_);
    port = peer.server.port();
  }
  io_.poll();
  route({port});
  const Outcome outcome = invoke();
  EXPECT_TRUE(outcome.begun);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_FALSE(outcome.failure.empty());
  EXPECT_EQ(traffic().failed, 1u);
}

TEST_F(OverBalancer, WhoTakesTooLongIsTimedOut) {
  boost::asio::steady_timer never(io_, 1h);
  http::Server silent(io_.get_executor(), "127.0.0.1:0",
                      [&](http::Request) -> Awaitable<http::Response> {
                        co_await never.async_wait(boost::asio::use_awaitable);
                        co_return http::Response{};
                      });
  route({silent.port()});
  const Outcome outcome = invoke(50ms);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_EQ(traffic().timed_out, 1u);
}

class ToCallback : public ::testing::Test {
 protected:
  Outcome post(const std::string& url, std::vector<std::string> hosts) {
    const CallbackRule rule(std::move(hosts));
    CallbackClient client(io_.get_executor(), rule);
    return loopback::run_here(io_, client.post(url, {{"X-Call-Id", "c"}}, "result", 5s));
  }
  boost::asio::io_context io_;
  Peer peer_{io_};
};

TEST_F(ToCallback, AHostOnTheListIsPostedTo) {
  const Outcome outcome = post(peer_.url("/done?n=1"), {"127.0.0.1"});
  EXPECT_EQ(outcome.status, 200);
  ASSERT_EQ(peer_.asked.size(), 1u);
  EXPECT_EQ(peer_.asked[0].method, "POST");
  EXPECT_EQ(peer_.asked[0].target, "/done?n=1");
  EXPECT_EQ(peer_.asked[0].body, "result");
  EXPECT_EQ(http::find_header(peer_.asked[0].headers, "X-Call-Id"), "c");
}

TEST_F(ToCallback, ARedirectIsAnAnswerLikeAnyOther) {
  peer_.says = {307, {{"Location", peer_.url("/elsewhere")}}, ""};
  EXPECT_EQ(post(peer_.url("/"), {"127.0.0.1"}).status, 307);
  EXPECT_EQ(peer_.asked.size(), 1u);
}

// By whatever name: the address that it has is what counts.
TEST_F(ToCallback, TheGatewaysOwnMachineIsNotPostedTo) {
  const std::string port = ":" + std::to_string(peer_.server.port()) + "/";
  for (const std::string host :
       {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "[::1]"}) {
    const Outcome outcome = post("http://" + host + port, {});
    EXPECT_EQ(outcome.status, 0) << host;
    EXPECT_FALSE(outcome.failure.empty());
  }
  EXPECT_TRUE(peer_.asked.empty());
  EXPECT_NE(post(peer_.url("/"), {}).failure.find("nothing is posted to"), std::string::npos);
}

// What was judged is what is connected to; the name goes into Host.
TEST_F(ToCallback, AnAddressThatWasJudgedIsNotLookedUpAgain) {
  http::Endpoint endpoint;
  endpoint.tls.reset();
  endpoint.host = "shop.invalid";  // RFC 2606: it has no address
  endpoint.port = peer_.server.port();
  endpoint.address = "127.0.0.1";
  http::Client client(io_.get_executor(), endpoint);
  EXPECT_EQ(loopback::run_here(io_, client.send({}, 5s)).status, 200);
  ASSERT_EQ(peer_.asked.size(), 1u);
  EXPECT_EQ(http::find_header(peer_.asked[0].headers, "Host"), endpoint.authority());
}

// RFC 6890's loopback, link-local and multicast, and where clouds answer for credentials.
TEST(AsyncCallbackRule, AddressesThatAreRefused) {
  for (const Bytes& refused : {Bytes{127, 0, 0, 1},
                               {127, 9, 9, 9},
                               {0, 0, 0, 0},
                               {169, 254, 169, 254},
                               {224, 0, 0, 1},
                               {255, 255, 255, 255},
                               {100, 100, 100, 200},
                               {168, 63, 129, 16},
                               {192, 0, 0, 192}}) {
    EXPECT_FALSE(may_be_posted_to(refused)) << static_cast<int>(refused[0]);
    for (const Bytes& prefix : {Bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff},
                                Bytes{0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0}}) {
      Bytes mapped = prefix;
      mapped.insert(mapped.end(), refused.begin(), refused.end());
      EXPECT_FALSE(may_be_posted_to(mapped));
    }
  }
  Bytes link_local(16), metadata{0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54};
  link_local[0] = 0xfe, link_local[1] = 0xbf;
  EXPECT_FALSE(may_be_posted_to(link_local));
  EXPECT_FALSE(may_be_posted_to(metadata));
  metadata[15] = 0x55;
  EXPECT_TRUE(may_be_posted_to(metadata));
  for (const Bytes& allowed : {Bytes{10, 0, 0, 1},
                               {172, 16, 0, 1},
                               {192, 168, 1, 1},
                               {8, 8, 8, 8},
                               {126, 255, 255, 255},
                               {128, 0, 0, 1},
                               {169, 253, 255, 255}}) {
    EXPECT_TRUE(may_be_posted_to(allowed)) << static_cast<int>(allowed[0]);
  }
}

TEST(AsyncCallbackRule, AListNamesHostsAndDomains) {
  const CallbackRule rule({"Shop.example", ".svc.cluster.local"});
  const auto allowed = [&](const char* url) {
    return std::holds_alternative<CallbackTarget>(rule.target(url));
  };
  EXPECT_TRUE(allowed("https://shop.EXAMPLE:8443/a"));
  EXPECT_TRUE(allowed("http://gateway.openfaas.svc.cluster.local:8080/function/next"));
  EXPECT_FALSE(allowed("http://svc.cluster.local/"));
  EXPECT_FALSE(allowed("http://evil-shop.example/"));
  EXPECT_FALSE(allowed("http://shop.example.evil/"));
  EXPECT_FALSE(allowed("http://evil/?.svc.cluster.local"));
  EXPECT_FALSE(allowed("http://evil#.svc.cluster.local"));
}

}  // namespace
}  // namespace thaw::gateway::async
