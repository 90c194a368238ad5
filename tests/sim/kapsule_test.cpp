// The scenario files themselves: every check of every one holds, and the GPU node takes the ten
// minutes that were observed.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "engine/scenario/load.hpp"
#include "sim/wait_ledger.hpp"
#include "tests/sim/own_process.hpp"
#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace kapsule_test {

constexpr const char* kKapsule = "scenarios/slimfaas-kapsule";

// What comes before the first byte flows is the same without image and model, and many such runs
// fit one process.
Scenario without_flows() {
  Scenario scenario = load_scenario(kKapsule);
  scenario.functions[0].image = Bytes(0);
  scenario.functions[0].model.reset();
  scenario.steps.clear();
  scenario.checks.clear();
  scenario.until = 25min;
  return scenario;
}

double gpu_allocatable_min(const Scenario& scenario, std::uint64_t seed) {
  const RunResult result = simulate(scenario, options_for(scenario, seed));
  const auto times = times_in(result.timeline, "gpu-1", "allocatable");
  EXPECT_EQ(times.size(), 1u) << "seed " << seed;
  return times.empty() ? 0 : seconds(times.front()) / 60;
}

TEST(Kapsule, GpuIsAllocatableAfterTenMinutesGiveOrTakeTwo) {
  EXPECT_NEAR(gpu_allocatable_min(without_flows(), 1), 10, 2);
}

TEST(Kapsule, MedianTimeToTheGpuIsTheObservedTenMinutes) {
  const Scenario scenario = without_flows();
  std::vector<double> minutes;
  for (std::uint64_t seed = 1; seed <= 200; ++seed)
    minutes.push_back(gpu_allocatable_min(scenario, seed));
  std::sort(minutes.begin(), minutes.end());
  const double median = (minutes[99] + minutes[100]) / 2;
  // Half a scan of 10 s on top of the median of 10 min. A sample median of 200 lognormals with
  // sigma = ln(12/10)/1.645 = 0.11 is off by 0.1 min (1.25 sigma/√200) in one of three such lists.
  EXPECT_GE(median, 9.7);
  EXPECT_LE(median, 10.5);
  EXPECT_LT(minutes.front(), 9);
  EXPECT_GT(minutes.back(), 11);
}

TEST(Kapsule, LeavingOutTheFlowsChangesNothingBeforeThem) {
  const double with_flows = std::stod(from_own_process([] {
    Scenario scenario = load_scenario(kKapsule);
    scenario.until = 12min;
    return std::to_string(gpu_allocatable_min(scenario, 1));
  }));
  EXPECT_NEAR(gpu_allocatable_min(without_flows(), 1), with_flows, 1e-6);
}

// Stage by stage by hand. The pod is made at 0 and the call comes at 1 s, before cluster-autoscaler
// looks (each 10 s); SlimFaas sees the pod at its next poll, and the call looks each 10 ms.
TEST(Kapsule, ColdStartIsTheSumOfItsStages) {
  in_own_process([] {
    Scenario scenario = load_scenario(std::string(kKapsule) + "/cold-call-patient");
    scenario.checks.clear();
    scenario.steps.front().at->offset = 1s;
    scenario.cluster.pools[1].provisioning.total = Distribution::constant(10min);
    FunctionSpec& ollama = scenario.functions.front();
    ollama.container_start = Distribution::constant(1s);
    ollama.model_load = Distribution::constant(1500ms);
    const RunResult result = simulate(scenario, options_for(scenario));
    const auto& cold = result.summary.functions.at("ollama").cold_starts;
    ASSERT_TRUE(cold);
    const auto stage = [&](ColdStage s) { return cold->stages_s[static_cast<std::size_t>(s)]; };
    const double ordered = seconds(times_in(result.timeline, "gpu-1", "ordered").front());
    EXPECT_EQ(stage(ColdStage::policy), 0);
    EXPECT_NEAR(stage(ColdStage::node_order), std::max(0.0, ordered - 1), 1e-9);
    EXPECT_NEAR(stage(ColdStage::boot), 0.35 * 600 - std::max(0.0, 1 - ordered), 1e-6);
    EXPECT_NEAR(stage(ColdStage::join), 0.15 * 600, 1e-6);
    EXPECT_NEAR(stage(ColdStage::gpu), 0.50 * 600, 1e-6);
    EXPECT_EQ(stage(ColdStage::schedule), 0);
    EXPECT_NEAR(stage(ColdStage::image), 1.9 * (1 << 30) / 60e6, 1e-6);  // 1.9 GiB at 60 MB/s
    EXPECT_NEAR(stage(ColdStage::container), 1 + 10, 1e-9);              // and `sleep 10`
    EXPECT_NEAR(stage(ColdStage::model), 638e6 / 500e6, 1e-6);
    EXPECT_NEAR(stage(ColdStage::load), 1.5, 1e-9);
    EXPECT_LE(stage(ColdStage::ready), 1.01);
    EXPECT_EQ(stage(ColdStage::queue), 0);
    EXPECT_NEAR(std::accumulate(cold->stages_s.begin(), cold->stages_s.end(), 0.0),
                cold->wait_s.mean, 1e-9);
    // The call waits for all but its service, which it has alone.
    const Summary::Function& function = result.summary.functions.at("ollama");
    EXPECT_NEAR(cold->wait_s.mean, function.wait_s->mean, 1e-9);
  });
}

