#include "engine/report/summary.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace thaw {
namespace summary_test {

using Json = nlohmann::ordered_json;

Summary small_summary() {
  Summary summary;
  summary.scenario = "slimfaas-kapsule";
  summary.seed = 7;
  summary.simulated_s = 4563.25;
  Summary::Function& ollama = summary.functions["ollama"];
  ollama.requests = {.total = 5,
                     .completed = 3,
                     .cold = 1,
                     .timed_out = 1,
                     .rejected = 0,
                     .failed = 1,
                     .unfinished = 0};
  ollama.cold_start_probability = 0.2;
  ollama.latency_s =
      Summary::Spread{.mean = 1.53, .p50 = 1.2, .p90 = 2.1, .p95 = 2.35, .p99 = 2.4, .max = 602};
  ollama.replicas_mean = 0.25;
  ollama.replicas_peak = 1;
  ollama.busy_mean = 0.12;
  ollama.idle_mean = 0.06;
  ollama.scale_ups = 1;
  ollama.scale_downs = 2;
  ollama.scaled_by = "idle_timeout";
  summary.functions["client"].scaled_by = "idle_timeout";
  summary.pools["gpu"] = {.nodes_mean = 0.71,
                          .node_hours = 0.9,
                          .gpu_busy_ratio = 0.021,
                          .cost = 0.675,
                          .nodes_peak = 1};
  summary.cost = {.currency = "EUR",
                  .total = 1.0,
                  .per_1000_requests = 200.0,
                  .useful = 0.1,
                  .idle_warm = 0.4,
                  .cold_start = 0.25,
                  .stranded = 0.2,
                  .draining = 0.05,
                  .fixed = 0,
                  .unattributed = {}};
  summary.checks = {
      {.name = "pod gone", .held = true, .at_s = 2105.0, .detail = "replicas(ollama) == 0"},
      {.name = "never two", .held = false, .at_s = 602.4, .detail = "desired(ollama) was 2"},
      {.name = "answers", .held = true, .at_s = {}, .detail = ""}};
  summary.notices = {"the price of scaleway/L4-1-24G is not verified"};
  return summary;
}

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

using Keys = std::vector<std::string>;

TEST(SummaryText, IsAPageThatAPersonReads) {
  EXPECT_EQ(to_text(small_summary(), false), R"(slimfaas-kapsule: 1h16min simulated, seed 7

checks                   2 of 3 held
  ✓ pod gone   35min05s  replicas(ollama) == 0
  ✗ never two  10min02s  desired(ollama) was 2
  ✓ answers

requests  total  completed  cold  timed out  rejected  failed  unfinished
  client      0          0     0          0         0       0           0
  ollama      5          3     1          1         0       1           0

latency    mean   p50    p95   p99       max
  ollama  1.53s  1.2s  2.35s  2.4s  10min02s

replicas  mean  peak  busy  idle  ups  downs  scaled by
  client  0.00     0  0.00  0.00    0      0  idle_timeout
  ollama  0.25     1  0.12  0.06    1      2  idle_timeout

pools  nodes mean  peak  node hours  GPU busy        cost
  gpu        0.71     1        0.90     2.1 %  0.6750 EUR

bill                      EUR
  useful               0.1000  10.0 %  ██
  idle warm            0.4000  40.0 %  ████████
  cold start           0.2500  25.0 %  █████
  stranded             0.2000  20.0 %  ████
  draining             0.0500   5.0 %  █
  fixed                0.0000   0.0 %
  total                1.0000
  per 1000 requests  200.0000

notices
  • the price of scaleway/L4-1-24G is not verified
)");
}

TEST(SummaryText, TellsWhereWaitsAndMoneyGoAndWhatAnAuditProved) {
  Summary summary = small_summary();
  Summary::ColdStarts& cold = summary.functions["ollama"].cold_starts.emplace();
  cold.stages_s[2] = 210;   // boot
  cold.stages_s[9] = 0.25;  // load
  cold.wait_s = {.mean = 210.25, .p50 = 200, .p90 = 220, .p95 = 230, .p99 = 230, .max = 230};
  summary.functions["ollama"].cost = {
      .total = 0.75, .useful = 0.1, .idle_warm = 0.4, .cold_start = 0.25, .stranded = 0};
  summary.cost.unattributed = 0.25;
  summary.audit = Summary::Audit{{{"waits", true, "1 waiting request"}, {"money", false, "off"}}};
  const std::string text = to_text(summary, false);
  for (const char* shown : {R"(
cold starts  wait mean      p95  stages, mean
  ollama       3min30s  3min50s  boot 3min30s → load 250ms
)",
                            R"(
cost by function   total  useful  idle warm  cold start  stranded
  ollama          0.7500  0.1000     0.4000      0.2500    0.0000
  of no function  0.2500
)",
                            R"(
audit
  ✓ waits  1 waiting request
  ✗ money  off
)"})
    EXPECT_NE(text.find(shown), std::string::npos) << text;
}

