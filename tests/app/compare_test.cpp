// thaw compare, as a user has it.
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <set>

#include "policies/all.hpp"
#include "tests/app/command.hpp"

namespace thaw::test {
namespace compare_test {

using nlohmann::json;
using Words = std::vector<std::string>;

// About 450 calls a run.
const Words kShort = {"compare", kKeepAlive, "--set", "workload.load.until=500s"};

Words with(Words arguments, const Words& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::vector<std::string> labels(const json& comparison) {
  std::vector<std::string> all;
  for (const json& policy : comparison.at("policies")) all.push_back(policy.at("label"));
  return all;
}

json compared(const std::string& policies) {
  const Outcome run = thaw_command(
      with(kShort, {"--policies", policies, "--replications", "2", "--format", "json"}));
  EXPECT_EQ(run.code, 0) << run.err;
  return json::parse(run.out);
}

TEST(Compare, TakesPartWhoIsNamed) {
  EXPECT_EQ(labels(compared("manifest,keep_alive:idle=60s")),
            (Words{"manifest", "keep_alive:idle=60s"}));
  EXPECT_EQ(labels(compared("keep_alive:idle=60s, f=keep_alive:idle=5s")),
            (Words{"keep_alive:idle=60s", "f=keep_alive:idle=5s"}));
  EXPECT_EQ(labels(compared("manifest; f=keep_alive:idle=60s")),
            (Words{"manifest", "f=keep_alive:idle=60s"}));
  EXPECT_EQ(labels(compared("manifest;scheduled:otherwise=2,time-zone=UTC")),
            (Words{"manifest", "scheduled:otherwise=2,time-zone=UTC"}));
  EXPECT_EQ(labels(compared("manifest,scheduled:otherwise=2,time-zone=UTC")),
            (Words{"manifest", "scheduled:otherwise=2,time-zone=UTC"}));
  EXPECT_EQ(labels(compared("manifest,exec:python3 a.py, b")),
            (Words{"manifest", "exec:python3 a.py, b"}));
}

TEST(Compare, DefaultStandsForAllAndBracesForWhatTheClusterHas) {
  const Outcome run =
      thaw_command({"compare", kKapsule, "--policies", "default;thaw:max={max},wait-price=1",
                    "--replications", "1", "--format", "json"});
  ASSERT_EQ(run.code, 0) << run.err;
  const Words all = labels(json::parse(run.out));
  EXPECT_GT(all.size(), all_policies().size());
  EXPECT_EQ(all.front(), "manifest");
  EXPECT_EQ(all.back(), "thaw:max=1,wait-price=1");  // one node of one card
}

// Of the keep-alive world ten minutes are what the scenario says itself.
TEST(Compare, ManifestIsWhatTheScenarioSaysItself) {
  const json both = compared("manifest,keep_alive:idle=600s");
  EXPECT_EQ(both.at("policies").at(0).at("cost"), both.at("policies").at(1).at("cost"));
  EXPECT_EQ(both.at("pairs").at(0).at("cost_ratio").at("mean"), 1);
}

TEST(Compare, EveryPolicyThereIsTakesPartUnlessSomebodyIsNamed) {
  for (const std::string& scenario : {kKeepAlive, kKapsule}) {
    SCOPED_TRACE(scenario);
    Words words = {"compare", scenario, "--replications", "2", "--format", "json"};
    if (scenario == kKeepAlive) words = with(words, {"--set", "workload.load.until=500s"});
    const Outcome run = thaw_command(words);
    ASSERT_EQ(run.code, 0) << run.err;
    const json comparison = json::parse(run.out);
    std::set<std::string> names, expected = {"manifest"};
    for (const json& policy : comparison.at("policies")) {
      names.insert(policy.at("name"));
      if (policy.at("not_run").is_null()) continue;
      EXPECT_FALSE(policy.at("not_run").get<std::string>().empty());
      EXPECT_FALSE(policy.contains("cost")) << policy;
    }
    for (const PolicyInfo& policy : all_policies()) expected.insert(std::string(policy.name));
    EXPECT_EQ(names, expected);
    for (const json& policy : comparison.at("policies")) {
      const PolicyInfo* const info = find_policy(policy.at("name").get<std::string>());
      if (!info || info->name == "exec") continue;
      const bool fits = (info->governs == Governs::instances) == (scenario == kKeepAlive);
      EXPECT_TRUE(fits || !policy.at("not_run").is_null()) << policy.at("label");
    }
  }
}

TEST(Compare, DoesNotDependOnJobs) {
  const Words words = with(kShort, {"--policies", "keep_alive:idle=60s,keep_alive:idle=600s",
                                    "--replications", "5", "--format", "json", "--jobs"});
  const std::string one = thaw_command(with(words, {"1"})).out;
  EXPECT_EQ(json::parse(one).at("replications"), 5);
  EXPECT_EQ(one, thaw_command(with(words, {"7"})).out);
}

TEST(Compare, WritesWhatItPrints) {
  const TempFolder temp;
  const Words words = with(kShort, {"--policies", "keep_alive:idle=60s,manifest,fixed",
                                    "--replications", "3", "--out", temp.path("out").string()});
  const Outcome text = thaw_command(words), plain = thaw_command(with(words, {"--format", "json"}));
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_EQ(temp.names("out").size(), 4U);
  EXPECT_EQ(read_text(temp.path("out/compare.json")), plain.out);
  const std::string csv = read_text(temp.path("out/compare.csv")),
                    markdown = read_text(temp.path("out/compare.md"));
  EXPECT_EQ(lines_of(csv).size(), 4U) << "a heading and three policies";
  for (const std::string& part : {std::string("keep_alive:idle=60s"), std::string("manifest")}) {
    EXPECT_TRUE(has(text.out, part));
    EXPECT_TRUE(has(markdown, part));
  }
  for (const std::string& document : {text.out, markdown})
    EXPECT_TRUE(has(document, "fixed: not run, because it says how many replicas there are"));
}

TEST(Compare, RefusesWhatIsNoPolicy) {
  const Outcome run = thaw_command(
      with(kShort, {"--policies", "keep_alive:idel=60s,nobody,manifest,manifest,g=keep_alive"}));
  EXPECT_EQ(run.code, 2);
  EXPECT_EQ(run.out, "");
  EXPECT_TRUE(has(run.err, "unknown setting, did you mean idle?")) << run.err;
  EXPECT_TRUE(has(run.err, "there is no policy \"nobody\"")) << run.err;
  EXPECT_TRUE(has(run.err, "\"manifest\" is there twice")) << run.err;
  EXPECT_TRUE(has(run.err, "there is no function \"g\"")) << run.err;
  for (const char* share : {"0", "2", "100%", "-1%", "two"})
    EXPECT_EQ(thaw_command(with(kShort, {"--precision", share})).code, 2) << share;
}

TEST(Compare, WithNobodyWhoCanRunIsWrong) {
  const Outcome run = thaw_command(with(kShort, {"--policies", "fixed,hpa:maxReplicas=3"}));
  EXPECT_EQ(run.code, 2);
  EXPECT_TRUE(has(run.err, "fixed: not run, because it says how many replicas")) << run.err;
  EXPECT_TRUE(has(run.err, "hpa: not run, because it says how many replicas")) << run.err;
}

// A million seconds of ten thousand replications: nobody waits for that.
TEST(Compare, InterruptedKeepsTheReplicationsThatAreWhole) {
  OnTerminal run(thaw_binary(),
                 {"compare", kKeepAlive, "--policies", "keep_alive:idle=60s,manifest",
                  "--replications", "10000", "--jobs", "2", "--format", "json"});
  ASSERT_TRUE(run.wait_for(" of 20000 runs")) << "a terminal is shown how far it is";
  run.send(SIGINT);
  const Outcome outcome = run.finish();
  EXPECT_EQ(outcome.code, 130);
  EXPECT_TRUE(has(outcome.err, "interrupted: ")) << outcome.err;
  if (outcome.out.empty()) return;  // not one was whole
  EXPECT_LT(json::parse(outcome.out).at("replications"), 10000);
}

}  // namespace compare_test
}  // namespace thaw::test
