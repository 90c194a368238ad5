// Delivery under a clock that the test moves: instants and counts follow SlimFaas's rules, which
// drivers/gateway/async/delivery.hpp states.
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "drivers/gateway/async/headers.hpp"
#include "tests/drivers/gateway/async/bench.hpp"

namespace thaw::gateway::async {
namespace {

using Json = nlohmann::json;

std::vector<std::string> bodies(const Replicas& replicas) {
  std::vector<std::string> all;
  for (const auto& asked : replicas.asked) all.push_back(asked.request.body);
  return all;
}

// A function that answers when the test says so.
class Slow {
 public:
  explicit Slow(Bench& bench) {
    bench.replicas.answer = [this, &bench](http::Request) -> Awaitable<Outcome> {
      ++running;
      const int turn = ++begun;
      boost::asio::steady_timer timer(bench.io);
      while (turn > let_go) {
        timer.expires_after(1ms);
        boost::system::error_code ignored;
        co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
      }
      --running;
      Outcome outcome;
      outcome.status = status;
      co_return outcome;
    };
  }
  int running = 0, begun = 0, let_go = 0, status = 200;
};

// 503 for ever: with retries of 2, 4 and 8 s attempts are due at 0, 2, 6 and 14 s, and no more.
TEST(AsyncDelivery, RetriesAreWhereTheAnnotationPutsThem) {
  Bench bench;
  bench.begin();
  bench.replicas.answer = [](const http::Request&) { return Replicas::say(503); };
  const TimePoint start = bench.now;
  const std::string id = id_of(bench.call());
  bench.settle();
  for (const Duration gap : {2s, 4s, 8s}) {
    const std::size_t before = bench.replicas.asked.size();
    bench.pass(gap - 1ns);
    EXPECT_EQ(bench.replicas.asked.size(), before);
    bench.pass(1ns);
    ASSERT_EQ(bench.replicas.asked.size(), before + 1);
  }
  bench.pass(1h);
  const auto& asked = bench.replicas.asked;
  ASSERT_EQ(asked.size(), 4u);
  const Duration due[] = {0s, 2s, 6s, 14s};
  for (std::size_t k = 0; k < 4; ++k) {
    EXPECT_EQ(asked[k].at, start + due[k]);
    EXPECT_EQ(asked[k].header("SlimFaas-Element-Id"), id);
    EXPECT_EQ(asked[k].header("X-Call-Id"), id);
    EXPECT_EQ(asked[k].header("SlimFaas-Try-Number"), std::to_string(k));
    EXPECT_EQ(asked[k].header("Slimfaas-Last-Try"), k == 3 ? "true" : "false");
    EXPECT_EQ(asked[k].within, 120s);  // AsyncDelivery's, which is SlimFaas's
  }
  const auto figures = bench.figures();
  EXPECT_EQ(figures.delivery.dead, 1u);
  EXPECT_EQ(figures.delivery.given_up, 1u);
  EXPECT_EQ(figures.delivery.retried, 3u);
  EXPECT_EQ(figures.delivery.queued + figures.delivery.running, 0u);
}

TEST(AsyncDelivery, OnlyTheStatusesOfTheListAndSilenceAreRetried) {
  struct Case {
    int status;
    std::size_t attempts;
  };
  // 404 and 400 are answers; 500, 502 and 503 are SlimFaas's list; 0 is none.
  for (const Case& c : {Case{200, 1}, Case{301, 1}, Case{400, 1}, Case{404, 1}, Case{504, 1},
                        Case{500, 4}, Case{502, 4}, Case{503, 4}, Case{0, 4}}) {
    Bench bench;
    bench.begin();
    bench.replicas.answer = [&](const http::Request&) { return Replicas::say(c.status); };
    bench.call();
    for (int i = 0; i < 20; ++i) bench.pass(1s);
    EXPECT_EQ(bench.replicas.asked.size(), c.attempts) << c.status;
    EXPECT_EQ(bench.figures().delivery.delivered, c.attempts == 1 ? 1u : 0u) << c.status;
  }
}

// min(parallel 3, 2 ready * 1 per replica) = 2 places, first come first served.
TEST(AsyncDelivery, PlacesAreThoseOfReadyReplicasAndOrderIsThatOfAcceptance) {
  Bench bench;
  Slow function(bench);
  Route& route = bench.replicas.routes[kResize] = Replicas::route_of(2);
  route.async.parallel = 3;
  route.async.per_replica = 1;
  bench.begin();
  for (const char* const body : {"1", "2", "3", "4", "5"}) bench.call({}, body);
  bench.settle();
  EXPECT_EQ(function.running, 2);
  route.ready.resize(9);  // parallel bounds it now
  bench.pass(1s);
  EXPECT_EQ(function.running, 3);
  function.let_go = 5;
  ASSERT_TRUE(
      loopback::run_until(bench.io, [&] { return function.begun == 5 && function.running == 0; }));
  bench.settle();
  EXPECT_EQ(bodies(bench.replicas), (std::vector<std::string>{"1", "2", "3", "4", "5"}));
  EXPECT_EQ(bench.figures().delivery.delivered, 5u);
}

TEST(AsyncDelivery, WhatIsQueuedForNobodyWantsAReplicaAtOnceAndEachSecond) {
  Bench bench;
  bench.replicas.routes[kResize].ready.clear();
  bench.begin();
  const TimePoint start = bench.now;
  bench.call();
  bench.call();
  bench.settle();
  EXPECT_EQ(bench.wanted, std::vector<TimePoint>{start});
  bench.pass(999ms);
  EXPECT_EQ(bench.wanted.size(), 1u);
  bench.pass(1ms);
  bench.pass(1s);
  EXPECT_EQ(bench.wanted, (std::vector<TimePoint>{start, start + 1s, start + 2s}));
  EXPECT_TRUE(bench.replicas.asked.empty());
  bench.replicas.routes[kResize].ready.resize(1);
  bench.settle();
  EXPECT_EQ(bench.replicas.asked.size(), 2u);
  bench.pass(5s);
  EXPECT_EQ(bench.wanted.size(), 3u);
}

TEST(AsyncDelivery, AnAttemptThatFoundNoPlaceIsNone) {
  Bench bench;
  bench.begin();
  int left = 3;
  bench.replicas.answer = [&](const http::Request&) -> Awaitable<Outcome> {
    Outcome outcome;
    outcome.begun = left-- <= 0;
    outcome.status = outcome.begun ? 200 : 0;
    co_return outcome;
  };
  bench.call();
  for (int i = 0; i < 5; ++i) bench.pass(100ms);
  ASSERT_EQ(bench.replicas.asked.size(), 4u);
  EXPECT_EQ(bench.replicas.asked.back().header("SlimFaas-Try-Number"), "0");
  EXPECT_EQ(bench.figures().delivery.retried, 0u);
}

// 202 goes on: the function says how it ended, and holds its place until then.
TEST(AsyncDelivery, AFunctionThatAnswers202CallsBack) {
  Bench bench;
  Route& route = bench.replicas.routes[kResize];
  route.async.per_replica = 1;
  bench.begin();
  bench.replicas.answer = [](const http::Request&) { return Replicas::say(202); };
  const std::string first = id_of(bench.call({}, "1")), second = id_of(bench.call({}, "2"));
  bench.settle();
  EXPECT_EQ(bodies(bench.replicas), std::vector<std::string>{"1"});
  EXPECT_EQ(bench.figures().delivery.awaiting, 1u);
  EXPECT_EQ(bench.call_back("resize/" + first + "/success").status, 200);
  bench.settle();
  EXPECT_EQ(bodies(bench.replicas), (std::vector<std::string>{"1", "2"}));
  const TimePoint failed = bench.now;
  EXPECT_EQ(bench.call_back("resize/" + second + "/error").status, 200);  // as a 500
  bench.pass(2s);
  ASSERT_EQ(bench.replicas.asked.size(), 3u);
  EXPECT_EQ(bench.replicas.asked.back().at, failed + 2s);
  bench.pass(119s);  // past the end of its first attempt's time, which no longer counts
  EXPECT_EQ(bench.figures().delivery.awaiting, 1u);
  EXPECT_EQ(bench.call_back("resize/" + second + "/success").status, 200);
  EXPECT_EQ(bench.figures().delivery.delivered, 2u);
  // What is over is unknown; so is another function's, and what is no status.
  EXPECT_EQ(bench.call_back("resize/" + second + "/success").status, 404);
  EXPECT_EQ(bench.call_back("other/" + second + "/success").status, 404);
  EXPECT_EQ(bench.call_back("resize/" + second + "/perhaps").status, 400);
}

TEST(AsyncDelivery, WhoDoesNotCallBackInTimeIsAskedAgain) {
  Bench bench;
  bench.begin();
  bench.replicas.answer = [](const http::Request&) { return Replicas::say(202); };
  const TimePoint start = bench.now;
  bench.call();
  bench.settle();
  // The timeout counts from the attempt's start; then retries[0].
  bench.pass(120s - 1ns);
  bench.pass(1ns);
  bench.pass(2s - 1ns);
  EXPECT_EQ(bench.replicas.asked.size(), 1u);
  bench.pass(1ns);
  ASSERT_EQ(bench.replicas.asked.size(), 2u);
  EXPECT_EQ(bench.replicas.asked[1].at, start + 122s);
}

TEST(AsyncDelivery, ACallbackMayOvertakeIts202) {
  Bench bench;
  bench.begin();
  int late = 0;
  bench.replicas.answer = [&](http::Request request) -> Awaitable<Outcome> {
    const std::string id(http::find_header(request.headers, kElementId).value_or(""));
    const std::string end = request.body == "good" ? "/success" : "/error";
    http::Request callback;  // named: GCC 12 frees an aggregate in a co_await twice
    callback.method = "POST";
    callback.target = std::string(kCallback) + "resize/" + id + end;
    const http::Response told = co_await bench.async->callback(std::move(callback));
    EXPECT_EQ(told.status, 200);
    ++late;
    Outcome outcome;
    outcome.status = late > 2 ? 200 : 202;
    co_return outcome;
  };
  bench.call({}, "good");
  bench.settle();
  EXPECT_EQ(bench.figures().delivery.delivered, 1u);
  bench.call({}, "bad");
  bench.settle();
  EXPECT_EQ(bench.figures().delivery.retried, 1u);  // 202 after an error is one
  bench.pass(2s);
  EXPECT_EQ(bodies(bench.replicas), (std::vector<std::string>{"good", "bad", "bad"}));
  EXPECT_EQ(bench.figures().delivery.delivered, 2u);
}

// At least once: who was asked and had not answered is asked again, under the same number.
TEST(AsyncDelivery, AnAttemptThatTheEndCutOffIsMadeAgain) {
  Bench first;
  Slow function(first);
  first.begin();
  first.call();
  first.settle();
  ASSERT_EQ(function.running, 1);
  loopback::run_here(first.io, first.async->stop(10ms, nullptr));
  first.async.reset();
  Bench next;
  next.settings.path = first.settings.path;
  next.begin();
  next.settle();
  ASSERT_EQ(next.replicas.asked.size(), 1u);
  EXPECT_EQ(next.replicas.asked[0].header("SlimFaas-Try-Number"), "0");
  EXPECT_EQ(next.replicas.asked[0].request.body, "picture");
  EXPECT_EQ(next.figures().delivery.delivered, 1u);
  next.end();
}

TEST(AsyncDelivery, RetriesAndCallbacksOutliveTheGateway) {
  Bench bench;
  bench.begin();
  bench.replicas.answer = [](const http::Request&) { return Replicas::say(503); };
  bench.call();
  bench.settle();
  bench.replicas.answer = [](const http::Request&) { return Replicas::say(202); };
  const std::string id = id_of(bench.call());
  bench.settle();
  bench.end();
  bench.begin();
  bench.pass(1999ms);
  EXPECT_EQ(bench.replicas.asked.size(), 2u);
  bench.pass(1ms);  // retries[0] after the first
  ASSERT_EQ(bench.replicas.asked.size(), 3u);
  EXPECT_EQ(bench.replicas.asked[2].header("SlimFaas-Try-Number"), "1");
  EXPECT_EQ(bench.call_back("resize/" + id + "/success").status, 200);
  EXPECT_EQ(bench.figures().delivery.delivered, 1u);
}

TEST(AsyncDelivery, DeadLettersAreListedTriedAgainAndDropped) {
  Bench bench;
  bench.replicas.routes[kResize].async.retries.clear();  // one attempt
  bench.begin();
  bench.replicas.answer = [](const http::Request&) { return Replicas::say(500); };
  std::vector<std::string> ids;
  for (int i = 0; i < 103; ++i) {
    ids.push_back(id_of(bench.call()));
    bench.now = bench.now + 1ms;
  }
  bench.settle();
  bench.end();
  bench.begin();
  // The newest first, 100 at a time.
  Json page = Json::parse(bench.ask("GET", "/async-dead-letters/resize").body);
  ASSERT_EQ(page["items"].size(), 100u);
  EXPECT_EQ(page["items"][0]["id"], ids.back());
  EXPECT_EQ(page["items"][0]["outcome"], "status 500");
  EXPECT_EQ(page["items"][0]["attempts"], 1);
  EXPECT_EQ(page["items"][0]["target"], "/small?w=1");
  page = Json::parse(
      bench.ask("GET", "/async-dead-letters?after=" + page["after"].get<std::string>()).body);
  ASSERT_EQ(page["items"].size(), 3u);
  EXPECT_EQ(page["items"][2]["id"], ids.front());
  EXPECT_FALSE(page.contains("after"));
  EXPECT_EQ(Json::parse(bench.ask("GET", "/async-dead-letters/resize.other").body)["items"].size(),
            0u);
  bench.replicas.answer = [](const http::Request&) { return Replicas::say(200); };
  bench.replicas.asked.clear();
  EXPECT_EQ(bench.ask("POST", "/async-dead-letters/" + ids[5] + "/retry").status, 204);
  bench.settle();
  ASSERT_EQ(bench.replicas.asked.size(), 1u);
  EXPECT_EQ(bench.replicas.asked[0].header("SlimFaas-Element-Id"), ids[5]);
  EXPECT_EQ(bench.replicas.asked[0].header("SlimFaas-Try-Number"), "0");
  EXPECT_EQ(bench.ask("DELETE", "/async-dead-letters/" + ids[6]).status, 204);
  EXPECT_EQ(bench.ask("DELETE", "/async-dead-letters/" + ids[6]).status, 404);
  EXPECT_EQ(bench.ask("POST", "/async-dead-letters/" + ids[5] + "/retry").status, 404);
  EXPECT_EQ(bench.ask("PUT", "/async-dead-letters/" + ids[7]).status, 405);
  EXPECT_EQ(bench.figures().delivery.dead, 101u);
}

// As a gateway that ends at once does, whatever is on.
TEST(AsyncDelivery, MayGoInTheMidstOfIt) {
  Bench bench;
  Slow function(bench);
  bench.begin();
  for (int i = 0; i < 20; ++i) bench.call();
  bench.settle();
  ASSERT_GT(function.running, 0);
  function.let_go = 5;
  bench.async->routed();
  bench.io.restart();
  bench.io.poll();
  bench.async.reset();
}

// As OpenFaaS's queue worker posts it.
TEST(AsyncDelivery, TheResultIsPostedWhereTheCallerSaid) {
  Bench bench;
  bench.begin();
  bench.replicas.answer = [&](const http::Request&) {
    bench.now = bench.now + 1500ms;
    return Replicas::say(200, "small picture");
  };
  const std::string id = id_of(bench.call({{"X-Callback-Url", "http://shop.example/done?n=1"}}));
  bench.settle();
  ASSERT_EQ(bench.letters.size(), 1u);
  const Letterbox::Letter& letter = bench.letters[0];
  EXPECT_EQ(letter.url, "http://shop.example/done?n=1");
  EXPECT_EQ(letter.body, "small picture");
  EXPECT_EQ(http::find_header(letter.headers, "Content-Type"), "text/plain");
  EXPECT_EQ(http::find_header(letter.headers, "X-Function-Status"), "200");
  EXPECT_EQ(http::find_header(letter.headers, "X-Function-Name"), "resize.default");
  EXPECT_EQ(http::find_header(letter.headers, "X-Call-Id"), id);
  EXPECT_EQ(http::find_header(letter.headers, "X-Duration-Seconds"), "1.500000");
  bench.figures();
  EXPECT_EQ(bench.async->metrics().callbacks.delivered, 1u);
  EXPECT_EQ(bench.async->metrics().bytes, 0u);
}

TEST(AsyncDelivery, AResultThatIsNotTakenIsPostedAgainAlsoByTheNextGateway) {
  Bench bench;
  bench.settings.callbacks.retries = {1s, 5s};
  bench.letterbox_says = 302;  // a redirect is not followed, and no 2xx
  bench.replicas.routes[kResize].async.retries.clear();
  bench.begin();
  bench.replicas.answer = [](const http::Request&) { return Replicas::say(0); };
  bench.call({{"X-Callback-Url", "http://shop.example/"}, {"X-Call-Id", "order-7"}});
  bench.settle();
  ASSERT_EQ(bench.letters.size(), 1u);
  EXPECT_EQ(http::find_header(bench.letters[0].headers, "X-Function-Status"), "503");  // OpenFaaS's
  EXPECT_EQ(http::find_header(bench.letters[0].headers, "X-Call-Id"), "order-7");
  bench.end();
  bench.begin();
  bench.pass(999ms);
  EXPECT_EQ(bench.letters.size(), 1u);
  bench.pass(1ms);
  EXPECT_EQ(bench.letters.size(), 2u);
  bench.pass(5s);
  EXPECT_EQ(bench.letters.size(), 3u);
  bench.pass(1h);
  EXPECT_EQ(bench.letters.size(), 3u);
  bench.figures();
  EXPECT_EQ(bench.async->metrics().callbacks.failed, 1u);
  EXPECT_EQ(bench.async->metrics().callbacks.waiting, 0u);
}

}  // namespace
}  // namespace thaw::gateway::async
