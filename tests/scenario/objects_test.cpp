// Manifests as JSON. What each plain scalar becomes is what kubectl 1.36 sends, as
// `kubectl create --dry-run=client -o json` shows it, and as goyaml.v2/resolve.go of
// kubernetes-sigs/yaml says it.
#include "engine/scenario/objects.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/scenario/scratch.hpp"

namespace thaw {
namespace objects_test {

using Json = nlohmann::json;

class Objects : public testing::Test {
 protected:
  std::vector<RawObject> read(const std::string& text, const std::string& ns = {}) {
    const std::string file = scratch_.write("manifests/objects.yaml", text);
    return read_objects({{file, ns}}, {}, problems_);
  }
  // What `value: TEXT` becomes.
  std::string typed(const std::string& text) {
    const auto objects =
        read("apiVersion: v1\nkind: X\nmetadata: {name: x}\nvalue: " + text + "\n");
    return objects.empty() ? "nothing" : Json::parse(objects[0].json)["value"].dump();
  }
  Scratch scratch_;
  Diagnostics problems_;
};

TEST_F(Objects, PlainScalarsAreTypedAsKubectlTypesThem) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"yes", "true"},
      {"On", "true"},
      {"y", "true"},
      {"n", "false"},
      {"OFF", "false"},
      {"True", "true"},
      {"yEs", "\"yEs\""},
      {"~", "null"},
      {"null", "null"},
      {"Null", "null"},
      {"", "null"},
      {"nil", "\"nil\""},
      {"1", "1"},
      {"-3", "-3"},
      {"+3", "3"},
      {"0644", "420"},
      {"0o17", "15"},
      {"0x1F", "31"},
      {"-0x1F", "-31"},
      {"0b101", "5"},
      {"1_000", "1000"},
      {"08", "8"},
      {"1.5", "1.5"},
      {"1.0", "1"},
      {"1e3", "1000"},
      {".5", "0.5"},
      {"5.", "5"},
      {"1e", "\"1e\""},
      {"1.2.3", "\"1.2.3\""},
      {"100m", "\"100m\""},
      {"10Gi", "\"10Gi\""},
      {"12:30", "\"12:30\""},
      {"2026-01-05", "\"2026-01-05\""},
      {"--", "\"--\""},
      {"+-1", "\"+-1\""},
      {"'yes'", "\"yes\""},
      {"\"1\"", "\"1\""},
      {"!!str 1", "\"1\""},
      {"-9223372036854775808", "-9223372036854775808"},
      {"{a: 1, b: [x, 2]}", R"({"a":1,"b":["x",2]})"},
  };
  for (const auto& [text, json] : cases) EXPECT_EQ(typed(text), json) << text;
  EXPECT_EQ(typed("|\n  yes\n"), "\"yes\\n\"");
  EXPECT_TRUE(problems_.ok());
}

TEST_F(Objects, KeysAreTextOnceTheyAreTyped) {
  EXPECT_EQ(typed("{on: 1, 0x10: 2, 'off': 3}"), R"({"16":2,"off":3,"true":1})");
}

TEST_F(Objects, WhatJsonLacksIsAnErrorAtItsPlace) {
  typed(".inf");
  ASSERT_EQ(problems_.error_count(), 1u);
  try {
    problems_.throw_if_any();
  } catch (const InputError& error) {
    EXPECT_EQ(error.problems()[0].place.line, 4);
    EXPECT_EQ(error.problems()[0].message, "JSON, and so Kubernetes, has no .inf");
  }
}

TEST_F(Objects, AnchorsAndMergesAreWrittenOut) {
  const auto objects = read(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"
      "base: &base {a: 1, b: 2}\ndata: {<<: *base, b: 3}\nagain: *base\n");
  ASSERT_EQ(objects.size(), 1u);
  const Json json = Json::parse(objects[0].json);
  EXPECT_EQ(json["data"].dump(), R"({"a":1,"b":3})");
  EXPECT_EQ(json["again"].dump(), R"({"a":1,"b":2})");
}

TEST_F(Objects, NamespacesAreTheirOwnElseTheScenarios) {
  const std::string two =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n"
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, namespace: own}\n";
  EXPECT_EQ(read(two)[0].ns, "default");
  EXPECT_EQ(read(two, "put")[0].ns, "put");
  EXPECT_EQ(read(two, "put")[1].ns, "own");
  EXPECT_EQ(read(two)[1].json.find("namespace"), std::string::npos);
}

TEST_F(Objects, WhatTheServerSetsIsLeftOutAndTheLaterOfTwoCounts) {
  const auto objects = read(
      "apiVersion: v1\nkind: List\nitems:\n"
      "  - {apiVersion: apps/v1, kind: Deployment, metadata: {name: f, uid: u, resourceVersion: "
      "'7', generation: 3, creationTimestamp: null, managedFields: [], ownerReferences: []}, "
      "spec: {replicas: 1}, status: {replicas: 1}}\n"
      "  - {apiVersion: v1, kind: Service, metadata: {name: f}, spec: {}}\n"
      "  - {apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: f}, spec: {}}\n"
      "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: f}\nspec: {replicas: 2}\n"
      "---\nprovider: {name: openfaas}\nfunctions: {}\n");
  ASSERT_EQ(objects.size(), 3u);
  EXPECT_EQ(objects[0].kind, "Deployment");
  EXPECT_EQ(Json::parse(objects[0].json),
            Json::parse(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"f"},
                           "spec":{"replicas":2}})"));
  EXPECT_EQ(objects[1].api_version, "v1");
  EXPECT_EQ(objects[2].api_version, "serving.knative.dev/v1");
}

// Each typed object of the five documents' scenarios has the object that it was read from.
TEST(ObjectsOfScenario, ArePlacedWhereTheTypedOnesAre) {
  for (const char* name :
       {"slimfaas-kapsule", "fedless-vgpu", "suse-hpa", "vaccel-openfaas", "knative-dapr-gke"}) {
    const std::string path = std::string("scenarios/") + name;
    const Scenario scenario = load_scenario(path);
    const auto objects = objects_of_scenario(path);
    std::size_t found = 0, wanted = 0;
    for (const Workload& workload : scenario.manifests.workloads) {
      const bool chart = workload.place.file.find("values/") != std::string::npos;
      const bool stack = workload.kind == Workload::Kind::openfaas_function;
      wanted += !chart && !stack;
      for (const RawObject& object : objects)
        found += object.name == workload.name && object.ns == workload.ns &&
                 object.place.line == workload.place.line &&
                 object.place.file == workload.place.file;
    }
    EXPECT_EQ(found, wanted) << name;
  }
}

TEST(ObjectsOfScenario, FollowItsVariantAndItsOverrides) {
  const auto as_it_is = objects_of_scenario("scenarios/knative-dapr-gke");
  const auto eight = objects_of_scenario("scenarios/knative-dapr-gke/eight-replicas");
  const auto text = [](const std::vector<RawObject>& objects) {
    std::string all;
    for (const RawObject& object : objects) all += object.json;
    return all;
  };
  EXPECT_EQ(text(as_it_is).find("maxScale\":\"8\""), std::string::npos);
  EXPECT_NE(text(eight).find("maxScale\":\"8\""), std::string::npos);
}

}  // namespace objects_test
}  // namespace thaw
