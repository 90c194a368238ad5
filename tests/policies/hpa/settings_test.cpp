#include "policies/hpa/settings.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/policies/asked.hpp"

namespace thaw::hpa {
namespace settings_test {

constexpr Version k134{1, 34, 0}, k135{1, 35, 0}, k136{1, 36, 0}, k137{1, 37, 0};

struct Read {
  explicit Read(thaw::Settings given, Version version = k137) : Read(params_of(given), version) {}
  explicit Read(Params given, Version version = k137) {
    Spec spec;
    spec.params = std::move(given);
    spec.versions.kubernetes = version;
    ParamsReader reader(spec.params, diagnostics, "hpa");
    settings = Settings::read(spec, reader, diagnostics);
    reader.finish();
  }
  std::string problem() const { return problem_of(diagnostics); }
  bool complains(const std::string& of) const { return problem().find(of) != std::string::npos; }

  Diagnostics diagnostics;
  Settings settings;
};

TEST(HpaSettings, DefaultsAreTheApisAndTheFlags) {
  const Read read({{"maxReplicas", "5"}});
  EXPECT_EQ(read.problem(), "");
  const Settings& s = read.settings;
  EXPECT_EQ(s.hpa.min, 1);
  EXPECT_EQ(s.hpa.max, 5);
  ASSERT_EQ(s.hpa.metrics.size(), 1u);
  EXPECT_EQ(s.hpa.metrics[0].ref.name, "cpu");
  EXPECT_EQ(s.hpa.metrics[0].type, TargetType::utilization);
  EXPECT_EQ(s.hpa.metrics[0].target, 80);
  EXPECT_FALSE(s.hpa.behavior.has_value());
  EXPECT_EQ(s.controller.sync_period, 15s);
  EXPECT_EQ(s.controller.downscale_stabilization, 300s);
  EXPECT_EQ(s.controller.cpu_initialization, 300s);
  EXPECT_EQ(s.controller.initial_readiness_delay, 30s);
  EXPECT_EQ(s.controller.tolerance, 0.1);
  EXPECT_EQ(s.sync_offset, 0s);
}

TEST(HpaSettings, WhatAVersionDoesByDefault) {
  const auto at = [](Version version) { return Read({{"maxReplicas", "1"}}, version).settings; };
  EXPECT_TRUE(at(k137).controller.scale_to_zero);
  EXPECT_TRUE(at(k137).sync_at_once);
  EXPECT_FALSE(at(k136).controller.scale_to_zero);
  EXPECT_FALSE(at(k136).sync_at_once);
  EXPECT_EQ(at(k136).controller.zero_rule, ZeroRule::by_condition);
  EXPECT_EQ(at(k135).controller.zero_rule, ZeroRule::by_min);
}

TEST(HpaSettings, ReadsEveryKindOfMetric) {
  const Read read({{"maxReplicas", "5"},
                   {"scaleTargetRef.kind", "Deployment"},
                   {"metrics.0.type", "Object"},
                   {"metrics.0.object.describedObject.apiVersion", "v1"},
                   {"metrics.0.object.describedObject.kind", "Service"},
                   {"metrics.0.object.describedObject.name", "svc"},
                   {"metrics.0.object.metric.name", "load"},
                   {"metrics.0.object.metric.selector.matchLabels.zone", "b"},
                   {"metrics.0.object.metric.selector.matchLabels.app.kubernetes.io/name", "a"},
                   {"metrics.0.object.target.type", "Value"},
                   {"metrics.0.object.target.value", "70"},
                   {"metrics.1.type", "External"},
                   {"metrics.1.external.metric.name", "queue"},
                   {"metrics.1.external.metric.selector.matchExpressions.0.key", "q"},
                   {"metrics.1.external.metric.selector.matchExpressions.0.operator", "In"},
                   {"metrics.1.external.metric.selector.matchExpressions.0.values.0", "a"},
                   {"metrics.1.external.metric.selector.matchExpressions.0.values.1", "b"},
                   {"metrics.1.external.target.type", "AverageValue"},
                   {"metrics.1.external.target.averageValue", "500m"},
                   {"metrics.2.type", "Pods"},
                   {"metrics.2.pods.metric.name", "rps"},
                   {"metrics.2.pods.target.type", "AverageValue"},
                   {"metrics.2.pods.target.averageValue", "1k"},
                   {"metrics.3.type", "ContainerResource"},
                   {"metrics.3.containerResource.name", "memory"},
                   {"metrics.3.containerResource.container", "model"},
                   {"metrics.3.containerResource.target.type", "Utilization"},
                   {"metrics.3.containerResource.target.averageUtilization", "150"}});
  EXPECT_EQ(read.problem(), "");
  const auto& metrics = read.settings.hpa.metrics;
  ASSERT_EQ(metrics.size(), 4u);
  EXPECT_EQ(metrics[0].ref.object, "Service/svc");
  EXPECT_EQ(metrics[0].ref.selector, "app.kubernetes.io/name=a,zone=b");
  EXPECT_EQ(metrics[0].target, 70'000);
  EXPECT_EQ(metrics[1].ref.selector, "q in (a,b)");
  EXPECT_EQ(metrics[1].type, TargetType::average_value);
  EXPECT_EQ(metrics[1].target, 500);
  EXPECT_EQ(metrics[2].target, 1'000'000);
  EXPECT_EQ(metrics[3].ref.container, "model");
  EXPECT_EQ(metrics[3].target, 150);
}

Params external(const char* key, const char* value) {
  Params params = params_of({{"maxReplicas", "5"},
                             {"metrics.0.type", "External"},
                             {"metrics.0.external.metric.name", "queue"},
                             {"metrics.0.external.target.type", "Value"}});
  params.set(key, value, {});
  return params;
}

TEST(HpaSettings, RefusesTargetsThatTheApiRefuses) {
  EXPECT_TRUE(Read(external("maxReplicas", "5")).complains("averageValue: missing"));
  EXPECT_TRUE(Read(external("metrics.0.external.target.value", "0")).complains("above 0"));
  EXPECT_TRUE(Read(external("metrics.0.external.target.value", "-1")).complains("above 0"));
  EXPECT_TRUE(Read(external("metrics.0.external.target.value", "x")).complains("found \"x\""));
  EXPECT_TRUE(Read({{"maxReplicas", "5"}, {"metrics.0.type", "Extern"}}).complains("External"));
  EXPECT_TRUE(Read({{"maxReplicas", "5"},
                    {"metrics.0.type", "External"},
                    {"metrics.0.external.metric.name", "queue"},
                    {"metrics.0.external.target.type", "Value"},
                    {"metrics.0.external.target.value", "1"},
                    {"metrics.0.external.target.averageValue", "1"}})
                  .complains("only one of"));
  EXPECT_TRUE(Read({{"maxReplicas", "5"},
                    {"metrics.0.type", "Resource"},
                    {"metrics.0.resource.name", "cpu"},
                    {"metrics.0.resource.target.type", "Utilization"},
                    {"metrics.0.resource.target.averageUtilization", "0"}})
                  .complains("averageUtilization"));
}

TEST(HpaSettings, RefusesBoundsThatTheApiRefuses) {
  EXPECT_TRUE(Read({}).complains("maxReplicas: missing"));
  EXPECT_TRUE(Read({{"maxReplicas", "0"}}).complains("from 1 to"));
  EXPECT_TRUE(
      Read({{"minReplicas", "3"}, {"maxReplicas", "2"}}).complains("at least minReplicas 3"));
  EXPECT_TRUE(Read({{"minReplicas", "0"}, {"maxReplicas", "2"}}).complains("needs at least one"));
  EXPECT_TRUE(Read({{"minReplicas", "0"}, {"maxReplicas", "2"}}, k136).complains("minReplicas"));
}

TEST(HpaSettings, BehaviorTakesDefaultsFieldByField) {
  const Read read({{"maxReplicas", "5"},
                   {"behavior.scaleDown.stabilizationWindowSeconds", "10"},
                   {"behavior.scaleUp.policies.0.type", "Percent"},
                   {"behavior.scaleUp.policies.0.value", "50"},
                   {"behavior.scaleUp.policies.0.periodSeconds", "60"},
                   {"behavior.scaleUp.tolerance", "50m"}});
  EXPECT_EQ(read.problem(), "");
  const Behavior& behavior = read.settings.hpa.behavior.value();
  EXPECT_EQ(behavior.down.window_s, 10);
  EXPECT_EQ(behavior.down.policies.size(), 1u);
  ASSERT_EQ(behavior.up.policies.size(), 1u);
  EXPECT_EQ(behavior.up.policies[0].value, 50);
  EXPECT_EQ(behavior.up.tolerance, 0.05);
}

TEST(HpaSettings, AnEmptyBehaviorIsNotNone) {
  EXPECT_TRUE(Read({{"maxReplicas", "5"}, {"behavior", "{}"}}).settings.hpa.behavior.has_value());
  const Read up({{"maxReplicas", "5"}, {"behavior.scaleUp", "{}"}});
  EXPECT_EQ(up.problem(), "");
  EXPECT_EQ(up.settings.hpa.behavior.value().up.policies.size(), 2u);
}

TEST(HpaSettings, RefusesBehaviorThatTheApiRefuses) {
  const auto complains = [](const char* key, const char* value, const char* of) {
    return Read({{"maxReplicas", "5"}, {key, value}}).complains(of);
  };
  EXPECT_TRUE(complains("behavior.scaleUp.stabilizationWindowSeconds", "3601", "3600"));
  EXPECT_TRUE(complains("behavior.scaleUp.selectPolicy", "Mean", "Disabled"));
  EXPECT_TRUE(complains("behavior.scaleUp.tolerance", "-1", "tolerance"));
  EXPECT_TRUE(complains("behavior.scaleUp.policies", "[]", "at least one policy"));
  EXPECT_TRUE(complains("behavior.scaleUp.policies.0.periodSeconds", "1801", "1800"));
  EXPECT_TRUE(complains("behavior.scaleUp.policies.0.value", "0", "value"));
  EXPECT_TRUE(complains("behavior.scaleUp.policies.0.type", "Pods", "value: missing"));
  EXPECT_TRUE(complains("behavior.scaleUp.policies.1.type", "Pods", "unknown setting"));
  EXPECT_TRUE(complains("behavior.scaleUp.stabilisationWindowSeconds", "1",
                        "did you mean behavior.scaleUp.stabilizationWindowSeconds"));
}

TEST(HpaSettings, ToleranceNeedsItsGate) {
  const Read off({{"maxReplicas", "5"}, {"behavior.scaleUp.tolerance", "0"}}, k134);
  EXPECT_EQ(off.problem(), "");
  EXPECT_EQ(off.settings.hpa.behavior->up.tolerance, std::nullopt);
  EXPECT_EQ(off.diagnostics.notices().size(), 1u);
  const Read on({{"maxReplicas", "5"}, {"behavior.scaleUp.tolerance", "0"}}, k135);
  EXPECT_EQ(on.settings.hpa.behavior->up.tolerance, 0.0);
  EXPECT_TRUE(Read({{"maxReplicas", "5"}, {"gates.HPAConfigurableTolerance", "false"}})
                  .complains("locked to true in Kubernetes 1.37"));
}

TEST(HpaSettings, RefusesFlagsThatMeanNothing) {
  const auto complains = [](const char* key, const char* value) {
    return Read({{"maxReplicas", "5"}, {key, value}}).complains(key);
  };
  EXPECT_TRUE(complains("flags.sync-period", "0s"));
  EXPECT_TRUE(complains("flags.sync-period", "15"));
  EXPECT_TRUE(complains("flags.downscale-stabilization", "-1s"));
  EXPECT_TRUE(complains("flags.tolerance", "-0.1"));
  EXPECT_TRUE(complains("sync-offset", "soon"));
  EXPECT_EQ(
      Read({{"maxReplicas", "5"}, {"flags.sync-period", "1m30s"}}).settings.controller.sync_period,
      90s);
}

}  // namespace settings_test
}  // namespace thaw::hpa
