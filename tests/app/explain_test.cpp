// thaw run --explain and --trace: single decisions, told to a person.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/app/command.hpp"

namespace thaw::test {
namespace explain_test {

using nlohmann::json;

Outcome explained(const std::string& what, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {"run", kKapsule, "--explain", what};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return thaw_command(arguments);
}

// The timeline of a run, line by line.
std::vector<json> timeline_of(const std::vector<std::string>& more) {
  const TempFolder folder;
  std::vector<std::string> arguments = {"run", kKapsule, "--out", folder.path().string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  EXPECT_LE(thaw_command(arguments).code, 1);
  std::vector<json> timeline;
  for (const std::string& line : lines_of(read_text(folder.path("timeline.jsonl"))))
    timeline.push_back(json::parse(line));
  return timeline;
}

std::string row_of(const std::string& text, const std::string& key) {
  for (const std::string& line : lines_of(text))
    if (has(line, key)) return line;
  return "";
}

const std::vector<json>& traced() {
  static const std::vector<json> timeline = timeline_of({"--trace", "ollama"});
  return timeline;
}

TEST(Trace, AddsEveryDecisionAndNothingElse) {
  const std::vector<json> plain = timeline_of({});
  const auto is_decision = [](const json& line) { return line["kind"] == "decision"; };
  const auto without_decisions = [&](std::vector<json> lines) {
    std::erase_if(lines, is_decision);
    return lines;
  };
  EXPECT_EQ(without_decisions(plain), without_decisions(traced()));
  for (const json& line : plain)
    EXPECT_NE(std::find(traced().begin(), traced().end(), line), traced().end()) << line;
  const auto few = std::count_if(plain.begin(), plain.end(), is_decision);
  EXPECT_GT(std::count_if(traced().begin(), traced().end(), is_decision), few + 5);
  EXPECT_TRUE(std::any_of(traced().begin(), traced().end(), [&](const json& line) {
    return is_decision(line) && !line.contains("desired");
  })) << "also one that left the replicas alone";
}

TEST(Explain, TellsTheDecisionThatScaledToZero) {
  const auto scaled = std::find_if(traced().begin(), traced().end(), [](const json& line) {
    return line["kind"] == "decision" && line.value("desired", -1) == 0 && line["was"] == 1;
  });
  ASSERT_NE(scaled, traced().end());
  const Outcome told = explained("ollama@" + (*scaled)["t_s"].dump() + "s");
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_EQ(told.err, "");
  EXPECT_TRUE(has(told.out, ", decided by idle_timeout")) << told.out;
  EXPECT_TRUE(has(told.out, "replicas asked for  1")) << told.out;
  EXPECT_TRUE(has(told.out, "0 in service, 0 waiting")) << told.out;
  const std::string idle_time = row_of(told.out, "TimeoutSecondBeforeSetReplicasMin ");
  EXPECT_TRUE(has(idle_time, " 1200 ")) << idle_time;
  EXPECT_TRUE(has(idle_time, "manifests/ollama.yaml:")) << "where the setting comes from";
  EXPECT_FALSE(has(told.out, "env.SLIMDATA_DIRECTORY")) << "which says nothing to the policy";
  EXPECT_TRUE(has(told.out, "(idle timeout 1200 s) → ReplicasMin 0")) << told.out;
  EXPECT_TRUE(has(told.out, "desired         0 (was 1)")) << told.out;
}

// Whatever the instant, it is the last decision of the trace that was more than a look in between.
TEST(Explain, TellsTheLastDecisionAtOrBeforeAnInstant) {
  for (const int at_s : {2, 300, 750, 2000}) {
    const json* last = nullptr;
    for (const json& line : traced())
      if (line["kind"] == "decision" && line["what"] != "waiting_for_tick" && line["t_s"] <= at_s)
        last = &line;
    ASSERT_NE(last, nullptr);
    const Outcome told = explained("ollama@" + std::to_string(at_s) + "s");
    EXPECT_EQ(told.code, 0) << told.err;
    EXPECT_TRUE(has(told.out, "reason          " + (*last)["what"].get<std::string>() + ": "))
        << at_s << ": " << told.out;
    if (!last->contains("desired")) {
      EXPECT_TRUE(has(told.out, "left alone at " + (*last)["was"].dump())) << told.out;
    }
  }
}

TEST(Explain, ReadsMinutesAndSaysThemBack) {
  const Outcome told = explained("ollama@0h0min1s");
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_TRUE(told.out.starts_with("ollama at 1s (2026-01-05T00:00:01Z)")) << told.out;
}

TEST(Explain, SaysWhenTheRunEndsBefore) {
  const Outcome told = explained("ollama@99h");
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_TRUE(has(told.out, "before 99h: this was its last decision.")) << told.out;
  EXPECT_FALSE(has(explained("ollama@1min").out, "The run ends")) << "it does not";
}

TEST(Explain, TellsTheOneDecisionOfAPolicyOfInstances) {
  const Outcome told = thaw_command({"run", kKeepAlive, "--explain", "f@10s"});
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_TRUE(told.out.starts_with("f at 0s")) << told.out;
  EXPECT_TRUE(has(told.out, "idle instances stay  10min")) << told.out;
}

// Knative's autoscaler, at an instant of scenarios/knative-step.
std::string knative_at(const std::string& at, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {"run", "scenarios/knative-step", "--explain",
                                        "sleeper@" + at};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Outcome told = thaw_command(arguments);
  EXPECT_EQ(told.code, 0) << told.err;
  return told.out;
}

// The new number pokes the policy at that very instant, and then nothing is left to change.
TEST(Explain, TellsAChangeAndNotThePokeThatFollowsFromIt) {
  const std::string told = knative_at("200.5s");
  EXPECT_TRUE(told.starts_with("sleeper at 3min20s")) << told;
  EXPECT_TRUE(has(told, "reason          knative_to_zero: no load for ")) << told;
  EXPECT_TRUE(has(told, "desired         0 (was 1)")) << told;
}

// 20 calls a second of 200 ms are 4 in flight; all of them go through the activator.
TEST(Explain, TellsReportsOfGatewayAndReplicasApart) {
  const std::string told = knative_at("90s");
  EXPECT_TRUE(has(row_of(told, "load of the gateway"), "on average 4 in flight and 20 calls/s, "))
      << told;
  EXPECT_TRUE(has(row_of(told, "load of replicas"),
                  "on average 4 in flight and 20 calls/s (4 and 20 of it through the gateway)"))
      << told;
  EXPECT_TRUE(has(told, "→ 2; limit highest so far 2")) << "in a panic: " << told;
}

// (0 replicas × 10 + 211 spare) / 100 a gateway = 2.11, so three. A new revision has its progress
// deadline of 600 s and 30 s more.
TEST(Explain, TellsThePathOfCallsAtZero) {
  const std::string told = knative_at("10s");
  EXPECT_TRUE(has(told, "path of calls        through the gateway, for 0s\n")) << told;
  EXPECT_TRUE(has(told, "path of calls   through 3 gateways\n")) << told;
  EXPECT_TRUE(has(told, "asks again      at 10min30s\n")) << told;
}

// Without room for bursts, calls go past the activator until the grace period begins.
TEST(Explain, TellsWhoIsInThePathOfCalls) {
  const std::vector<std::string> no_burst = {"--policy", "concurrency:target-burst-capacity=0"};
  EXPECT_TRUE(has(knative_at("90s", no_burst), "path of calls        past the gateway\n"));
  const std::string last = knative_at("205s", no_burst);
  EXPECT_TRUE(has(last, "path of calls        through the gateway, for 2s\n")) << last;
  EXPECT_TRUE(has(last, "the last replica stays for 4 s")) << "a grace of 6 s, 2 of them over";
}

struct Refused {
  std::vector<std::string> arguments;
  std::string said;
};

class RefusedExplain : public testing::TestWithParam<Refused> {};

TEST_P(RefusedExplain, EndsWithTwoAndSaysWhy) {
  std::vector<std::string> arguments = {"run", kKapsule};
  arguments.insert(arguments.end(), GetParam().arguments.begin(), GetParam().arguments.end());
  const Outcome run = thaw_command(arguments);
  EXPECT_EQ(run.code, 2);
  EXPECT_EQ(run.out, "");
  EXPECT_TRUE(has(run.err, GetParam().said)) << run.err;
}

INSTANTIATE_TEST_SUITE_P(
    Explain, RefusedExplain,
    testing::Values(Refused{{"--explain", "olama@1min"}, "did you mean \"ollama\"?"},
                    Refused{{"--explain", "ollama"}, "expected FUNCTION@TIME such as"},
                    Refused{{"--explain", "ollama@60"}, "found \"ollama@60\""},
                    Refused{{"--explain", "@60s"}, "expected FUNCTION@TIME such as"},
                    Refused{{"--explain", "ollama@1s", "--out", "x"}, "excludes"},
                    Refused{{"--explain", "ollama@1s", "--format", "json"}, "excludes"},
                    Refused{{"--explain", "ollama@1s", "--replications", "2"}, "excludes"},
                    Refused{{"--trace", "olama"}, "did you mean \"ollama\"?"}));

TEST(Explain, RefusesAFunctionThatNobodyScales) {
  const TempFolder folder;
  const std::string copy = folder.copy_kapsule();
  const std::string manifest = copy + "/manifests/ollama.yaml";
  folder.write(
      "kapsule/manifests/ollama.yaml",
      replaced(read_text(manifest), "SlimFaas/Function: \"true\"", "SlimFaas/Function: \"false\""));
  const Outcome run = thaw_command({"run", copy, "--explain", "ollama@1s"});
  EXPECT_EQ(run.code, 2) << run.out;
  EXPECT_TRUE(has(run.err, "nobody scales ollama")) << run.err;
}

}  // namespace explain_test
}  // namespace thaw::test
