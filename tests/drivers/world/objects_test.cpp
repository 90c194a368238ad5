#include "drivers/world/objects.hpp"

#include <gtest/gtest.h>

#include "tests/drivers/world/objects_in_json.hpp"

namespace thaw::world {
namespace {

constexpr TimePoint kStart{std::chrono::seconds(1767571200)};  // 2026-01-05T00:00:00Z

TEST(Objects, APodBelongsToTheDeploymentOfItsReplicaSet) {
  const PodState state = pod_of(pod("ollama", "a"));
  ASSERT_TRUE(state.owner);
  EXPECT_EQ(*state.owner, (WorkloadKey{false, "default", "ollama"}));
  EXPECT_EQ(state.ready, Condition::yes);
  EXPECT_EQ(state.phase, PodPhase::running);
  EXPECT_EQ(state.created, kStart);
  EXPECT_EQ(state.started, kStart + 1s);
  EXPECT_EQ(state.ready_changed, kStart + 3s);
  EXPECT_EQ(state.node, "gpu-1");
  ASSERT_EQ(state.requests.size(), 1u);
  EXPECT_EQ(state.requests[0].milli, 500);
}

// SlimFaas itself takes llm-embed's pods for llm's, since it compares beginnings of names.
TEST(Objects, APodOfANameThatBeginsAlikeIsAnotherOnes) {
  EXPECT_EQ(pod_of(pod("llm-embed", "a")).owner->name, "llm-embed");
}

TEST(Objects, APodOfAReplicaSetWithoutADeploymentIsNobodys) {
  Json lone = pod("ollama", "a");
  lone["metadata"]["labels"].erase("pod-template-hash");
  EXPECT_FALSE(pod_of(lone).owner);
  lone["metadata"].erase("ownerReferences");
  EXPECT_FALSE(pod_of(lone).owner);
}

TEST(Objects, WhatIsMissingOrOfTheWrongKindIsEmpty) {
  for (const Json& odd : {Json(), Json(3), Json::array(), Json{{"metadata", 1}},
                          Json{{"status", {{"conditions", {1, "x", nullptr}}}}}}) {
    EXPECT_EQ(pod_of(odd).phase, PodPhase::unknown);
    EXPECT_EQ(workload_of(odd, false).key.name, "");
    EXPECT_FALSE(hpa_of(odd).target);
  }
}

TEST(Objects, SettingsAreAllButReplicasAndStatus) {
  const WorkloadState one = workload_of(slimfaas("a", 1), false);
  Json other = slimfaas("a", 3);
  other["metadata"]["resourceVersion"] = "8";
  other["metadata"]["annotations"] = {{"deployment.kubernetes.io/revision", "2"}};
  Json changed = slimfaas("a", 1, "600");
  EXPECT_EQ(one.spec, Replicas(1));
  EXPECT_EQ(workload_of(other, false).spec, Replicas(3));
  EXPECT_NE(one.settings, workload_of(changed, false).settings);
  EXPECT_EQ(one.settings, workload_of(other, false).settings);
}

}  // namespace
}  // namespace thaw::world
