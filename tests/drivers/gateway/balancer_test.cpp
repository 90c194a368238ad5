// Order, limits and fairness of the places, by hand and against a naive model.
#include "drivers/gateway/balancer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <list>
#include <map>
#include <random>

namespace thaw::gateway {
namespace balancer_test {

using namespace std::chrono_literals;

constexpr Instant kStart{1h};

Replica replica(int n) { return {"pod-" + std::to_string(n), "10.0.0." + std::to_string(n), 8080}; }

std::shared_ptr<Routes> routes_of(std::vector<int> replicas, std::uint32_t per_replica = 0,
                                  std::uint32_t queue = 100) {
  auto routes = std::make_shared<Routes>();
  Route route;
  route.name = {"default", "f"};
  route.per_replica = per_replica;
  route.queue = queue;
  for (const int n : replicas) route.ready.push_back(replica(n));
  routes->functions.push_back(std::move(route));
  return routes;
}

struct Waiting final : Waiter {
  Place place;
  bool gone = false;
  std::vector<Waiting*>* order = nullptr;

  void granted(Place given) override {
    place = std::move(given);
    if (order) order->push_back(this);
  }
  void vanished() override { gone = true; }
};

std::string taken(Function& function, Taker taker = Taker::call, Instant now = kStart) {
  static std::vector<Place> kept;  // for as long as the program runs, so that none comes back
  kept.push_back(function.take(taker, now));
  return kept.back() ? kept.back().replica().pod : "none";
}

TEST(Balancer, TakesTheReplicaWithTheFewestCallsAndGoesRound) {
  Balancer balancer;
  balancer.route(routes_of({1, 2, 3}), kStart);
  const auto f = balancer.find("f");
  Place first = f->take(Taker::call, kStart), second = f->take(Taker::call, kStart);
  Place third = f->take(Taker::call, kStart);
  EXPECT_EQ(first.replica().pod, "pod-1");
  EXPECT_EQ(second.replica().pod, "pod-2");
  EXPECT_EQ(third.replica().pod, "pod-3");
  second.give_back();
  EXPECT_EQ(f->take(Taker::call, kStart).replica().pod, "pod-2") << "one call less than the others";
  third.give_back();
  first.give_back();
  // All are free again: the turn goes on behind the one that was taken last.
  EXPECT_EQ(f->take(Taker::call, kStart).replica().pod, "pod-3");
  EXPECT_EQ(f->take(Taker::call, kStart).replica().pod, "pod-1");
}

TEST(Balancer, LetsThousandsGoAFewAtATime) {
  Balancer balancer;
  balancer.route(routes_of({}, 0, 1'000), kStart);
  const auto f = balancer.find("f");
  std::vector<Waiting*> order;
  std::vector<Waiting> waiting(1'000);
  for (Waiting& one : waiting) {
    one.order = &order;
    ASSERT_TRUE(f->enqueue(one));
  }
  balancer.route(routes_of({1}, 0, 1'000), kStart);
  EXPECT_EQ(order.size(), 32u) << "though the replica takes any number";
  order.front()->place.give_back();
  EXPECT_EQ(order.size(), 33u);
  EXPECT_FALSE(f->take(Taker::call, kStart)) << "who waits is first";
  for (int tick = 0; tick < 31; ++tick) balancer.tick(kStart);  // 31 · 32 > 1,000 - 33
  EXPECT_EQ(order.size(), 1'000u);
  EXPECT_EQ(order.back(), &waiting.back());
}

TEST(Balancer, GivesAFreedPlaceToTheFirstThatWaits) {
  Balancer balancer;
  balancer.route(routes_of({1}, 1), kStart);
  const auto f = balancer.find("f");
  Place place = f->take(Taker::call, kStart);
  std::vector<Waiting*> order;
  Waiting a, b, again;
  a.order = b.order = again.order = &order;
  EXPECT_FALSE(f->take(Taker::call, kStart)) << "the limit is one";
  EXPECT_TRUE(f->enqueue(a));
  EXPECT_TRUE(f->enqueue(b));
  EXPECT_TRUE(f->enqueue(again, true)) << "to the front";
  place.give_back();
  EXPECT_EQ(order, (std::vector<Waiting*>{&again}));
  again.place.give_back();
  a.place.give_back();
  EXPECT_EQ(order, (std::vector<Waiting*>{&again, &a, &b}));
}

TEST(Balancer, NewReplicasAndHigherLimitsLetThoseWhoWaitIn) {
  Balancer balancer;
  balancer.route(routes_of({}), kStart);
  const auto f = balancer.find("f");
  Waiting a, b, c;
  for (Waiting* waiting : {&a, &b, &c}) EXPECT_TRUE(f->enqueue(*waiting));
  EXPECT_EQ(f->waiting(), 3U);
  balancer.route(routes_of({1}, 1), kStart);
  EXPECT_TRUE(a.place);
  EXPECT_FALSE(b.place);
  balancer.route(routes_of({1}, 2), kStart);
  EXPECT_TRUE(b.place);
  balancer.route(routes_of({1, 2}, 2), kStart);
  EXPECT_EQ(c.place.replica().pod, "pod-2");
  EXPECT_EQ(f->waiting(), 0U);
}

TEST(Balancer, AFullQueueTakesNobodyButOneThatHadAPlace) {
  Balancer balancer;
  balancer.route(routes_of({}, 0, 1), kStart);
  const auto f = balancer.find("f");
  Waiting a, b, again;
  EXPECT_TRUE(f->enqueue(a));
  EXPECT_FALSE(f->enqueue(b));
  EXPECT_TRUE(f->enqueue(again, true));
  a.leave();
  again.leave();
  EXPECT_TRUE(f->enqueue(b));
}

TEST(Balancer, OneThatLeavesIsPassedOver) {
  Balancer balancer;
  balancer.route(routes_of({}), kStart);
  const auto f = balancer.find("f");
  Waiting a, c;
  EXPECT_TRUE(f->enqueue(a));
  {
    Waiting b;
    EXPECT_TRUE(f->enqueue(b));
  }
  EXPECT_TRUE(f->enqueue(c));
  a.leave();
  EXPECT_EQ(f->waiting(), 1U);
  balancer.route(routes_of({1}, 1), kStart);
  EXPECT_FALSE(a.place);
  EXPECT_TRUE(c.place);
}

TEST(Balancer, AReplicaNoLongerListedKeepsItsCallsAndGetsNoNewOne) {
  Balancer balancer;
  balancer.route(routes_of({1, 2}, 2), kStart);
  const auto f = balancer.find("f");
  Place one = f->take(Taker::call, kStart), two = f->take(Taker::call, kStart);
  const std::uint64_t listed = one.replica_id();
  balancer.route(routes_of({2}, 2), kStart);
  EXPECT_EQ(f->ready(), 1U);
  EXPECT_EQ(taken(*f), "pod-2");
  EXPECT_EQ(taken(*f), "none") << "pod-2 has two";
  balancer.route(routes_of({2, 1}, 2), kStart);  // back before its call ended: the call counts
  Place last = f->take(Taker::call, kStart);
  EXPECT_EQ(last.replica().pod, "pod-1");
  EXPECT_EQ(last.replica_id(), listed);
  EXPECT_EQ(taken(*f), "none");
  balancer.route(routes_of({2}, 2), kStart);
  one.give_back();
  last.give_back();
  balancer.route(routes_of({2, 1}, 2), kStart);
  EXPECT_NE(f->take(Taker::call, kStart).replica_id(), listed) << "another listing, another number";
}

TEST(Balancer, AnAvoidedReplicaIsTakenAgainAfterItsTime) {
  Balancer balancer;
  balancer.route(routes_of({1, 2}), kStart);
  const auto f = balancer.find("f");
  Place one = f->take(Taker::call, kStart);
  one.avoid(kStart + 1s);
  one.give_back();
  EXPECT_EQ(taken(*f), "pod-2");
  EXPECT_EQ(taken(*f), "pod-2");
  EXPECT_EQ(taken(*f, Taker::call, kStart + 1s), "pod-1");
}

TEST(Balancer, OneThatWaitsForAnAvoidedReplicaGetsItWithTheTick) {
  Balancer balancer;
  balancer.route(routes_of({1}), kStart);
  const auto f = balancer.find("f");
  Place one = f->take(Taker::call, kStart);
  one.avoid(kStart + 1s);
  one.give_back();
  Waiting a;
  EXPECT_FALSE(f->take(Taker::call, kStart));
  EXPECT_TRUE(f->enqueue(a));
  balancer.tick(kStart + 999ms);
  EXPECT_FALSE(a.place);
  balancer.tick(kStart + 1s);
  EXPECT_TRUE(a.place);
}

TEST(Balancer, DeliveriesStandBackForCallsAndKeepToTheirOwnLimits) {
  Balancer balancer;
  const auto routes = routes_of({1, 2});
  routes->functions[0].async.parallel = 3;
  routes->functions[0].async.per_replica = 2;
  balancer.route(routes, kStart);
  const auto f = balancer.find("f");
  std::vector<Place> places;
  for (int i = 0; i < 3; ++i) places.push_back(f->take(Taker::delivery, kStart));
  EXPECT_TRUE(places[2]);
  EXPECT_FALSE(f->take(Taker::delivery, kStart)) << "three at once, over all replicas";
  places.pop_back();
  const auto fewer = std::make_shared<Routes>(*routes);
  fewer->functions[0].ready.pop_back();
  balancer.route(fewer, kStart);
  places.push_back(f->take(Taker::delivery, kStart));
  EXPECT_TRUE(places[2]);
  EXPECT_EQ(f->deliveries(), 3U);
  places.clear();
  EXPECT_EQ(f->deliveries(), 0U);
  balancer.route(routes_of({}), kStart);
  Waiting a;
  EXPECT_TRUE(f->enqueue(a));
  balancer.route(routes_of({1}, 1), kStart);
  Waiting b;
  EXPECT_TRUE(f->enqueue(b));
  EXPECT_FALSE(f->take(Taker::delivery, kStart));
}

TEST(Balancer, SaysWhenACallWaitsForAReplicaThatIsNotThere) {
  Balancer balancer;
  balancer.route(routes_of({}), kStart);
  const auto f = balancer.find("f");
  EXPECT_FALSE(f->unserved(kStart));
  {
    Waiting a, b;
    EXPECT_TRUE(f->enqueue(a));
    EXPECT_TRUE(f->unserved(kStart));
    EXPECT_TRUE(f->enqueue(b));
    EXPECT_FALSE(f->unserved(kStart + 999ms));
    EXPECT_TRUE(f->unserved(kStart + 1s));
  }
  Waiting c;
  EXPECT_TRUE(f->enqueue(c));
  EXPECT_TRUE(f->unserved(kStart + 1100ms)) << "the first of a new queue is told at once";
}

TEST(Balancer, NamesAreFoundShortWhereOneNamespaceHasThem) {
  Balancer balancer;
  const auto routes = std::make_shared<Routes>();
  for (const auto& [space, name] :
       std::vector<FunctionName>{{"a", "f"}, {"a", "g"}, {"b", "f"}, {"b", "h.a"}}) {
    Route route;
    route.name = {space, name};
    routes->functions.push_back(route);
  }
  balancer.route(routes, kStart);
  EXPECT_EQ(balancer.find("f"), nullptr);
  EXPECT_EQ(balancer.find("f.b")->name(), (FunctionName{"b", "f"}));
  EXPECT_EQ(balancer.find("g")->name(), (FunctionName{"a", "g"}));
  EXPECT_EQ(balancer.find("g.b"), nullptr);
  EXPECT_EQ(balancer.find("h.a")->name(), (FunctionName{"b", "h.a"}));
  EXPECT_EQ(balancer.find(""), nullptr);
  EXPECT_EQ(balancer.find(FunctionName{"b", "f"}), balancer.find("f.b"));
  EXPECT_EQ(balancer.find(FunctionName{"b", "g"}), nullptr);
}

TEST(Balancer, WhoWaitsForAFunctionThatVanishesIsTold) {
  Balancer balancer;
  balancer.route(routes_of({1}, 1), kStart);
  const auto f = balancer.find("f");
  Place place = f->take(Taker::call, kStart);
  Waiting a;
  EXPECT_TRUE(f->enqueue(a));
  balancer.route(std::make_shared<Routes>(), kStart);
  EXPECT_TRUE(a.gone);
  EXPECT_FALSE(f->known());
  EXPECT_EQ(balancer.find("f"), nullptr);
  Waiting late;
  EXPECT_FALSE(f->enqueue(late));
  place.give_back();
  EXPECT_FALSE(f->take(Taker::call, kStart));
}

// What the balancer must hold after every step, kept the slow way.
struct Model {
  struct Call {
    Waiting waiting;
    int number = 0;
  };
  std::vector<int> listed;
  std::uint32_t limit = 0;
  std::map<int, std::uint32_t> in_service;
  std::vector<Waiting*> granted;  // before the calls: they may push to it as they go
  std::list<Call> calls;          // every call, waiting or in service
  std::deque<int> queue;          // numbers, in order of arrival

  static int number_of(const Place& place) { return std::stoi(place.replica().pod.substr(4)); }
  bool free(int n) { return limit == 0 || in_service[n] < limit; }

  // Those granted since: they were the first in the queue, each on a replica with the fewest.
  void check_granted() {
    for (Waiting* waiting : granted) {
      const auto call =
          std::ranges::find_if(calls, [&](const Call& c) { return &c.waiting == waiting; });
      ASSERT_FALSE(queue.empty());
      ASSERT_EQ(call->number, queue.front());
      queue.pop_front();
      check_started(waiting->place);
    }
    granted.clear();
  }
  void check_started(const Place& place) {
    const int n = number_of(place);
    ASSERT_TRUE(std::ranges::find(listed, n) != listed.end());
    ASSERT_TRUE(free(n));
    for (const int other : listed) {
      if (free(other)) {
        ASSERT_LE(in_service[n], in_service[other]);
      }
    }
    ++in_service[n];
  }
  void check_nobody_waits_for_nothing() {
    if (queue.empty()) return;
    for (const int n : listed) ASSERT_FALSE(free(n)) << n << " is free and a call waits";
  }
};

TEST(Balancer, KeepsItsPromisesThroughRandomSteps) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    std::mt19937 random(seed);
    Balancer balancer;
    Model model;
    balancer.route(routes_of({}), kStart);
    const auto f = balancer.find("f");
    int next = 0;
    for (int step = 0; step < 2'000; ++step) {
      switch (random() % 8) {
        case 0: {  // the cluster changes
          model.listed.clear();
          for (int n = 1; n <= 6; ++n) {
            if (random() % 3 != 0) model.listed.push_back(n);
          }
          std::shuffle(model.listed.begin(), model.listed.end(), random);
          model.limit = random() % 4;
          balancer.route(routes_of(model.listed, model.limit, 1'000), kStart);
          break;
        }
        case 1:
        case 2:
        case 3: {  // a call comes
          Place place = f->take(Taker::call, kStart);
          auto& call = model.calls.emplace_back();
          call.number = next++;
          call.waiting.order = &model.granted;
          if (place) {
            ASSERT_TRUE(model.queue.empty());
            model.check_started(place);
            call.waiting.place = std::move(place);
          } else {
            ASSERT_TRUE(f->enqueue(call.waiting));
            model.queue.push_back(call.number);
          }
          break;
        }
        default: {  // a call ends, or its caller goes away
          if (model.calls.empty()) break;
          auto call = model.calls.begin();
          std::advance(call, static_cast<long>(random() % model.calls.size()));
          if (call->waiting.place) {
            --model.in_service[Model::number_of(call->waiting.place)];
            call->waiting.place.give_back();
          } else {
            std::erase(model.queue, call->number);
          }
          // A grant needs its call to be there still: look before it goes.
          model.check_granted();
          model.calls.erase(call);
        }
      }
      model.check_granted();
      model.check_nobody_waits_for_nothing();
      ASSERT_EQ(f->waiting(), model.queue.size());
      if (HasFatalFailure()) FAIL() << "seed " << seed << ", step " << step;
    }
  }
}

}  // namespace balancer_test
}  // namespace thaw::gateway
