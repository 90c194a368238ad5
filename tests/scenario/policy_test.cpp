// `policy` of a function of a manifest: who scales it, and what becomes of the manifest's settings.
#include <gtest/gtest.h>

#include "engine/scenario/governance.hpp"
#include "tests/scenario/scratch.hpp"

namespace thaw {
namespace policy_test {

constexpr const char* kKnative =
    "apiVersion: serving.knative.dev/v1\n"
    "kind: Service\n"
    "metadata: {name: ollama}\n"
    "spec:\n"
    "  template:\n"
    "    metadata: {annotations: {autoscaling.knative.dev/target: \"2\"}}\n"
    "    spec: {containers: [{name: c, image: c, resources: {requests: {cpu: 100m}}}]}\n";

Governance governed(const std::string& policy) {
  const Scratch scratch;
  scratch.write("manifests/functions.yaml", kKnative);
  std::string text = kSmall;
  if (!policy.empty()) text.insert(text.find("image: 1GB"), "policy: \"" + policy + "\", ");
  const Scenario scenario = scratch.load(text);
  Diagnostics problems;
  Governance one = govern(scenario, {}, problems).at(0);
  problems.throw_if_any();
  return one;
}

std::string setting(const Governance& one, const std::string& key) {
  const Params::Entry* const found = one.spec.params.find(key);
  return found ? found->value : "none";
}

TEST(PolicyOfAFunction, IsTheManifestsWhereTheScenarioSaysNothing) {
  const Governance one = governed("");
  EXPECT_EQ(one.policy, "concurrency");
  EXPECT_EQ(setting(one, "target"), "2");
}

TEST(PolicyOfAFunction, OverridesSingleSettingsOfTheManifestsOwn) {
  const Governance one = governed("concurrency:max-scale=5");
  EXPECT_EQ(one.policy, "concurrency");
  EXPECT_EQ(setting(one, "target"), "2") << "stays";
  EXPECT_EQ(setting(one, "max-scale"), "5");
}

TEST(PolicyOfAFunction, AnotherStandsAlone) {
  const Governance one = governed("fixed:replicas=3");
  EXPECT_EQ(one.policy, "fixed");
  EXPECT_EQ(setting(one, "replicas"), "3");
  EXPECT_EQ(setting(one, "target"), "none");
}

TEST(PolicyOfAFunction, UnitedOnesGetTheManifestsSettingsUnderTheirName) {
  const Governance one = governed("highest_of:of=concurrency+hpa, hpa.maxReplicas=5");
  EXPECT_EQ(one.policy, "highest_of");
  EXPECT_EQ(setting(one, "concurrency.target"), "2");
  EXPECT_EQ(setting(one, "hpa.maxReplicas"), "5") << "a blank before it is no part of its name";
  EXPECT_EQ(setting(governed("highest_of:of=hpa+fixed"), "concurrency.target"), "none")
      << "only if it is among them";
}

}  // namespace policy_test
}  // namespace thaw