std::vector<std::string> scenario_files() {
  std::vector<std::string> files;
  for (const auto& folder : std::filesystem::directory_iterator("scenarios")) {
    if (!folder.is_directory()) continue;
    for (const auto& file : std::filesystem::directory_iterator(folder.path()))
      if (file.path().extension() == ".yaml") files.push_back(file.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class ScenarioFile : public testing::TestWithParam<std::string> {};

TEST_P(ScenarioFile, RunsAndAllItsChecksHold) {
  in_own_process([] {
    const Scenario scenario = load_scenario(GetParam());
    EXPECT_FALSE(scenario.checks.empty());
    RunOptions options = options_for(scenario);
    options.audit = true;
    const RunResult result = simulate(scenario, options);
    EXPECT_TRUE(result.summary.held());
    ASSERT_TRUE(result.summary.audit);
    EXPECT_GE(result.summary.audit->proofs.size(), 3U);
    for (const Summary::Audit::Proof& proof : result.summary.audit->proofs)
      EXPECT_TRUE(proof.held) << GetParam() << ": " << proof.name << ": " << proof.detail;
    for (const Summary::CheckResult& one : result.summary.checks)
      EXPECT_TRUE(one.held) << GetParam() << ": " << one.name << ": " << one.detail;
  });
}

INSTANTIATE_TEST_SUITE_P(
    All, ScenarioFile, testing::ValuesIn(scenario_files()), [](const auto& tested) {
      std::string name = std::filesystem::path(tested.param).parent_path().filename().string() +
                         "-" + std::filesystem::path(tested.param).stem().string();
      std::erase_if(name, [](unsigned char c) { return std::isalnum(c) == 0; });
      return name;
    });

TEST(Kapsule, HasTheFlowAndItsVariants) { EXPECT_GE(scenario_files().size(), 15u); }

// Each kind of check, made false: it fails, says what was seen, and the run is not held.
TEST(Kapsule, OneCheckMadeFalseFailsAndSaysWhatWasSeen) {
  struct Row {
    Check::Kind kind;
    Duration instant;
    const char* expect;
    const char* says;
  };
  for (const Row& row :
       {Row{Check::Kind::at, 1s, "nodes(gpu) == 1", "nodes(gpu) = 0 at 1s"},
        Row{Check::Kind::by, 2min, "ready(ollama) >= 1", "ready(ollama) = 0"},
        Row{Check::Kind::always, 0s, "replicas(ollama) == 0", "replicas(ollama) = 1"},
        Row{Check::Kind::never, 0s, "nodes(gpu) == 1", "nodes(gpu) = 1"},
        Row{Check::Kind::end, 0s, "desired(ollama) == 7", "desired(ollama) = 1"},
        Row{Check::Kind::at, 1h, "nodes(gpu) == 1", "the run ended at"}}) {
    Scenario scenario = without_flows();
    scenario.checks = {check("true", Check::Kind::at, 1s, "nodes(gpu) == 0"),
                       check("false", row.kind, row.instant, row.expect)};
    const RunResult result = simulate(scenario, options_for(scenario));
    ASSERT_EQ(result.summary.checks.size(), 2u);
    EXPECT_TRUE(result.summary.checks[0].held);
    const Summary::CheckResult& failed = result.summary.checks[1];
    EXPECT_FALSE(failed.held) << row.expect;
    EXPECT_NE(failed.detail.find(row.says), std::string::npos) << failed.detail;
    EXPECT_TRUE(failed.at_s);
    EXPECT_FALSE(result.summary.held());
  }
}

}  // namespace kapsule_test
}  // namespace thaw::sim
