// The clairvoyant optimum: against brute force, against fixed keep-alive and break-even, at the
// worst of break-even, and as a bound for requests that may wait.
#include "sim/study/optimum.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "engine/random.hpp"

namespace thaw::sim {
namespace optimum_test {

using Requests = std::vector<FutureRequest>;

constexpr TimePoint at_s(std::int64_t s) { return {Duration{s * 1'000'000'000}}; }

Requests requests_of(std::initializer_list<std::pair<int, int>> arrivals_and_services) {
  Requests requests;
  for (const auto& [arrival, service] : arrivals_and_services)
    requests.push_back({at_s(arrival), std::chrono::seconds(service)});
  return requests;
}

// In whole seconds below `span`, services in 1 … `longest`.
Requests random_requests(Random& random, std::size_t most, std::uint64_t span,
                         std::uint64_t longest) {
  Requests requests(1 + random.below(most));
  for (FutureRequest& request : requests)
    request = {at_s(static_cast<std::int64_t>(random.below(span))),
               std::chrono::seconds(1 + random.below(longest))};
  std::sort(requests.begin(), requests.end(),
            [](const auto& a, const auto& b) { return a.arrival < b.arrival; });
  return requests;
}

// --- whoever keeps idle replicas for a time of its own, and takes the one that was idle last ---

double cost_of_keeping(const OptimumQuestion& question, Duration keep) {
  struct Replica {
    TimePoint created, free;
  };
  std::vector<Replica> replicas;
  Duration alive{0};
  double starts = 0;
  for (const FutureRequest& request : question.requests) {
    std::erase_if(replicas, [&](const Replica& r) {
      if (r.free + keep >= request.arrival) return false;
      alive += std::min(r.free + keep, question.end) - r.created;
      return true;
    });
    Replica* latest = nullptr;
    for (Replica& r : replicas)
      if (r.free <= request.arrival && (!latest || r.free > latest->free)) latest = &r;
    if (!latest) {
      latest = &replicas.emplace_back(Replica{request.arrival, {}});
      ++starts;
    }
    latest->free = request.arrival + request.service;
  }
  for (const Replica& r : replicas)
    alive += std::min(std::min(r.free, question.end) + keep, question.end) - r.created;
  return question.keep_per_s * seconds(alive) + question.start_cost * starts;
}

Duration break_even(const OptimumQuestion& question) {
  return Duration{static_cast<std::int64_t>(question.start_cost / question.keep_per_s * 1e9)};
}

// --- brute force: every assignment of requests to replicas, at every whole second they may begin
// at ---

class BruteForce {
 public:
  explicit BruteForce(const OptimumQuestion& question) : question_(question) {
    for (const FutureRequest& request : question.requests) begins_.push_back(request.arrival);
    delay(0);
  }
  double least() const { return least_; }

 private:
  void delay(std::size_t i) {
    if (i == begins_.size()) {
      order_.resize(i);
      for (std::size_t k = 0; k < i; ++k) order_[k] = k;
      std::stable_sort(order_.begin(), order_.end(),
                       [this](std::size_t a, std::size_t b) { return begins_[a] < begins_[b]; });
      replicas_.clear();
      return assign(0, 0);
    }
    const TimePoint arrival = question_.requests[i].arrival;
    for (Duration wait{0}; wait <= question_.wait_allowed; wait += 1s) {
      begins_[i] = arrival + wait;
      delay(i + 1);
    }
  }

  void assign(std::size_t k, double paid) {
    if (paid >= least_) return;
    if (k == order_.size() || begins_[order_[k]] >= question_.end) {
      least_ = paid;
      return;
    }
    const TimePoint begin = begins_[order_[k]];
    const TimePoint end = begin + question_.requests[order_[k]].service;
    for (std::size_t r = 0; r < replicas_.size(); ++r) {
      if (replicas_[r].at_work(begin) == question_.slots) continue;
      const Replica before = replicas_[r];
      const double more = serve(replicas_[r], begin, end);
      assign(k + 1, paid + more);
      replicas_[r] = before;
    }
    replicas_.push_back({{}, begin});
    const double first = serve(replicas_.back(), begin, end) + question_.start_cost;
    assign(k + 1, paid + first);
    replicas_.pop_back();
  }

  struct Replica {
    std::vector<TimePoint> ends;
    TimePoint busy_until;
    int at_work(TimePoint now) const {
      return static_cast<int>(
          std::count_if(ends.begin(), ends.end(), [&](TimePoint end) { return end > now; }));
    }
  };

  // What it costs from when it was last busy.
  double serve(Replica& replica, TimePoint begin, TimePoint end) const {
    const TimePoint idle_until = std::max(begin, replica.busy_until);
    const double before = gap(idle_until - replica.busy_until);
    replica.ends.push_back(end);
    replica.busy_until = std::max(replica.busy_until, end);
    const Duration busy = std::min(replica.busy_until, question_.end) - idle_until;
    return before + question_.keep_per_s * seconds(std::max(busy, Duration{0}));
  }

  double gap(Duration length) const {
    double least = std::min(question_.keep_per_s * seconds(length), question_.start_cost);
    for (const auto& half : question_.halfway)
      if (length > 0s) least = std::min(least, half.keep_per_s * seconds(length) + half.start_cost);
    return least;
  }

  const OptimumQuestion& question_;
  std::vector<TimePoint> begins_;
  std::vector<Replica> replicas_;
  std::vector<std::size_t> order_;
  double least_ = std::numeric_limits<double>::infinity();
};

// --- D = 0 ---

TEST(Optimum, PaysForServiceForOneStartAndForGapsThatAreCheaperKept) {
  // Gaps of 2 s and 9 s; keeping costs 1 a second, a start 5.
  const Optimum best = optimum({.requests = requests_of({{0, 1}, {3, 1}, {13, 1}}),
                                .keep_per_s = 1,
                                .start_cost = 5,
                                .end = at_s(100)});
  EXPECT_DOUBLE_EQ(best.serving, 3);
  EXPECT_DOUBLE_EQ(best.keeping, 2);
  EXPECT_DOUBLE_EQ(best.starting, 10);
  EXPECT_DOUBLE_EQ(best.total, 15);
  EXPECT_EQ(best.starts, 2);
  EXPECT_EQ(best.layers, 1);
  EXPECT_TRUE(best.exact());
}

TEST(Optimum, PassesAReplicaOnAtTheVeryInstant) {
  const Optimum best = optimum({.requests = requests_of({{0, 2}, {2, 2}, {2, 1}}),
                                .keep_per_s = 1,
                                .start_cost = 5,
                                .end = at_s(100)});
  EXPECT_EQ(best.starts, 2);  // two at once from 2 s on, of which one is handed over
  EXPECT_DOUBLE_EQ(best.total, 5 + 10);
}

TEST(Optimum, ClosesItsBooksAtTheEnd) {
  const Optimum best = optimum({.requests = requests_of({{0, 1}, {8, 5}, {10, 1}, {11, 1}}),
                                .keep_per_s = 1,
                                .start_cost = 50,
                                .end = at_s(10)});
  EXPECT_DOUBLE_EQ(best.serving, 1 + 2);  // the last two come when it is over
  EXPECT_DOUBLE_EQ(best.keeping, 7);
  EXPECT_EQ(best.starts, 1);
  EXPECT_EQ(optimum({.end = at_s(10)}).total, 0);
}

TEST(Optimum, OfRequestsThatTakeNoTimeNeedsOneReplicaAtTheirInstants) {
  const Optimum best = optimum({.requests = requests_of({{1, 0}, {1, 0}, {3, 0}}),
                                .keep_per_s = 1,
                                .start_cost = 50,
                                .end = at_s(10)});
  EXPECT_EQ(best.starts, 1);
  EXPECT_DOUBLE_EQ(best.total, 52);
}

TEST(Optimum, UsesLevelsBetweenWhereTheyAreCheapest) {
  // Of a gap of 10 s: kept 10, halfway 3 + 10 × 0.1, gone 8. Of 100 s: 100, 13, 8.
  const Optimum best = optimum({.requests = requests_of({{0, 1}, {11, 1}, {112, 1}}),
                                .keep_per_s = 1,
                                .start_cost = 8,
                                .halfway = {{0.1, 3}},
                                .end = at_s(1000)});
  EXPECT_DOUBLE_EQ(best.total, 3 + (8 + 4 + 8));
  EXPECT_EQ(best.starts, 2);
}

TEST(Optimum, IsWhatBruteForceFinds) {
  Random random(1, "optimum/brute force");
  for (int trial = 0; trial < 2000; ++trial) {
    OptimumQuestion question;
    question.requests = random_requests(random, 7, 40, 8);
    question.keep_per_s = 1;
    question.start_cost = static_cast<double>(random.below(15));
    if (random.below(3) == 0) question.halfway = {{0.25, static_cast<double>(1 + random.below(6))}};
    if (!question.halfway.empty() && question.halfway[0].start_cost > question.start_cost)
      question.halfway.clear();  // dearer to start from than nothing
    question.end = at_s(static_cast<std::int64_t>(10 + random.below(45)));
    EXPECT_NEAR(optimum(question).total, BruteForce(question).least(), 1e-9) << trial;
  }
}

// Two or three requests in one replica. Who began in different ones cannot come together, which the
// bound does not know: it is met in most cases, and never exceeded.
TEST(Optimum, OfReplicasWithSlotsIsHardlyEverLessThanBruteForceFinds) {
  Random random(1, "optimum/slots");
  int met = 0, cheaper = 0;
  constexpr int kTrials = 2000;
  for (int trial = 0; trial < kTrials; ++trial) {
    OptimumQuestion question;
    question.requests = random_requests(random, 6, 25, 8);
    question.keep_per_s = 1;
    question.start_cost = static_cast<double>(random.below(15));
    question.end = at_s(static_cast<std::int64_t>(10 + random.below(45)));
    const double alone = optimum(question).total;
    question.slots = static_cast<int>(2 + random.below(2));
    const Optimum best = optimum(question);
    const double least = BruteForce(question).least();
    EXPECT_LE(best.total, least + 1e-9) << trial;
    EXPECT_FALSE(best.exact());
    met += best.total > least - 1e-9;
    cheaper += best.total < alone - 1e-9;
  }
  EXPECT_GT(met, kTrials * 3 / 4);
  EXPECT_GT(cheaper, kTrials / 2) << "slots are hardly ever of use";
}

TEST(Optimum, IsNoDearerThanAnyKeepAliveAndBreakEvenIsWithinTwice) {
  Random random(1, "optimum/policies");
  double worst = 1;
  for (int trial = 0; trial < 10'000; ++trial) {
    OptimumQuestion question;
    question.requests = random_requests(random, 40, 10 + random.below(2000), 1 + random.below(60));
    question.keep_per_s = 0.5 + random.uniform();
    question.start_cost = 100 * random.uniform();
    question.end = at_s(static_cast<std::int64_t>(100 + random.below(2200)));
    if (question.requests.front().arrival >= question.end) continue;
    std::erase_if(question.requests,
                  [&](const FutureRequest& r) { return r.arrival >= question.end; });
    const double best = optimum(question).total;
    for (const Duration keep : {Duration{0s}, Duration{1s}, Duration{10s}, Duration{60s},
                                Duration{600s}, Duration{86'400s}})
      EXPECT_LE(best, cost_of_keeping(question, keep) + 1e-6) << trial << ", " << to_text(keep);
    const double even = cost_of_keeping(question, break_even(question));
    EXPECT_GE(even, best - 1e-6) << trial;
    EXPECT_LE(even, 2 * best + 1e-6) << trial;
    worst = std::max(worst, even / best);
  }
  EXPECT_GT(worst, 1.3) << "the traces do not try break-even at all";
}

// One request again and again, just after break-even has let its replica go: it pays the start and
// before that as much for keeping.
TEST(Optimum, AnAdversaryMakesBreakEvenCostNearlyTwice) {
  OptimumQuestion question{.keep_per_s = 1, .start_cost = 100, .end = at_s(1'000'000)};
  for (int i = 0; i < 1000; ++i) question.requests.push_back({TimePoint{i * (100s + 2ms)}, 1ms});
  const double ratio = cost_of_keeping(question, break_even(question)) / optimum(question).total;
  EXPECT_GT(ratio, 1.99);
  EXPECT_LE(ratio, 2);
}

// --- D > 0 ---

TEST(OptimumWithWaits, NeverExceedsWhatBruteForceFinds) {
  Random random(1, "optimum/waits");
  int met = 0;
  constexpr int kTrials = 1500;
  for (int trial = 0; trial < kTrials; ++trial) {
    OptimumQuestion question;
    question.requests = random_requests(random, 5, 5 + random.below(40), 7);
    question.keep_per_s = 1;
    question.start_cost = static_cast<double>(random.below(15));
    if (random.below(3) == 0) question.halfway = {{0.25, question.start_cost / 2}};
    question.wait_allowed = std::chrono::seconds(1 + random.below(3));
    question.end = at_s(static_cast<std::int64_t>(5 + random.below(60)));
    const double bound = optimum(question).total, least = BruteForce(question).least();
    EXPECT_LE(bound, least + 1e-9) << trial;
    met += bound > least - 1e-9;
  }
  EXPECT_GT(met, kTrials / 4) << "a bound that is hardly ever met says little";
}

TEST(OptimumWithWaits, NeverExceedsBruteForceOfReplicasWithSlots) {
  Random random(1, "optimum/waits and slots");
  int met = 0;
  constexpr int kTrials = 1500;
  for (int trial = 0; trial < kTrials; ++trial) {
    OptimumQuestion question;
    question.requests = random_requests(random, 5, 5 + random.below(40), 7);
    question.keep_per_s = 1;
    question.start_cost = static_cast<double>(random.below(15));
    if (random.below(3) == 0) question.halfway = {{0.25, question.start_cost / 2}};
    question.wait_allowed = std::chrono::seconds(1 + random.below(3));
    question.slots = static_cast<int>(2 + random.below(2));
    question.end = at_s(static_cast<std::int64_t>(5 + random.below(60)));
    const double bound = optimum(question).total, least = BruteForce(question).least();
    EXPECT_LE(bound, least + 1e-9) << trial;
    met += bound > least - 1e-9;
  }
  EXPECT_GT(met, kTrials / 4) << "a bound that is hardly ever met says little";
}

// A call of a second every ten; each may wait 100 s, and a start costs 200. Any two that are 301 s
// apart are 200 s apart once both are served, and cost 200 more: over 3,000 s nine gaps of 200 or a
// little more and ten services. Services alone would be 300.
TEST(OptimumWithWaits, OfCallsThatComeAllTheTimeKnowsThatSomebodyHasToBeThere) {
  OptimumQuestion question{
      .keep_per_s = 1, .start_cost = 200, .wait_allowed = 100s, .end = at_s(4000)};
  for (int i = 0; i < 300; ++i) question.requests.push_back({at_s(10 * i), 1s});
  const Optimum best = optimum(question);
  EXPECT_GE(best.total, 10 * 200 + 9);
  EXPECT_LE(best.total, 3000 + 200 + 100);  // one replica all along
  EXPECT_DOUBLE_EQ(best.total, best.serving + best.keeping + best.starting);
}

TEST(OptimumWithWaits, GetsNoDearerWithLongerWaits) {
  Random random(1, "optimum/longer waits");
  for (int trial = 0; trial < 300; ++trial) {
    OptimumQuestion question;
    question.requests = random_requests(random, 30, 300, 30);
    question.keep_per_s = 1;
    question.start_cost = 20;
    question.slots = 1 + trial % 3;
    question.end = at_s(400);
    double before = std::numeric_limits<double>::infinity();
    for (int wait = 0; wait < 40; wait += 4) {
      question.wait_allowed = std::chrono::seconds(wait);
      const double bound = optimum(question).total;
      EXPECT_LE(bound, before + 1e-9) << trial << ", " << wait;
      before = bound;
    }
  }
}

TEST(OptimumWithWaits, ShortensGapsByTheWaitAndKeepsTheCoreOfEachLayer) {
  // Two at once for 10 s, again 20 s later: with 2 s of waiting the gap is 8 s for both layers, as
  // each may still be at work until 12 s.
  const Optimum best = optimum({.requests = requests_of({{0, 10}, {0, 10}, {20, 10}, {20, 10}}),
                                .keep_per_s = 1,
                                .start_cost = 9,
                                .wait_allowed = 2s,
                                .end = at_s(100)});
  EXPECT_DOUBLE_EQ(best.total, 40 + 2 * (9 + 8));
  EXPECT_EQ(best.layers, 2);
  EXPECT_FALSE(best.exact());
}

// --- nodes, distances ---

TEST(OptimumOfNodes, TakesTheCheapestShareOfANode) {
  // A card of eight at 80 an hour, or a whole one at 9.
  const NodeShare kinds[] = {{80.0 / 3600, 1, 8}, {9.0 / 3600, 1, 1}};
  EXPECT_DOUBLE_EQ(least_share_per_s(kinds), 9.0 / 3600);
  EXPECT_DOUBLE_EQ(least_share_per_s({kinds, 1}), 10.0 / 3600);
  EXPECT_FALSE(optimum({.end = at_s(1), .nodes_shared = true}).exact());
}

TEST(DistanceToTheOptimum, SaysWhereItComesFrom) {
  const Optimum best = optimum({.requests = requests_of({{0, 1}, {3, 1}, {13, 1}}),
                                .keep_per_s = 1,
                                .start_cost = 5,
                                .end = at_s(100)});
  const Paid paid{.serving = 3, .keeping = 16, .starting = 5, .unused = 6};
  const auto far = distance(paid, best);
  ASSERT_TRUE(far);
  EXPECT_DOUBLE_EQ(far->ratio, 2);
  EXPECT_DOUBLE_EQ(far->served_longer, 0);
  EXPECT_DOUBLE_EQ(far->kept_longer, 14);
  EXPECT_DOUBLE_EQ(far->started_more, -5);
  EXPECT_DOUBLE_EQ(far->nodes_unused, 6);
  EXPECT_DOUBLE_EQ(far->served_longer + far->kept_longer + far->started_more + far->nodes_unused,
                   paid.total() - best.total);
}

TEST(DistanceToTheOptimum, IsNeverToldAgainstABoundOfAnotherPromise) {
  OptimumQuestion question{.requests = requests_of({{0, 1}}), .keep_per_s = 1, .end = at_s(9)};
  Paid paid{.serving = 1, .longest_wait = 3s};
  EXPECT_FALSE(distance(paid, optimum(question)));
  question.wait_allowed = 3s;
  EXPECT_TRUE(distance(paid, optimum(question)));
  paid.not_served = 1;
  EXPECT_FALSE(distance(paid, optimum(question)));
}

}  // namespace optimum_test
}  // namespace thaw::sim
