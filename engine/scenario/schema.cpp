#include "engine/scenario/schema.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace thaw::scenario {

SchemaFn leaf_schema(const LeafText& about) {
  return [about](Json& out, Json&) {
    if (!about.choices.empty()) {
      out["enum"] = about.choices;
      if (about.types == std::vector<std::string>{"boolean"}) {
        out["enum"] = Json::array();
        for (const std::string& word : about.choices) out["enum"].push_back(word == "true");
      }
      return;
    }
    out["type"] = about.types.size() == 1 ? Json(about.types[0]) : Json(about.types);
    if (!about.pattern.empty()) out["pattern"] = about.pattern;
    // Whole limits are written as such: "minimum": 1, not 1.0.
    const auto limit = [](double value) { return Json(static_cast<std::int64_t>(value)); };
    if (about.least) out["minimum"] = limit(*about.least);
    if (about.most) out["maximum"] = limit(*about.most);
  };
}

SchemaFn list_schema(SchemaFn item) {
  return [item = std::move(item)](Json& out, Json& definitions) {
    out["type"] = "array";
    item(out["items"], definitions);
  };
}

SchemaFn map_schema(SchemaFn value) {
  return [value = std::move(value)](Json& out, Json& definitions) {
    out["type"] = "object";
    value(out["additionalProperties"], definitions);
  };
}

SchemaFn any_schema(std::vector<SchemaFn> forms) {
  return [forms = std::move(forms)](Json& out, Json& definitions) {
    out["anyOf"] = Json::array();
    for (const SchemaFn& form : forms) {
      Json one = Json::object();
      form(one, definitions);
      out["anyOf"].push_back(std::move(one));
    }
  };
}

void SchemaWriter::add(std::string_view key, const SchemaFn& schema, std::string_view what,
                       bool required) {
  Json value = Json::object();
  schema(value, definitions_);
  value["description"] = what;
  out_["properties"][std::string(key)] = std::move(value);
  if (required) out_["required"].push_back(key);
}

void SchemaWriter::exactly_one(std::initializer_list<const char*> keys) {
  Json choices = Json::array();
  for (const char* key : keys) choices.push_back({{"required", {key}}});
  out_["allOf"].push_back({{"oneOf", std::move(choices)}});
}

void SchemaWriter::not_both(const char* a, const char* b) {
  out_["allOf"].push_back({{"not", {{"required", {a, b}}}}});
}

void SchemaWriter::together(const char* a, const char* b) {
  out_["dependentRequired"][a] = {b};
  out_["dependentRequired"][b] = {a};
}

SchemaFn object_schema(std::string name, std::function<void(SchemaWriter&)> describe) {
  return [name = std::move(name), describe = std::move(describe)](Json& out, Json& definitions) {
    out["$ref"] = "#/$defs/" + name;
    if (definitions.contains(name)) return;
    definitions[name] = nullptr;  // its place in the order: before what it uses
    Json schema = {{"type", "object"}, {"properties", Json::object()}};
    SchemaWriter writer(schema, definitions);
    describe(writer);
    schema["additionalProperties"] = false;
    definitions[name] = std::move(schema);
  };
}

std::string schema_text(const SchemaFn& document) {
  Json definitions = Json::object();
  Json scenario = Json::object();
  document(scenario, definitions);

  // A variant says only what differs, lists by name; so only its top-level keys can be held to
  // anything.
  Json variant = {{"type", "object"}, {"properties", Json::object()}};
  variant["properties"]["base"] = {{"type", "string"},
                                   {"pattern", "^[^/]+$"},
                                   {"description", "the sibling file that this variant changes"}};
  for (const auto& [key, value] : definitions["scenario"]["properties"].items()) {
    variant["properties"][key] = {{"description", value["description"]}};
  }
  variant["required"] = {"base"};
  variant["additionalProperties"] = false;
  definitions["variant"] = std::move(variant);

  Json schema = {
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"title", "thaw scenario"},
      {"description",
       "What the cluster is, what is deployed on it, what load comes and what must hold."},
      {"if", {{"required", {"base"}}}},
      {"then", {{"$ref", "#/$defs/variant"}}},
      {"else", std::move(scenario)},
      {"$defs", std::move(definitions)}};
  return schema.dump(2) + "\n";
}

}  // namespace thaw::scenario
