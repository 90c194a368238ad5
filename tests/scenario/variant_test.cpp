// Variants, overrides and how a scenario is found.
#include <gtest/gtest.h>

#include "tests/scenario/scratch.hpp"

namespace thaw {
namespace variant_test {

using Texts = std::vector<std::string>;

TEST(Variant, ChangesOnlyWhatItSays) {
  const Scenario base = load_scenario(kGood), variant = load_scenario(kGood + "smaller");
  EXPECT_EQ(variant.name, "smaller");
  EXPECT_EQ(base.cluster.pools[1].nodes_max, 1);
  EXPECT_EQ(variant.cluster.pools[1].nodes_max, 3);  // an item of a list, found by its name
  EXPECT_EQ(variant.cluster.pools[1].nodes_min, 0);
  EXPECT_EQ(base.cluster.pools[1].taints.size(), 1U);
  EXPECT_TRUE(variant.cluster.pools[1].taints.empty());  // removed by ~
  EXPECT_EQ(variant.cluster.pools[0].machine.preset, base.cluster.pools[0].machine.preset);
  ASSERT_EQ(variant.steps.size(), 1U);  // a list replaces a list
  ASSERT_EQ(variant.checks.size(), 2U);
  EXPECT_EQ(variant.checks[0].name, "pod gone");
  EXPECT_EQ(variant.checks[0].instant.offset, std::chrono::minutes(5));
  EXPECT_EQ(variant.checks[0].expect.text(), base.checks[0].expect.text());
}

TEST(Variant, OfAVariantAddsUp) {
  const Scenario scenario = load_scenario(kGood + "smallest");
  EXPECT_EQ(scenario.cluster.pools[1].nodes_max, 3);
  EXPECT_EQ(scenario.functions[0].service.slots, 1);
  EXPECT_FALSE(scenario.functions[0].model.has_value());
  EXPECT_EQ(scenario.until, std::chrono::hours(1));
}

TEST(Variant, PlacesPointIntoTheFileEachPieceCameFrom) {
  const Scratch scratch;
  scratch.write("base.yaml", kSmall + "until: 5\n");
  scratch.write("variant.yaml", "base: base.yaml\nsampling: 3\n");
  EXPECT_EQ(problems(scratch.folder() + "variant"),
            (Texts{"base.yaml:10:8: until: expected a duration of at least 1ns, found \"5\"; did "
                   "you mean 5s?",
                   "variant.yaml:2:11: sampling: expected a duration of at least 1ms, found \"3\"; "
                   "did you mean 3s?"}));
  scratch.write("variant.yaml", "base: base.yaml\nuntil: 5s\n");
  EXPECT_EQ(problems(scratch.folder() + "variant"), Texts{});
}

TEST(Variant, ReportsMissingKeysAtTheMapOfTheBase) {
  const Scratch scratch;
  scratch.write("base.yaml", kSmall);
  scratch.write("variant.yaml", "base: base.yaml\nfunctions: {ollama: {image: ~}}\n");
  EXPECT_EQ(problems(scratch.folder() + "variant"),
            (Texts{"base.yaml:9:11: functions.ollama: the key image is missing"}));
}

TEST(Variant, RemovesItemsOfAList) {
  const Scratch scratch;
  scratch.write("base.yaml",
                kSmall + "workload: [{name: a, at: 1s, get: /}, {name: b, at: 1s, get: /}]\n");
  const Scenario scenario =
      load_scenario(scratch.write("variant.yaml", "base: base.yaml\nworkload: {a: ~}\n"));
  ASSERT_EQ(scenario.steps.size(), 1U);
  EXPECT_EQ(scenario.steps[0].name, "b");
}

TEST(Variant, AddsKeysThatTheBaseLacks) {
  const Scratch scratch;
  scratch.write("base.yaml", kSmall);
  const Scenario scenario =
      load_scenario(scratch.write("variant.yaml",
                                  "base: base.yaml\nfunctions: {small: {image: 1MB, service: "
                                  "{seconds: 1s, dispatch: newest}}}\n"));
  ASSERT_EQ(scenario.functions.size(), 2U);
  EXPECT_EQ(scenario.functions[1].name, "small");
}

TEST(Variant, ChainsEightBasesAndNoMore) {
  const Scratch scratch;
  scratch.write("v0.yaml", kSmall);
  for (int i = 1; i <= 9; ++i) {
    scratch.write("v" + std::to_string(i) + ".yaml", "base: v" + std::to_string(i - 1) + ".yaml\n");
  }
  EXPECT_EQ(problems(scratch.folder() + "v8"), Texts{});
  EXPECT_EQ(problems(scratch.folder() + "v9"),
            (Texts{"v1.yaml:1:7: base: more than 8 files based on each other"}));
}

TEST(Variant, RefusesACircle) {
  const Scratch scratch;
  scratch.write("a.yaml", "base: b.yaml\n");
  scratch.write("b.yaml", "base: a.yaml\n");
  EXPECT_EQ(problems(scratch.folder() + "a"),
            (Texts{"b.yaml:1:7: base: the files are based on each other in a circle"}));
}

TEST(Override, SetsAValueByItsPath) {
  const Scenario scenario = load_scenario(
      kGood,
      {"cluster.pools.gpu.nodes.max=3", "until=2h", "checks.pod gone.at=5min after last completion",
       "functions.ollama.service.gpuSeconds={distribution: exponential, mean: 2s, cv: ~}",
       "checks.node gone.expect=replicas(ollama) == 0 and nodes(gpu) <= 1", "faults=[]",
       "name=\"quoted\""});
  EXPECT_EQ(scenario.cluster.pools[1].nodes_max, 3);
  EXPECT_EQ(scenario.until, std::chrono::hours(2));
  EXPECT_EQ(scenario.checks[0].instant.offset, std::chrono::minutes(5));
  EXPECT_EQ(scenario.functions[0].service.duration.kind, Distribution::Kind::exponential);
  EXPECT_EQ(scenario.checks[1].expect.text(), "replicas(ollama) == 0 and nodes(gpu) <= 1");
  EXPECT_EQ(scenario.name, "quoted");
}

TEST(Override, ComesAfterTheVariantAndInOrder) {
  EXPECT_EQ(load_scenario(kGood + "smaller").cluster.pools[1].nodes_max, 3);
  EXPECT_EQ(load_scenario(kGood + "smaller", {"cluster.pools.gpu.nodes.max=5"})
                .cluster.pools[1]
                .nodes_max,
            5);
  EXPECT_EQ(load_scenario(kGood, {"until=1h", "until=3h"}).until, std::chrono::hours(3));
}

TEST(Override, RemovesWithNull) {
  EXPECT_EQ(load_scenario(kGood, {"checks.never two=~"}).checks.size(), 2U);
  EXPECT_EQ(load_scenario(kGood, {"workload=null"}).steps.size(), 0U);
}

TEST(Override, ReportsMistakesInTheArgumentItself) {
  // The file's name is what is left after the last slash; these have none.
  EXPECT_EQ(problems(kGood, {"cluster.pool.gpu.nodes.max=3"}),
            (Texts{"--set cluster.pool.gpu.nodes.max=3:1:9: cluster.pool: unknown key; did you "
                   "mean pools?"}));
  EXPECT_EQ(problems(kGood, {"cluster.pools.gpus.nodes.max=3"}),
            (Texts{"--set cluster.pools.gpus.nodes.max=3:1:15: cluster.pools.gpus: no item of the "
                   "list has this name; did you "
                   "mean gpu?"}));
  EXPECT_EQ(problems(kGood, {"until=5"}), (Texts{"--set until=5:1:7: until: expected a duration of "
                                                 "at least 1ns, found \"5\"; did you mean 5s?"}));
  EXPECT_EQ(problems(kGood, {"cluster.links={pull: 3}"}),
            (Texts{"--set cluster.links={pull: 3}:1:22: cluster.links.pull: expected a bandwidth "
                   "above 0 such as 500MB/s, "
                   "found \"3\"; did you mean 3B/s?"}));
  EXPECT_EQ(problems(kGood, {"until=\"5"}),
            (Texts{"--set until=\"5:1:9: not valid YAML: illegal EOF in scalar"}));
}

TEST(Override, RefusesWhatIsNoPathAndValue) {
  for (const std::string text : {"", "until", "=5s", "until="}) {
    EXPECT_EQ(problems(kGood, {text}),
              (Texts{"--set " + text +
                     ":1:1: expected PATH=VALUE such as cluster.pools.gpu.nodes.max=3"}));
  }
  EXPECT_EQ(problems(kGood, {".a=1"}),
            (Texts{"--set .a=1:1:1: a path has a key on each side of a dot"}));
  EXPECT_EQ(problems(kGood, {"a.=1"}),
            (Texts{"--set a.=1:1:3: a path has a key on each side of a dot"}));
  EXPECT_EQ(problems(kGood, {"a..b=1"}),
            (Texts{"--set a..b=1:1:3: a path has a key on each side of a dot"}));
}

TEST(FindScenario, TakesFolderFileAndVariant) {
  for (const std::string path :
       {"tests/scenarios/good", "tests/scenarios/good/", "tests/scenarios/good/scenario.yaml",
        "tests/scenarios/good/scenario"}) {
    EXPECT_EQ(load_scenario(path).name, "good") << path;
  }
  EXPECT_EQ(load_scenario("tests/scenarios/good/smaller").name, "smaller");
}

TEST(FindScenario, SaysWhatWasTriedAndWhatIsThere) {
  EXPECT_EQ(problems("tests/scenarios/good/smallish"),
            (Texts{"smallish: no such scenario, tried tests/scenarios/good/smallish and "
                   "tests/scenarios/good/smallish.yaml; "
                   "did you mean tests/scenarios/good/arrivals, tests/scenarios/good/everything, "
                   "tests/scenarios/good/gcloud, tests/scenarios/good/karpenter, "
                   "tests/scenarios/good/nodes, tests/scenarios/good/sharing, "
                   "tests/scenarios/good/smaller, tests/scenarios/good/smallest or "
                   "tests/scenarios/good/standalone?"}));
  EXPECT_EQ(problems("tests/scenarios/good/manifests"),
            (Texts{"manifests: no such scenario, tried "
                   "tests/scenarios/good/manifests/scenario.yaml; did you mean "
                   "tests/scenarios/good/manifests/functions?"}));
  EXPECT_EQ(problems("no/such"), (Texts{"such: no such scenario, tried no/such and no/such.yaml"}));
}

}  // namespace variant_test
}  // namespace thaw
