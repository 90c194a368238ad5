// Parameters hidden in a scenario are found again in what was recorded of it. Each of a hundred
// runs is a trial; with 95 % intervals at most 11 of 100 may miss (99.6 % of the time).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/app/command.hpp"

namespace thaw::test {
namespace recorded_test {

constexpr int kTrials = 100;

TEST(Calibrate, FindsHiddenParametersInRecordings) {
  // tests/calibration/hidden/scenario.yaml
  const std::map<std::pair<std::string, std::string>, double> hidden = {
      {{"provisioning", "median_s"}, 180},
      {{"provisioning", "p95_s"}, 300},
      {{"containerStart", "median_s"}, 1.4},
      {{"containerStart", "p95_s"}, 4},
      {{"service", "mean_s"}, 2},
      {{"service", "cv"}, 0.8}};
  std::map<std::pair<std::string, std::string>, int> held;
  const std::string file = testing::TempDir() + "hidden.jsonl";
  for (int seed = 1; seed <= kTrials; ++seed) {
    const Outcome run =
        thaw_command({"run", "tests/calibration/hidden", "--policy", "worker=fixed:replicas=20",
                      "--seed", std::to_string(seed), "--record", file});
    ASSERT_EQ(run.code, 0) << run.err;
    const Outcome said = thaw_command({"calibrate", file, "--format", "json"});
    ASSERT_EQ(said.code, 0) << said.err;
    const auto all = nlohmann::json::parse(said.out);
    for (const auto& one : all.at("fitted")) {
      for (const auto& [what, truth] : hidden) {
        if (one.at("quantity") != what.first) continue;
        const auto interval = one.at(what.second).at("ci95").get<std::pair<double, double>>();
        held[what] += interval.first <= truth && truth <= interval.second ? 1 : 0;
      }
    }
  }
  std::filesystem::remove(file);
  for (const auto& [what, truth] : hidden) {
    EXPECT_GE(held[what], 89) << what.first << " " << what.second;
    EXPECT_LT(held[what], kTrials) << what.first << ": intervals that are too wide say nothing";
  }
}

// tests/calibration/hidden-ages: scraped each 7 s, told 12 s later, looked at each 15 s.
TEST(Calibrate, FindsHowMetricsComeInHowOldTheyWere) {
  const std::string folder = testing::TempDir() + "ages/";
  std::filesystem::remove_all(folder);
  std::filesystem::copy("tests/calibration/hidden-ages", folder);
  const std::string file = folder + "ages.jsonl", variant = folder + "observed.yaml";
  ASSERT_EQ(thaw_command({"run", folder, "--record", file}).code, 0);
  const Outcome said = thaw_command({"calibrate", file, "--out", variant, "--format", "json"});
  ASSERT_EQ(said.code, 0) << said.err;
  bool found = false;
  const auto all = nlohmann::json::parse(said.out);
  for (const auto& one : all.at("fitted")) {
    if (one.at("quantity") != "metric age") continue;
    found = true;
    const auto holds = [&](const char* what, double truth) {
      const auto interval = one.at(what).at("ci95").get<std::pair<double, double>>();
      return interval.first <= truth && truth <= interval.second;
    };
    EXPECT_TRUE(holds("width_s", 7)) << said.out;
    EXPECT_TRUE(holds("least_s", 12)) << said.out;
  }
  EXPECT_TRUE(found) << said.out;
  std::ifstream in(variant);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_NE(text.find("metrics: {scrape: "), std::string::npos) << text;
  EXPECT_EQ(thaw_command({"run", folder + "observed"}).code, 0);
  std::filesystem::remove_all(folder);
}

TEST(Calibrate, WritesAVariantThatRuns) {
  const std::string folder = testing::TempDir() + "calibrated/";
  std::filesystem::remove_all(folder);
  std::filesystem::copy("tests/calibration/hidden", folder);
  const std::vector<std::string> policy = {"--policy", "worker=fixed:replicas=20"};
  ASSERT_EQ(
      thaw_command({"run", folder, policy[0], policy[1], "--record", folder + "r.jsonl"}).code, 0);
  ASSERT_EQ(thaw_command({"calibrate", folder + "r.jsonl", "--out", folder + "observed.yaml"}).code,
            0);
  const Outcome again = thaw_command({"run", folder + "observed", policy[0], policy[1]});
  EXPECT_EQ(again.code, 0) << again.err;
  std::filesystem::remove_all(folder);
}

}  // namespace recorded_test
}  // namespace thaw::test
