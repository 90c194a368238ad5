// Same seed, same bytes; and when a policy is asked beyond what it asked for, nothing changes.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "engine/report/summary.hpp"
#include "engine/report/timeline.hpp"
#include "engine/scenario/load.hpp"
#include "policies/all.hpp"
#include "tests/sim/own_process.hpp"
#include "tests/sim/scenario_builder.hpp"

namespace thaw::sim {
namespace determinism_test {

constexpr const char* kBase = "scenarios/slimfaas-kapsule";
constexpr const char* kShortIdle = "scenarios/slimfaas-kapsule/short-idle";

// Everything that a run leaves behind.
std::string bytes_of(const std::string& scenario_path, std::uint64_t seed,
                     const PolicyInfo* instead = nullptr) {
  return from_own_process([&] {
    const Scenario scenario = load_scenario(scenario_path);
    const RunResult result = simulate(scenario, options_for(scenario, seed, instead));
    return to_json(result.summary) + to_jsonl(result.timeline, scenario.start) + result.series_csv;
  });
}

// Asks the policy inside it on a grid of 137 ms as well, which meets no other period.
class Restless final : public ScalingPolicy {
 public:
  explicit Restless(std::unique_ptr<ScalingPolicy> inner) : inner_(std::move(inner)) {}

  Wants wants() const override { return inner_->wants(); }
  Decision decide(const Observation& seen) override {
    Decision decision = inner_->decide(seen);
    constexpr std::int64_t kStep = 137'000'000;
    const TimePoint soon{Duration(seen.now.ns() / kStep * kStep + kStep)};
    decision.ask_again = std::min(decision.ask_again, soon);
    return decision;
  }
  void look(const Observation& seen) override { inner_->look(seen); }
  void reconfigure(const Spec& spec, Diagnostics& problems) override {
    inner_->reconfigure(spec, problems);
  }
  void save(StateWriter& out) const override { inner_->save(out); }
  bool restore(const StateReader& in) override { return inner_->restore(in); }

 private:
  std::unique_ptr<ScalingPolicy> inner_;
};

const PolicyInfo& restless_idle_timeout() {
  static const PolicyInfo info = [] {
    PolicyInfo made = *find_policy("idle_timeout");
    made.make = [](const Spec& spec, Diagnostics& problems) -> std::unique_ptr<ScalingPolicy> {
      return std::make_unique<Restless>(find_policy("idle_timeout")->make(spec, problems));
    };
    return made;
  }();
  return info;
}

TEST(Determinism, SameSeedGivesTheSameBytes) {
  const std::string first = bytes_of(kBase, 7);
  EXPECT_GT(first.size(), 10'000u);
  EXPECT_TRUE(bytes_of(kBase, 7) == first);
}

TEST(Determinism, AnotherSeedGivesOthers) {
  EXPECT_FALSE(bytes_of(kBase, 7) == bytes_of(kBase, 8));
}

TEST(Determinism, RunsInOneProcessDoNotTouchEachOther) {
  Scenario scenario = platform();
  add_gpu_function(scenario, "llm", 3).service.duration = Distribution::exponential(1s);
  Arrivals calls;
  calls.name = calls.function = "llm";
  calls.process.gap = Distribution::exponential(100s);
  calls.path = "/function/llm/";
  calls.until = 6h;
  scenario.arrivals = {calls};
  const auto bytes = [&] {
    const RunResult result = simulate(scenario, options_for(scenario));
    return to_json(result.summary) + to_jsonl(result.timeline, scenario.start) + result.series_csv;
  };
  const std::string first = bytes();
  EXPECT_TRUE(bytes() == first);
}

TEST(Determinism, SkippedTickIsUnobservable) {
  for (const char* variant : {"", "/short-idle", "/short-idle-081", "/slimfaas-081", "/node-loss",
                              "/crash-state-kept", "/crash-state-lost-without-default-up"}) {
    const std::string path = std::string(kBase) + variant;
    // Not EXPECT_EQ, which would print two series.
    EXPECT_TRUE(bytes_of(path, 1, &restless_idle_timeout()) == bytes_of(path, 1)) << path;
  }
}

TEST(Determinism, TheRestlessPolicyIsIndeedAskedMoreOften) {
  Scenario scenario = load_scenario(kShortIdle);
  scenario.functions[0].image = Bytes(0);  // no flows: in this very process
  scenario.functions[0].model.reset();
  const auto calm = simulate(scenario, options_for(scenario)).events;
  const auto restless =
      simulate(scenario, options_for(scenario, 1, &restless_idle_timeout())).events;
  EXPECT_GT(restless, calm + 25'000);  // 1 h of 137 ms is 26,277
}

}  // namespace determinism_test
}  // namespace thaw::sim
