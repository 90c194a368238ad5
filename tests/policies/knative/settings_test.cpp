// Knative's settings: what they come to, and which of them Knative would refuse.
#include "policies/knative/settings.hpp"

#include <gtest/gtest.h>

#include <map>

#include "policies/knative/user_settings.hpp"
#include "tests/policies/asked.hpp"

namespace thaw::knative {
namespace settings_test {

using Map = std::map<std::string, std::string>;

Texts texts_of(const Map& map) {
  return [&map](const std::string& key) {
    const auto found = map.find(key);
    return found == map.end() ? std::nullopt : std::optional(found->second);
  };
}

Settings resolved(const Map& config, const Map& annotations, Revision revision = {}) {
  std::vector<Problem> ignored;
  const auto cluster = ClusterConfig::read(texts_of(config), ignored);
  return resolve(cluster, Annotations::read(texts_of(annotations), cluster, ignored), revision);
}

// What a user is told of settings given as a policy's parameters.
std::string told(const Map& settings) {
  Params params;
  for (const auto& [key, value] : settings) params.set(key, value, {});
  Diagnostics diagnostics;
  UserSettings::read(params, diagnostics);
  try {
    diagnostics.throw_if_any();
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(KnativeSettings, HaveTheDefaultsOfTheRelease) {
  const Settings s = resolved({}, {});
  EXPECT_EQ(s.decider.total_value, 100);
  EXPECT_EQ(s.decider.target_value, 70);
  EXPECT_EQ(s.decider.target_burst_capacity, 211);
  EXPECT_EQ(s.decider.panic_threshold, 2);
  EXPECT_EQ(s.decider.stable_window, 60s);
  EXPECT_EQ(s.panic_window, 6s);
  EXPECT_EQ(s.initial_scale, 1);
  EXPECT_EQ(s.scale_to_zero_grace_period, 30s);
  EXPECT_TRUE(s.scrapes());
}

TEST(KnativeSettings, AnAnnotationBeatsTheConfigMap) {
  const Map config = {{"stable-window", "30s"}, {"min-scale", "1"}, {"target-burst-capacity", "5"}};
  EXPECT_EQ(resolved(config, {}).decider.stable_window, 30s);
  const Settings s =
      resolved(config, {{"window", "90s"}, {"min-scale", "0"}, {"target-burst-capacity", "-1"}});
  EXPECT_EQ(s.decider.stable_window, 90s);
  EXPECT_EQ(s.min_scale, 0);
  EXPECT_FALSE(s.scrapes());
}

TEST(KnativeSettings, AHardLimitIsTheTargetAndBoundsIt) {
  EXPECT_EQ(resolved({}, {}, {.container_concurrency = 10}).decider.target_value, 7);
  const Map target = {{"target", "50"}};
  EXPECT_EQ(resolved({}, target, {.container_concurrency = 10}).decider.total_value, 10);
  EXPECT_EQ(resolved({}, target).decider.total_value, 50);
  EXPECT_EQ(resolved({}, {{"metric", "rps"}}, {.container_concurrency = 10}).decider.target_value,
            140);  // 200 · 0.7
}

TEST(KnativeSettings, APercentageUpToOneIsARatio) {
  const std::string key = "container-concurrency-target-percentage";
  EXPECT_EQ(resolved({{key, "0.8"}}, {}).decider.target_value, 80);
  EXPECT_EQ(resolved({{key, "80"}}, {}).decider.target_value, 80);
  EXPECT_EQ(resolved({{key, "80"}}, {{"target-utilization-percentage", "50"}}).decider.target_value,
            50);
}

TEST(KnativeSettings, APanicWindowIsWholeSecondsAndAtLeastOne) {
  EXPECT_EQ(resolved({}, {{"window", "45s"}}).panic_window, 5s);  // 4.5, half away from zero
  EXPECT_EQ(resolved({}, {{"window", "44s"}}).panic_window, 4s);
  EXPECT_EQ(resolved({}, {{"panic-window-percentage", "1"}}).panic_window, 1s);
}

TEST(KnativeSettings, ReadsTheOlderSpellingWhereTheNewOneIsNotThere) {
  EXPECT_EQ(resolved({}, {{"minScale", "3"}}).min_scale, 3);
  EXPECT_EQ(resolved({}, {{"minScale", "3"}, {"min-scale", "4"}}).min_scale, 4);
  EXPECT_EQ(resolved({}, {{"metricAggregationAlgorithm", "weightedExponential"}}).aggregation,
            Aggregation::weighted_exponential);
  EXPECT_EQ(resolved({{"minScale", "3"}}, {}).min_scale, 0);  // none in the ConfigMap
}

TEST(KnativeSettings, WhatCannotBeReadIsAbsentAtRunTime) {
  const Settings s = resolved({}, {{"target", "many"}, {"window", "60"}, {"min-scale", "1.5"}});
  EXPECT_EQ(s.decider.total_value, 100);
  EXPECT_EQ(s.decider.stable_window, 60s);
  EXPECT_EQ(s.min_scale, 0);
}

TEST(KnativeSettings, AnUnreachableRevisionHasNoMinimumAndKeepsNothing) {
  const Settings s = resolved({{"scale-to-zero-pod-retention-period", "20s"}},
                              {{"min-scale", "3"}, {"max-scale", "5"}}, {.reachable = false});
  EXPECT_EQ(s.min_scale, 0);
  EXPECT_EQ(s.max_scale, 5);
  EXPECT_EQ(s.pod_retention_period, 0s);
}

TEST(KnativeSettings, AnInitialScaleOfZeroNeedsLeave) {
  const Map zero = {{"initial-scale", "0"}};
  EXPECT_EQ(resolved({{"initial-scale", "2"}}, zero).initial_scale, 2);
  EXPECT_EQ(resolved({{"allow-zero-initial-scale", "true"}}, zero).initial_scale, 0);
}

TEST(KnativeSettings, TellAUserWhatKnativeWouldRefuse) {
  const std::pair<Map, const char*> cases[] = {
      {{{"target", "0"}}, "concurrency.target: expected a number of at least 0.01"},
      {{{"target", "1O"}}, "found \"1O\""},
      {{{"target-utilization-percentage", "101"}}, "from 1 to 100"},
      {{{"target-burst-capacity", "-2"}}, "at least 0, or -1"},
      {{{"window", "5s"}}, "from 6s to 1h"},
      {{{"window", "6500ms"}}, "in whole seconds"},
      {{{"panic-window-percentage", "0.5"}}, "from 1 to 100"},
      {{{"panic-threshold-percentage", "109"}}, "from 110 to 1000"},
      {{{"min-scale", "-1"}}, "from 0 to 2147483647"},
      {{{"minScale", "x"}}, "concurrency.minScale"},
      {{{"min-scale", "3"}, {"max-scale", "2"}}, "2 is less than min-scale 3"},
      {{{"activation-scale", "1"}}, "from 2 to"},
      {{{"activation-scale", "3"}, {"min-scale", "4"}}, "between min-scale and max-scale"},
      {{{"activation-scale", "3"}, {"max-scale", "2"}}, "between min-scale and max-scale"},
      {{{"initial-scale", "0"}}, "allow-zero-initial-scale"},
      {{{"scale-down-delay", "61m"}}, "from 0s to 1h"},
      {{{"scale-to-zero-pod-retention-period", "2h"}}, "from 0s to 1h"},
      {{{"metric", "cpu"}}, "concurrency or rps"},
      {{{"metric-aggregation-algorithm", "mean"}}, "linear or weighted-exponential"},
      {{{"class", "hpa.autoscaling.knative.dev"}}, "this is the KPA"},
      {{{"container-concurrency", "1001"}}, "from 0 to 1000"},
      {{{"progress-deadline", "-5s"}}, "concurrency.progress-deadline"},
      {{{"tick-offset", "2s"}}, "concurrency.tick-offset"},
      {{{"config.max-scale-limit", "5"}}, "config.max-scale: expected 1 to max-scale-limit (5)"},
      {{{"config.max-scale-limit", "5"}, {"config.max-scale", "5"}, {"max-scale", "0"}},
       "concurrency.max-scale: expected 1 to"},
      {{{"config.initial-scale", "0"}}, "0 needs allow-zero-initial-scale"},
      {{{"config.min-scale", "3"}, {"config.max-scale", "2"}}, "expected at least min-scale (3)"},
      {{{"config.max-scale-up-rate", "1"}}, "above 1"},
      {{{"config.max-scale-down-rate", "1"}}, "above 1"},
      {{{"config.activator-capacity", "0.5"}}, "at least 1"},
      {{{"config.stable-window", "2h"}}, "from 6s to 1h"},
      {{{"config.scale-to-zero-grace-period", "0s"}}, "of at least"},
      {{{"config.enable-scale-to-zero", "yes"}}, "true or false"},
      {{{"config.container-concurrency-target-percentage", "0"}}, "above 0"},
      {{{"config.container-concurrency-target-default", "0.012"}}, "after the target percentage"},
      {{{"config.requests-per-second-target-default", "0"}}, "at least 0.01"},
      {{{"config.scale-down-delay", "1500ms"}}, "in whole seconds"},
      {{{"taget", "5"}}, "did you mean target"},
  };
  for (const auto& [settings, part] : cases) {
    const std::string found = told(settings);
    EXPECT_NE(found.find(part), std::string::npos) << part << " is not in: " << found;
  }
}

TEST(KnativeSettings, EveryDocumentedDefaultIsAccepted) {
  Params params;
  for (const ParamInfo& param : documented_settings()) {
    if (!param.fallback.empty())
      params.set(std::string(param.key), std::string(param.fallback), {});
  }
  Diagnostics diagnostics;
  const UserSettings read = UserSettings::read(params, diagnostics);
  EXPECT_TRUE(diagnostics.ok());
  EXPECT_EQ(read.settings.decider.target_value, 70);
  EXPECT_EQ(read.settings.panic_window, 6s);
}

TEST(KnativeSettings, BadSettingsComeToTheDefaults) {
  Diagnostics diagnostics;
  const auto read = UserSettings::read(params_of({{"window", "-5s"}}), diagnostics);
  EXPECT_EQ(read.settings.decider.stable_window, 60s);
}

}  // namespace settings_test
}  // namespace thaw::knative
