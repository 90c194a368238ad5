// The JSON Schema half of a description: what a Shape says about itself to editors.
// JSON Schema draft 2020-12. The JSON library stays in schema.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/diagnostic.hpp"

namespace thaw::scenario {

using Json = nlohmann::ordered_json;

// Writes a schema to `out`; named maps go to `definitions`, once each.
using SchemaFn = std::function<void(Json& out, Json& definitions)>;

// What a scalar looks like, for messages and for the schema.
struct LeafText {
  std::string expected = {};                    // "a duration such as 5s"
  std::vector<std::string> types = {"string"};  // JSON types
  std::string pattern = {};                     // of its text form
  std::vector<std::string> choices = {};        // the only values, if any
  std::optional<double> least = {}, most = {};  // of its numeric form
  std::string unit = {};                        // what a bare number probably lacks: "s"
  bool plain = false;                           // quotes make it text, which it is not
};

SchemaFn leaf_schema(const LeafText& about);
SchemaFn list_schema(SchemaFn item);
SchemaFn map_schema(SchemaFn value);
SchemaFn any_schema(std::vector<SchemaFn> forms);

// The visitor that turns the description of a map into its schema. Mirrors Reader (reader.hpp);
// what only makes sense with a file at hand does nothing here.
class SchemaWriter {
 public:
  SchemaWriter(Json& out, Json& definitions) : out_(out), definitions_(definitions) {}

  template <class Member, class S>
  void required(std::string_view key, Member&, const S& shape, std::string_view what) {
    add(key, shape.schema, what, true);
  }
  template <class Member, class S>
  void optional(std::string_view key, Member&, const S& shape, std::string_view what) {
    add(key, shape.schema, what, false);
  }
  void exactly_one(std::initializer_list<const char*> keys);
  void not_both(const char* a, const char* b);
  void together(const char* a, const char* b);

  bool reading() const { return false; }
  bool ok() const { return false; }
  bool has(std::string_view) const { return false; }
  Place place() const { return {}; }
  std::string key() const { return {}; }
  template <class Check>
  void check(const Check&) {}
  void fault(std::string_view, std::string) {}
  void guess(std::string_view, std::string_view) {}

 private:
  void add(std::string_view key, const SchemaFn& schema, std::string_view what, bool required);

  Json& out_;
  Json& definitions_;
};

// `describe` fills the writer; the result is kept under `name`.
SchemaFn object_schema(std::string name, std::function<void(SchemaWriter&)> describe);

// The whole: `document` is the scenario; a file with `base` may leave out anything.
std::string schema_text(const SchemaFn& document);

}  // namespace thaw::scenario
