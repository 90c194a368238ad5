// The JSON Schema, held against the loader: what one knows, the other knows.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "engine/scenario/load.hpp"
#include "engine/scenario/yaml.hpp"
#include "tests/scenario/scratch.hpp"

namespace thaw {
namespace schema_test {

using Json = nlohmann::ordered_json;
using Kind = yaml::Node::Kind;

const Json& schema() {
  static const Json parsed = Json::parse(scenario_schema());
  return parsed;
}

const Json& resolved(const Json& s) {
  if (!s.contains("$ref")) return s;
  const std::string ref = s["$ref"];
  return schema().at(nlohmann::json_pointer<std::string>(ref.substr(1)));
}

// As much of JSON Schema as the scenario's uses, for plain YAML nodes; the pattern of a text is
// left out.
bool allows(const Json& with_ref, const yaml::Node& node) {
  const Json& s = resolved(with_ref);
  if (s.contains("anyOf")) {
    for (const Json& form : s["anyOf"]) {
      if (allows(form, node)) return true;
    }
    return false;
  }
  if (s.contains("enum")) {
    for (const Json& word : s["enum"]) {
      if (node.scalar == (word.is_string() ? word.get<std::string>() : word.dump())) return true;
    }
    return false;
  }
  const auto is = [&](const char* type) {
    if (s["type"].is_string()) return s["type"] == type;
    return std::find(s["type"].begin(), s["type"].end(), type) != s["type"].end();
  };
  if (node.kind == Kind::list) {
    if (!is("array")) return false;
    for (const yaml::Node& item : node.list) {
      if (!allows(s["items"], item)) return false;
    }
    return true;
  }
  if (node.kind == Kind::scalar) return is("string") || is("number") || is("integer");
  if (node.kind != Kind::map || !is("object")) return false;
  for (const auto& [key, value] : node.map) {
    const bool known = s.contains("properties") && s["properties"].contains(key.scalar);
    if (!known && !s["additionalProperties"].is_object()) return false;
    if (!allows(known ? s["properties"][key.scalar] : s["additionalProperties"], value))
      return false;
  }
  if (s.contains("required")) {
    for (const Json& key : s["required"]) {
      if (!node.find(key.get<std::string>())) return false;
    }
  }
  return true;
}

yaml::Node tree(const std::string& text) {
  Diagnostics d;
  auto documents = yaml::parse(text, "f", yaml::kScenarioLimits, d);
  EXPECT_TRUE(d.ok());
  return documents.at(0);
}

TEST(Schema, IsOfTheDraftAndTellsVariantsApart) {
  EXPECT_EQ(schema()["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(schema()["if"]["required"], Json({"base"}));
  EXPECT_EQ(schema()["then"]["$ref"], "#/$defs/variant");
  EXPECT_EQ(schema()["else"]["$ref"], "#/$defs/scenario");
}

TEST(Schema, AllowsWhatTheLoaderLoads) {
  for (const char* name : {"scenario.yaml", "everything.yaml", "sharing.yaml"}) {
    EXPECT_TRUE(allows(schema()["else"], tree(read_text(kGood + name)))) << name;
  }
  for (const char* name : {"smaller.yaml", "smallest.yaml"}) {
    const yaml::Node variant = tree(read_text(kGood + name));
    for (const auto& [key, value] : variant.map) {
      EXPECT_TRUE(schema()["$defs"]["variant"]["properties"].contains(key.scalar))
          << name << ": " << key.scalar;
    }
  }
}

// Every key of every map: were one renamed in a file, the loader would not know it, and neither may
// the schema.
void rename_each_key(const yaml::Node& root, const std::string& text, std::vector<std::string>& out,
                     const yaml::Node& node) {
  for (const auto& [key, value] : node.map) {
    std::size_t at = 0;
    for (int line = 1; line < key.place.line; ++line) at = text.find('\n', at) + 1;
    std::string changed = text;
    out.push_back(changed.insert(at + static_cast<std::size_t>(key.place.column) - 1, "zz"));
    rename_each_key(root, text, out, value);
  }
  for (const yaml::Node& item : node.list) rename_each_key(root, text, out, item);
}

TEST(Schema, KnowsExactlyTheKeysOfTheLoader) {
  const Scratch scratch;
  const std::string text = read_text(kGood + "everything.yaml");
  const yaml::Node root = tree(text);
  std::vector<std::string> changed;
  rename_each_key(root, text, changed, root);
  EXPECT_GT(changed.size(), 150U);
  for (const std::string& one : changed) {
    // Labels and functions have keys of the user's; a function must still be in the manifests.
    if (one.find("zzzone") != std::string::npos || one.find("zzgpu:") != std::string::npos)
      continue;
    EXPECT_FALSE(problems(scratch.write("scenario.yaml", one)).empty()) << one;
    if (one.find("zzollama") != std::string::npos || one.find("zzsmall") != std::string::npos)
      continue;
    EXPECT_FALSE(allows(schema()["else"], tree(one))) << one;
  }
}

// Between them, these files have every key that the schema knows.
TEST(Schema, OffersNoKeyThatTheLoaderLacks) {
  std::set<std::string> used;
  const std::function<void(const yaml::Node&)> collect = [&](const yaml::Node& node) {
    for (const auto& [key, value] : node.map) {
      used.insert(key.scalar);
      collect(value);
    }
    for (const yaml::Node& item : node.list) collect(item);
  };
  for (const char* file : {"everything.yaml", "arrivals.yaml", "standalone.yaml", "sharing.yaml",
                           "gcloud.yaml", "nodes.yaml", "karpenter.yaml"})
    collect(tree(read_text(kGood + file)));
  for (const auto& [name, definition] : schema()["$defs"].items()) {
    if (name == "variant") continue;
    for (const auto& [key, value] : definition["properties"].items()) {
      EXPECT_TRUE(used.contains(key)) << name << "." << key << " is in no good scenario";
      EXPECT_FALSE(value["description"].get<std::string>().empty()) << name << "." << key;
    }
  }
}

TEST(Schema, CarriesPatternsLimitsAndRules) {
  const Json& defs = schema()["$defs"];
  EXPECT_EQ(defs["function"]["properties"]["stop"]["pattern"],
            "^([0-9]+(\\.[0-9]+)?(ns|us|ms|s|min|h))+$");
  EXPECT_EQ(defs["nodeRange"]["properties"]["max"]["minimum"], 0);
  EXPECT_EQ(defs["nodeRange"]["properties"]["max"]["type"], "integer");
  EXPECT_EQ(defs["service"]["required"], Json({"dispatch"}));
  EXPECT_EQ(defs["service"]["additionalProperties"], false);
  EXPECT_EQ(defs["step"]["dependentRequired"]["when"], Json({"within"}));
  EXPECT_EQ(defs["step"]["allOf"][0]["oneOf"][1]["required"], Json({"when"}));
  EXPECT_EQ(defs["check"]["properties"]["never"]["enum"], Json::array({true}));
}

}  // namespace schema_test
}  // namespace thaw