TEST(SummaryText, LeavesOutWhatIsNotThere) {
  Summary bare;
  bare.scenario = "empty";
  bare.cost.currency = "EUR";
  EXPECT_EQ(to_text(bare, false), "empty: 0s simulated, seed 0\n");
}

TEST(SummaryText, PaintsMarksOnlyWhenAsked) {
  const std::string painted = to_text(small_summary(), true);
  EXPECT_NE(painted.find("\x1b[32m✓\x1b[0m pod gone"), std::string::npos) << painted;
  EXPECT_NE(painted.find("\x1b[31m✗\x1b[0m never two"), std::string::npos) << painted;
  EXPECT_EQ(to_text(small_summary(), false).find('\x1b'), std::string::npos);
}

TEST(SummaryJson, HasTheContractsKeysInItsOrder) {
  const Json json = Json::parse(to_json(small_summary()));
  EXPECT_EQ(keys_of(json), (Keys{"schema", "scenario", "seed", "replications", "simulated_s",
                                 "functions", "pools", "cost", "checks", "notices"}));
  const Json& ollama = json["functions"]["ollama"];
  EXPECT_EQ(keys_of(ollama),
            (Keys{"requests", "cold_start_probability", "latency_s", "replicas", "scaled_by"}));
  EXPECT_EQ(keys_of(ollama["requests"]),
            (Keys{"total", "completed", "cold", "timed_out", "rejected", "failed", "unfinished"}));
  EXPECT_EQ(keys_of(ollama["latency_s"]), (Keys{"mean", "p50", "p90", "p95", "p99", "max"}));
  EXPECT_EQ(keys_of(ollama["replicas"]),
            (Keys{"mean", "peak", "busy_mean", "idle_mean", "scale_ups", "scale_downs"}));
  EXPECT_EQ(keys_of(json["pools"]["gpu"]),
            (Keys{"nodes_mean", "nodes_peak", "node_hours", "gpu_busy_ratio", "cost"}));
  EXPECT_EQ(keys_of(json["cost"]), (Keys{"currency", "total", "per_1000_requests", "parts"}));
  EXPECT_EQ(keys_of(json["cost"]["parts"]),
            (Keys{"useful", "idle_warm", "cold_start", "stranded", "draining", "fixed"}));
  EXPECT_EQ(keys_of(json["checks"][0]), (Keys{"name", "held", "at_s", "detail", "held_in"}));
}

