#include "engine/report/replications.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/report/summary.hpp"

namespace thaw {
namespace replications_test {

using Json = nlohmann::ordered_json;

Summary summary_of(std::uint64_t seed, std::int64_t total, double replicas) {
  Summary summary;
  summary.scenario = "three";
  summary.seed = seed;
  summary.simulated_s = 100;
  Summary::Function& f = summary.functions["f"];
  f.requests.total = total;
  f.replicas_mean = replicas;
  f.scaled_by = "keep_alive";
  summary.cost.currency = "EUR";
  summary.checks = {{.name = "fine", .held = true, .at_s = 1.0, .detail = "a"}};
  return summary;
}

Replications merged(const std::vector<Summary>& summaries) {
  std::vector<std::string> texts;
  for (const Summary& one : summaries) texts.push_back(to_json(one));
  return merge_replications(texts, false);
}

Json json_of(const std::vector<Summary>& summaries) { return Json::parse(merged(summaries).json); }

// t(2 degrees of freedom, 95 %) = 4.30265 (any table).
constexpr double kT2 = 4.302652729696142;

TEST(Replications, ANumberBecomesItsMeanWithAnIntervalUnderTheSamePath) {
  const Json json =
      json_of({summary_of(5, 10, 1.5), summary_of(6, 12, 1.5), summary_of(7, 17, 1.5)});
  EXPECT_EQ(json["replications"], 3);
  EXPECT_EQ(json["seed"], 5);
  EXPECT_DOUBLE_EQ(json["functions"]["f"]["requests"]["total"].get<double>(), 13);
  // Deviations -3, -1, 4: variance 26/2 = 13, standard error sqrt(13/3).
  const Json& interval = json["ci95"]["functions"]["f"]["requests"]["total"];
  ASSERT_EQ(interval.size(), 2U);
  EXPECT_NEAR(interval[0].get<double>(), 13 - kT2 * std::sqrt(13. / 3), 1e-9);
  EXPECT_NEAR(interval[1].get<double>(), 13 + kT2 * std::sqrt(13. / 3), 1e-9);
  EXPECT_EQ(json["ci95"]["functions"]["f"]["replicas"]["mean"], (Json{1.5, 1.5}));
}

TEST(Replications, WordsAreTheFirstOnesAndLabelsHaveNoInterval) {
  const Json json = json_of({summary_of(5, 10, 1), summary_of(6, 12, 2)});
  EXPECT_EQ(json["schema"], "thaw.summary/v1");
  EXPECT_EQ(json["scenario"], "three");
  EXPECT_EQ(json["functions"]["f"]["scaled_by"], "keep_alive");
  EXPECT_EQ(json["cost"]["currency"], "EUR");
  for (const char* label : {"seed", "scenario", "schema", "checks", "notices", "replications"})
    EXPECT_FALSE(json["ci95"].contains(label)) << label;
  EXPECT_FALSE(json["ci95"]["functions"]["f"].contains("scaled_by"));
  EXPECT_EQ(json["ci95"]["simulated_s"], (Json{100., 100.}));
}

// 10, 12 and 17 make 13; 10 and 11 make a half. Averages stay what they are.
TEST(Replications, AWholeMeanOfCountsHasNoPoint) {
  const Json whole = json_of({summary_of(5, 10, 1), summary_of(6, 12, 1), summary_of(7, 17, 1)});
  EXPECT_EQ(whole["functions"]["f"]["requests"]["total"].dump(), "13");
  EXPECT_EQ(whole["functions"]["f"]["replicas"]["mean"].dump(), "1.0");
  EXPECT_EQ(whole["ci95"]["functions"]["f"]["requests"]["cold"].dump(), "[0,0]");
  const Json half = json_of({summary_of(5, 10, 1), summary_of(6, 11, 1)});
  EXPECT_EQ(half["functions"]["f"]["requests"]["total"].dump(), "10.5");
}

TEST(Replications, TheTextHasABillOnlyWhereThereArePools) {
  Summary one = summary_of(5, 10, 1);
  EXPECT_EQ(merged({one, one}).text.find("cost"), std::string::npos);
  one.pools["gpu"].cost = 2;
  one.cost.total = 2;
  EXPECT_NE(merged({one, one}).text.find("cost, EUR"), std::string::npos);
}

// A latency exists only where a call completed.
TEST(Replications, TheMeanIsOverThoseInWhichTheNumberExists) {
  std::vector<Summary> three = {summary_of(1, 0, 0), summary_of(2, 1, 1), summary_of(3, 1, 1)};
  three[1].functions["f"].latency_s = Summary::Spread{2, 2, 2, 2, 2, 2};
  three[2].functions["f"].latency_s = Summary::Spread{4, 4, 4, 4, 4, 4};
  const Json json = json_of(three);
  EXPECT_DOUBLE_EQ(json["functions"]["f"]["latency_s"]["p95"].get<double>(), 3);
  // t(1) = 12.7062; deviations -1 and 1: standard error sqrt(2/2) = 1.
  EXPECT_NEAR(json["ci95"]["functions"]["f"]["latency_s"]["p95"][1].get<double>(),
              3 + 12.706204736432095, 1e-9);
}

TEST(Replications, OneAloneHasAnIntervalOfNoWidth) {
  const Json json = json_of({summary_of(1, 10, 1.25)});
  EXPECT_EQ(json["replications"], 1);
  EXPECT_EQ(json["ci95"]["functions"]["f"]["replicas"]["mean"], (Json{1.25, 1.25}));
}

TEST(Replications, AProofHoldsIfItHoldsInAll) {
  std::vector<Summary> two = {summary_of(1, 1, 1), summary_of(2, 1, 1)};
  for (Summary& one : two) one.audit = Summary::Audit{{{"waits", true, "a"}, {"money", true, "b"}}};
  EXPECT_TRUE(merged(two).held);
  EXPECT_NE(merged(two).text.find("✓ audit: money  2/2"), std::string::npos);
  two[1].audit->proofs[1] = {"money", false, "off by 1"};
  const Replications result = merged(two);
  EXPECT_FALSE(result.held);
  EXPECT_EQ(Json::parse(result.json)["audit"]["proofs"][1]["held_in"], "1/2");
  EXPECT_NE(result.text.find("✗ audit: money  1/2"), std::string::npos) << result.text;
}

TEST(Replications, ACheckHoldsIfItHoldsInAll) {
  std::vector<Summary> three = {summary_of(1, 1, 1), summary_of(2, 1, 1), summary_of(3, 1, 1)};
  EXPECT_TRUE(merged(three).held);
  EXPECT_EQ(json_of(three)["checks"][0]["held_in"], "3/3");
  three[1].checks[0] = {.name = "fine", .held = false, .at_s = 2.0, .detail = "b"};
  three[2].checks[0] = {.name = "fine", .held = false, .at_s = 3.0, .detail = "c"};
  const Replications result = merged(three);
  EXPECT_FALSE(result.held);
  const Json check = Json::parse(result.json)["checks"][0];
  EXPECT_EQ(check["held"], false);
  EXPECT_EQ(check["held_in"], "1/3");
  EXPECT_EQ(check["detail"], "b") << "what was seen where it failed first";
  EXPECT_NE(result.text.find("✗ fine  1/3  b"), std::string::npos) << result.text;
}

// A step that was missed adds a failed check of its own to that run alone.
TEST(Replications, ACheckThatOnlyOneRunHasFailsInThatOneAlone) {
  std::vector<Summary> two = {summary_of(1, 1, 1), summary_of(2, 1, 1)};
  two[1].checks.push_back({.name = "tags", .held = false, .at_s = 9.0, .detail = "missed"});
  const Replications result = merged(two);
  EXPECT_FALSE(result.held);
  const Json checks = Json::parse(result.json)["checks"];
  ASSERT_EQ(checks.size(), 2U);
  EXPECT_EQ(checks[0]["held_in"], "2/2");
  EXPECT_EQ(checks[1]["name"], "tags");
  EXPECT_EQ(checks[1]["held"], false);
  EXPECT_EQ(checks[1]["detail"], "missed");
}

TEST(Replications, NoticesAreThoseOfAllEachOnce) {
  std::vector<Summary> two = {summary_of(1, 1, 1), summary_of(2, 1, 1)};
  two[0].notices = {"a", "b"};
  two[1].notices = {"b", "c"};
  EXPECT_EQ(json_of(two)["notices"], (Json{"a", "b", "c"}));
}

TEST(Replications, TheTextTellsMeansAndIntervals) {
  const Replications result =
      merged({summary_of(5, 10, 1.5), summary_of(6, 12, 1.5), summary_of(7, 17, 1.5)});
  EXPECT_NE(result.text.find("three: 3 replications, mean and 95 % interval"), std::string::npos);
  // 13 ± 4.30265 · sqrt(13/3) = 13 ± 8.957
  EXPECT_NE(result.text.find("13  [4.043, 21.96]"), std::string::npos) << result.text;
  EXPECT_NE(result.text.find("✓ fine  3/3"), std::string::npos) << result.text;
  EXPECT_EQ(result.text.find('\033'), std::string::npos);
}

}  // namespace replications_test
}  // namespace thaw
