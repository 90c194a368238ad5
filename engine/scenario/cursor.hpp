// One value of a scenario file on its way in: the node, its key path, and where problems go.
//
// Keys are dotted and name list items where they have a name: "cluster.pools.gpu.nodes".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/scenario/yaml.hpp"

namespace thaw::scenario {

// A name that must exist once the whole file is read.
struct Reference {
  enum class To : std::uint8_t { function, pool, step, pipeline, called };  // called: either
  To to = To::function;
  std::string name;
  Place place;
  std::string key;
};

// What one reading collects besides the values.
struct Reading {
  Diagnostics& problems;
  std::vector<Reference> references;
  std::vector<std::string> guesses;  // defaults in use that nobody measured
  std::string file;                  // the scenario's: what it names lies beside it
};

class Cursor {
 public:
  Cursor(const yaml::Node& node, std::string key, Reading& reading)
      : node_(node), key_(std::move(key)), reading_(reading) {}

  const yaml::Node& node() const { return node_; }
  const std::string& key() const { return key_; }
  Reading& reading() const { return reading_; }

  Cursor child(const yaml::Node& node, std::string_view name) const;
  void error(std::string message) const;
  void error_at(const Place& place, std::string_view key, std::string message) const;
  void expected(std::string_view what) const;  // "expected WHAT, found …"
  void refer(Reference::To to, std::string name) const;

 private:
  const yaml::Node& node_;
  std::string key_;
  Reading& reading_;
};

// "a.b", or "b" if there is nothing before it.
std::string dotted(std::string_view parent, std::string_view name);

// "; did you mean NAME?" if one of the candidates is near, else empty.
std::string suggestion(std::string_view found, const std::vector<std::string>& candidates);

// "a, b or c".
std::string alternatives(const std::vector<std::string>& names);

}  // namespace thaw::scenario
