// The auditor against books that are right, and against the same books with one entry off: by one
// nanosecond, one millionth of a node for a nanosecond, one micro-cent. The books are a run's own;
// only here is anything altered.
#include "sim/audit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "sim/run.hpp"
#include "tests/sim/scenario_builder.hpp"

namespace thaw::sim {
namespace audit_test {

// Two functions, called every 7 s for services of 9 s: the first call of each waits for a node that
// is ordered for it, the others in an ever longer queue. A node is billed by the minute.
Scenario busy() {
  Scenario scenario = platform(k081);
  scenario.cluster.pools.front().machine.cpu = Millicores(200);
  scenario.cluster.pools.push_back(pool("work", 0, 3));
  scenario.cluster.pools.back().machine.billing_unit = 1min;
  scenario.cluster.pools.back().machine.price.per_hour = 777'777'777;
  for (const char* name : {"f", "g"}) {
    FunctionSpec& f = add_function(scenario, name);
    f.container_start = Distribution::constant(4321987654ns);
    f.service.duration = Distribution::constant(9s);
    workload_of(scenario, f).requests.cpu = Millicores(1000);
  }
  for (const char* name : {"f", "g"}) {
    Step calls = step(std::string("call ") + name, 3s, Method::post,
                      std::string("/function/") + name + "/x");
    calls.count = 40;
    calls.every = 7s;
    scenario.steps.push_back(calls);
  }
  scenario.until = 40min;
  return scenario;
}

Books books_of(const Scenario& scenario) {
  RunOptions options = options_for(scenario);
  options.audit = true;
  Run run(scenario, options);
  run.play();
  return run.books();
}

const Summary::Audit::Proof& proof(const Summary::Audit& audit, const std::string& name) {
  for (const Summary::Audit::Proof& one : audit.proofs)
    if (one.name == name) return one;
  throw std::runtime_error("no proof " + name);
}

const Books& honest() {
  static const Books books = books_of(busy());
  return books;
}

TEST(Audit, HoldsForARunAndSaysHowMuchItAddedUp) {
  const Summary::Audit result = audit(honest());
  ASSERT_EQ(result.proofs.size(), 5U);
  for (const auto& one : result.proofs) EXPECT_TRUE(one.held) << one.name << ": " << one.detail;
  EXPECT_GT(honest().waits.size(), 20U);
  EXPECT_EQ(proof(result, "waits").detail.find(std::to_string(honest().waits.size())), 0U);
}

struct Leak {
  const char* name;
  const char* proof;  // that finds it
  std::function<void(Books&)> plant;
};

const std::size_t kImage = static_cast<std::size_t>(ColdStage::image);
const std::size_t kColdStart = static_cast<std::size_t>(Part::cold_start);
const std::size_t kUseful = static_cast<std::size_t>(Part::useful);
constexpr Wide kMicroCent = 10;  // billionths of a euro

class PlantedLeak : public testing::TestWithParam<Leak> {};

TEST_P(PlantedLeak, IsFoundByTheProofItConcerns) {
  Books books = honest();
  GetParam().plant(books);
  const Summary::Audit result = audit(books);
  const auto& found = proof(result, GetParam().proof);
  EXPECT_FALSE(found.held);
  EXPECT_NE(found.detail, "");
}

INSTANTIATE_TEST_SUITE_P(
    All, PlantedLeak,
    testing::Values(
        Leak{"ANanosecondOfAStage", "waits", [](Books& b) { ++b.waits.back().stages[kImage]; }},
        Leak{"ANanosecondFromStageToStage", "waits",
             [](Books& b) {
               for (auto& line : b.waits) {
                 if (!line.cold) continue;
                 ++line.stages[kImage];
                 --line.stages.back();
                 return;
               }
             }},
        Leak{"ANanosecondOfAWait", "waits",
             [](Books& b) {
               b.waits.back().began.since_epoch += Duration{1};
               b.waits.back().stages.back() += Duration{1};
             }},
        Leak{"AWaitWithoutALine", "waits", [](Books& b) { b.waits.pop_back(); }},
        Leak{"ANanosecondOfANode", "nodes",
             [](Books& b) { b.nodes.back().booked += Ledger::kWhole; }},
        Leak{"AMillionthOfANodeForANanosecond", "nodes",
             [](Books& b) { ++b.pools[1].booked[0][kUseful]; }},
        Leak{"ALifeThatIsLongerThanItsBill", "nodes",
             [](Books& b) { b.nodes.front().until.since_epoch += Duration{1}; }},
        Leak{"AMicroCentOfAPart", "money",
             [](Books& b) { b.pools[1].bill.nanomoney[kUseful] += kMicroCent; }},
        Leak{"AMicroCentOfAFunction", "money",
             [](Books& b) { b.pools[1].bill.by_function[1][kColdStart] -= kMicroCent; }},
        Leak{"AMicroCentFromFunctionToNobodysOtherPart", "money",
             [](Books& b) {
               b.pools[1].bill.by_function[0][kUseful] -= kMicroCent;
               b.pools[1].bill.by_function[2][kColdStart] += kMicroCent;
             }},
        Leak{"ABillionthOfABill", "money", [](Books& b) { ++b.pools[0].bill.total; }},
        Leak{"ANanosecondOfAQueue", "little's law",
             [](Books& b) { ++b.functions[0].queued.nanoseconds; }},
        Leak{"ANanosecondOfService", "little's law",
             [](Books& b) { --b.functions[1].stays.served; }},
        Leak{"ANegativeStage", "signs",
             [](Books& b) { b.waits.front().stages[kImage] = Duration{-1}; }},
        Leak{"ANegativePart", "signs", [](Books& b) { b.pools[1].booked[2][kColdStart] = -1; }}),
    [](const auto& tested) { return std::string(tested.param.name); });

// Whatever comes and goes at random, under policies and faults; each run has its own.
TEST(Audit, HoldsWithTimeOutsFaultsAndRequestsUnderWay) {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6, 7, 8}) {
    Scenario scenario = busy();
    scenario.functions[0].service.duration = Distribution::exponential(20s);
    scenario.functions[1].service.queue = QueuePlace::central;
    Fault loss;
    loss.kind = Fault::Kind::node_loss;
    loss.name = "loss";
    loss.pool = "work";
    loss.at = {3min, Instant::Anchor::start, ""};
    Fault crash;
    crash.name = "crash";
    crash.at = {4min, Instant::Anchor::start, ""};
    crash.down = 20s;
    scenario.faults = {loss, crash};
    scenario.until = Duration(5min) + Duration(static_cast<std::int64_t>(seed));
    RunOptions options = options_for(scenario, seed);
    options.audit = true;
    const RunResult result = simulate(scenario, options);
    ASSERT_TRUE(result.summary.audit);
    for (const auto& one : result.summary.audit->proofs)
      EXPECT_TRUE(one.held) << seed << ": " << one.name << ": " << one.detail;
  }
}

// An order that the cloud has no machine for is in no book: it costs nothing.
TEST(Audit, HoldsWhileTheCloudHasNoMachines) {
  for (const bool silent : {false, true}) {
    Scenario scenario = busy();
    Fault out;
    out.kind = Fault::Kind::stock_out;
    out.name = "out";
    out.pool = "work";
    out.at = {0s, Instant::Anchor::start, ""};
    out.lasts = 10min;
    out.silent = silent;
    scenario.faults = {out};
    RunOptions options = options_for(scenario);
    options.audit = true;
    const RunResult result = simulate(scenario, options);
    EXPECT_TRUE(std::any_of(result.timeline.begin(), result.timeline.end(), [](const auto& event) {
      return event.kind == EventKind::node && event.what == "ordered";
    }));
    for (const auto& one : result.summary.audit->proofs)
      EXPECT_TRUE(one.held) << silent << ": " << one.name << ": " << one.detail;
  }
}

TEST(Audit, IsThereOnlyWhenAskedFor) {
  const Scenario scenario = busy();
  EXPECT_FALSE(simulate(scenario, options_for(scenario)).summary.audit);
}

}  // namespace audit_test
}  // namespace thaw::sim