TEST(SummaryJson, HasStagesCostsAndProofsWhereThereAreAny) {
  Summary summary = small_summary();
  Summary::Function& ollama = summary.functions["ollama"];
  ollama.cold_starts.emplace();
  for (std::size_t i = 0; i < kColdStartStages.size(); ++i)
    ollama.cold_starts->stages_s[i] = static_cast<double>(i);
  ollama.cost = {.total = 1, .useful = 0.5, .idle_warm = 0.25, .cold_start = 0.25, .stranded = 0};
  summary.audit = Summary::Audit{{{"waits", true, "one"}}};
  const Json json = Json::parse(to_json(summary));
  const Json& stages = json["functions"]["ollama"]["cold_start_stages_s"];
  EXPECT_EQ(keys_of(stages), (Keys{"policy", "node_order", "boot", "join", "gpu", "schedule",
                                   "image", "container", "model", "load", "ready", "queue"}));
  EXPECT_EQ(stages["queue"], 11.0);
  EXPECT_EQ(json["functions"]["ollama"]["cold_start_wait_s"]["mean"], 0.0);
  EXPECT_EQ(json["functions"]["ollama"]["cost"]["parts"]["useful"], 0.5);
  EXPECT_FALSE(json["functions"]["client"].contains("cost"));
  EXPECT_EQ(json["audit"]["proofs"], Json::parse(R"([{"name": "waits", "held": true,
                                                      "detail": "one", "held_in": "1/1"}])"));
}

TEST(SummaryJson, ReadsBackToTheSameValues) {
  const Summary summary = small_summary();
  const Json json = Json::parse(to_json(summary));
  EXPECT_EQ(json["schema"], "thaw.summary/v1");
  EXPECT_EQ(json["scenario"], "slimfaas-kapsule");
  EXPECT_EQ(json["seed"], 7);
  EXPECT_EQ(json["simulated_s"], 4563.25);
  const Json& ollama = json["functions"]["ollama"];
  EXPECT_EQ(ollama["requests"],
            Json::parse(R"({"total": 5, "completed": 3, "cold": 1, "timed_out": 1,
                                               "rejected": 0, "failed": 1, "unfinished": 0})"));
  EXPECT_EQ(ollama["latency_s"]["p95"].get<double>(), 2.35);
  EXPECT_EQ(ollama["replicas"]["scale_downs"], 2);
  EXPECT_EQ(json["cost"]["parts"]["stranded"].get<double>(), 0.2);
  EXPECT_EQ(json["checks"][1], Json::parse(R"({"name": "never two", "held": false, "at_s": 602.4,
                                              "detail": "desired(ollama) was 2", "held_in": "0/1"})"));
  EXPECT_EQ(json["notices"], Json(summary.notices));
}

TEST(SummaryJson, WritesDoublesByTheShortestTextThatReadsBack) {
  Summary summary;
  summary.simulated_s = 0.1 + 0.2;  // not the double nearest to 0.3
  EXPECT_NE(to_json(summary).find("\"simulated_s\": 0.30000000000000004,\n"), std::string::npos);
}

TEST(SummaryJson, LeavesOutWhatHasNoNumber) {
  Summary summary = small_summary();
  Summary::Function& ollama = summary.functions["ollama"];
  ollama.latency_s->max = std::numeric_limits<double>::infinity();
  ollama.replicas_mean = std::numeric_limits<double>::quiet_NaN();
  summary.cost.per_1000_requests.reset();
  const Json json = Json::parse(to_json(summary));
  EXPECT_FALSE(json["functions"]["ollama"]["latency_s"].contains("max"));
  EXPECT_FALSE(json["functions"]["ollama"]["replicas"].contains("mean"));
  EXPECT_FALSE(json["functions"]["client"].contains("latency_s"));
  EXPECT_FALSE(json["cost"].contains("per_1000_requests"));
  EXPECT_FALSE(json["checks"][2].contains("at_s"));
}

TEST(SummaryJson, EndsWithANewlineAndIndentsByTwo) {
  const std::string text = to_json(Summary{});
  EXPECT_EQ(text.substr(0, 14), "{\n  \"schema\": ");
  EXPECT_EQ(text.substr(text.size() - 3), "\n}\n");
}

TEST(Summary, HoldsWhenEveryCheckDoes) {
  EXPECT_TRUE(Summary{}.held());
  Summary summary = small_summary();
  EXPECT_FALSE(summary.held());
  summary.checks[1].held = true;
  EXPECT_TRUE(summary.held());
  summary.audit = Summary::Audit{{{"waits", true, ""}}};
  EXPECT_TRUE(summary.held());
  summary.audit->proofs.push_back({"money", false, ""});
  EXPECT_FALSE(summary.held());
}

}  // namespace summary_test
}  // namespace thaw
