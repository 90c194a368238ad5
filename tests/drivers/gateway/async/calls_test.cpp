// What a caller is answered, and what is kept of the call.
#include <sys/resource.h>

#include <csignal>

#include "drivers/gateway/async/identity.hpp"
#include "tests/drivers/gateway/async/bench.hpp"

namespace thaw::gateway::async {
namespace {

using Texts = std::vector<std::string>;

// Files of this process may not grow beyond it, as on a disk that is full.
class Disk {
 public:
  Disk() : handler_(std::signal(SIGXFSZ, SIG_IGN)) { getrlimit(RLIMIT_FSIZE, &before_); }
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;
  ~Disk() {
    empty();
    std::signal(SIGXFSZ, handler_);
  }
  void holds(rlim_t bytes) {
    struct rlimit to = before_;
    to.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &to);
  }
  void empty() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  struct rlimit before_ {};
  void (*handler_)(int);
};

TEST(AsyncCalls, AreAnsweredWith202AndTheirIds) {
  Bench bench;
  bench.begin();
  const http::Response answer = bench.call();
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(id_of(answer).size(), 26u);
  EXPECT_EQ(answer.header("X-Call-Id"), id_of(answer));
  const http::Response own = bench.call({{"x-call-id", "order-7"}});
  EXPECT_EQ(own.header("X-Call-Id"), "order-7");
  EXPECT_NE(id_of(own), "order-7");
  bench.settle();
  EXPECT_EQ(bench.replicas.asked.back().header("X-Call-Id"), "order-7");
}

TEST(AsyncCalls, ReachTheFunctionAsTheyCameButForTheHop) {
  Bench bench;
  bench.begin();
  bench.call({{"Content-Type", "image/png"},
              {"Connection", "close, X-Hop"},
              {"X-Hop", "1"},
              {"Transfer-Encoding", "chunked"},
              {"Slimfaas-Last-Try", "forged"},
              {"traceparent", "00-1-2-01"}},
             std::string("a\0b", 3), "/small?w=1&h=%20");
  bench.settle();
  ASSERT_EQ(bench.replicas.asked.size(), 1u);
  const Replicas::Asked& asked = bench.replicas.asked[0];
  EXPECT_EQ(asked.request.method, "POST");
  EXPECT_EQ(asked.request.target, "/small?w=1&h=%20");
  EXPECT_EQ(asked.request.body, std::string("a\0b", 3));
  EXPECT_EQ(asked.header("Content-Type"), "image/png");
  EXPECT_EQ(asked.header("traceparent"), "00-1-2-01");
  EXPECT_EQ(asked.header("Slimfaas-Last-Try"), "false");
  for (const char* const gone : {"Connection", "X-Hop", "Transfer-Encoding"}) {
    EXPECT_EQ(asked.header(gone), "(none)");
  }
}

TEST(AsyncCalls, WhatCannotBeQueuedIsRefused) {
  Bench bench;
  bench.settings.body = 10;
  bench.begin();
  EXPECT_EQ(bench.call({}, std::string(10, 'x')).status, 202);
  EXPECT_EQ(bench.call({}, std::string(11, 'x')).status, 413);
  EXPECT_EQ(bench.call({{"Idempotency-Key", std::string(256, 'k')}}).status, 400);
  for (const char* const url : {"ftp://a.example/", "http://", "http://a b/",
                                "http://u:p@a.example/", "gopher:x", "http://a.example:0/"}) {
    EXPECT_EQ(bench.call({{"X-Callback-Url", url}}).status, 400) << url;
  }
  bench.replicas.routes.clear();
  EXPECT_EQ(bench.call().status, 404);
}

TEST(AsyncCalls, ARepeatedRequestIsTheFirstOne) {
  Bench bench;
  bench.begin();
  const http::Headers key = {{"Idempotency-Key", "k1"}};
  const http::Response first = bench.call(key);
  EXPECT_FALSE(first.header("X-Call-Known"));
  const http::Response again = bench.call(key);
  EXPECT_EQ(again.status, 202);
  EXPECT_EQ(id_of(again), id_of(first));
  EXPECT_EQ(again.header("X-Call-Known"), "true");
  EXPECT_EQ(bench.call(key, "another picture").status, 422);
  bench.settle();
  EXPECT_EQ(bench.replicas.asked.size(), 1u);
  EXPECT_EQ(id_of(bench.call(key)), id_of(first));  // also when it is over
  // X-Call-Id goes with all that one call causes: only the same request is the same call.
  const http::Headers call_id = {{"X-Call-Id", "c1"}};
  const std::string one = id_of(bench.call(call_id, "1"));
  EXPECT_NE(id_of(bench.call(call_id, "2")), one);
  EXPECT_EQ(id_of(bench.call(call_id, "1")), one);
  const auto figures = bench.figures();
  EXPECT_EQ(figures.calls.accepted, 3u);
  EXPECT_EQ(figures.calls.known, 3u);
  EXPECT_EQ(figures.delivery.delivered, 3u);
}

TEST(AsyncCalls, AKeyIsRememberedForItsTimeAlsoByTheNextGateway) {
  Bench bench;
  bench.settings.memory.length = 1h;
  bench.begin();
  const http::Headers key = {{"Idempotency-Key", "k1"}};
  const std::string first = id_of(bench.call(key));
  bench.settle();  // delivered: from here on an hour
  bench.end();
  bench.now = bench.now + 1h - 1s;
  bench.begin();
  EXPECT_EQ(id_of(bench.call(key)), first);
  bench.pass(1s);
  EXPECT_NE(id_of(bench.call(key)), first);
}

TEST(AsyncCalls, AKeyOfACallThatIsNotOverIsNeverForgotten) {
  Bench bench;
  bench.settings.memory.length = 1h;
  bench.settings.memory.count = 2;
  bench.replicas.routes[kResize].ready.clear();
  bench.begin();
  const std::string first = id_of(bench.call({{"Idempotency-Key", "k1"}}));
  bench.pass(3h);
  EXPECT_EQ(id_of(bench.call({{"Idempotency-Key", "k1"}})), first);
  bench.replicas.routes[kResize].ready.resize(1);
  Texts ids;
  for (const char* const key : {"k2", "k3", "k4"}) {
    ids.push_back(id_of(bench.call({{"Idempotency-Key", key}})));
    bench.pass(1s);
  }
  // Four are over, and two are remembered: those that ended last.
  EXPECT_EQ(id_of(bench.call({{"Idempotency-Key", "k4"}})), ids[2]);
  EXPECT_EQ(id_of(bench.call({{"Idempotency-Key", "k3"}})), ids[1]);
  EXPECT_NE(id_of(bench.call({{"Idempotency-Key", "k1"}})), first);
}

TEST(AsyncCalls, AreBoundedByFunctionAndByFile) {
  Bench bench;
  bench.settings.room = {.of_function = 2, .elements = 3, .bytes = 1'000};
  bench.replicas.routes[{"default", "other"}] = {};
  bench.replicas.routes[kResize].ready.clear();
  bench.begin();
  const http::Response first = bench.call({{"Idempotency-Key", "k1"}});
  bench.call();
  const http::Response full = bench.call();
  EXPECT_EQ(full.status, 429);
  EXPECT_TRUE(full.header("Retry-After"));
  EXPECT_EQ(id_of(bench.call({{"Idempotency-Key", "k1"}})), id_of(first));  // that one is there
  const auto other = [&](std::string body) {
    return loopback::run_here(
        bench.io, bench.async->call({"default", "other"}, "", {"POST", "", {}, std::move(body)}));
  };
  EXPECT_EQ(other(std::string(2'000, 'x')).status, 503);  // bytes
  EXPECT_EQ(other("x").status, 202);
  EXPECT_EQ(other("x").status, 503);  // elements
  bench.end();
  bench.begin();                        // what is on disk counts for the next gateway too
  EXPECT_EQ(bench.call().status, 503);  // elements come before the function
  bench.replicas.routes[kResize].ready.resize(1);
  bench.settle();
  EXPECT_EQ(bench.call().status, 202);
  EXPECT_EQ(bench.figures().calls.rejected, 1u);
}

TEST(AsyncCalls, ADiskThatIsFullIsToldAndLosesNothing) {
  Bench bench;
  bench.replicas.routes[kResize].ready.clear();
  bench.begin();
  bench.call({}, "before");
  Disk disk;
  disk.holds(256 << 10);
  const std::string big(500'000, 'x');
  const http::Response full = bench.call({{"Idempotency-Key", "big"}}, big);
  EXPECT_EQ(full.status, 503);
  EXPECT_TRUE(full.header("Retry-After"));
  EXPECT_EQ(bench.call({}, "small").status, 202);  // what fits is taken
  disk.empty();
  const http::Response after = bench.call({{"Idempotency-Key", "big"}}, big);
  EXPECT_EQ(after.status, 202);
  EXPECT_FALSE(after.header("X-Call-Known"));
  bench.end();
  bench.begin();
  bench.replicas.routes[kResize].ready.resize(1);
  bench.settle();
  ASSERT_EQ(bench.replicas.asked.size(), 3u);
  EXPECT_EQ(bench.replicas.asked[0].request.body, "before");
  EXPECT_EQ(bench.replicas.asked[1].request.body, "small");
}

TEST(AsyncCalls, AnEndThatCannotBeWrittenIsWrittenLater) {
  Bench bench;
  bench.begin();
  Disk disk;
  bench.replicas.answer = [&](const http::Request&) {
    disk.holds(1);
    return Replicas::say(200);
  };
  bench.call();
  bench.settle();
  EXPECT_EQ(bench.replicas.asked.size(), 1u);
  ASSERT_EQ(bench.told.size(), 1u);
  EXPECT_NE(bench.told[0].find("cannot be written"), std::string::npos);
  disk.empty();
  EXPECT_TRUE(loopback::run_until(bench.io, [&] { return bench.told.size() == 2; }));
  EXPECT_EQ(bench.figures().delivery.delivered, 1u);
  bench.end();
  bench.begin();
  bench.pass(1s);
  EXPECT_EQ(bench.replicas.asked.size(), 1u);  // it was not asked again
}

}  // namespace
}  // namespace thaw::gateway::async
