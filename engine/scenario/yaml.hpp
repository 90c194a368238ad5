// YAML as a tree that remembers where everything stood. The only file that includes yaml-cpp is
// yaml.cpp.
//
// Strict on purpose: duplicate keys, tabs in indentation, non-scalar keys, files above their size
// limit, nesting deeper than 64 and more visited nodes than the limit (aliases expanded: an alias
// bomb is refused) are errors, each with its place. In a scenario anchors and aliases are errors
// too; manifests may use them, as kubectl does.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/diagnostic.hpp"

namespace thaw::yaml {

struct Node {
  enum class Kind : unsigned char { null, scalar, map, list };
  Kind kind = Kind::null;
  bool quoted = false;  // '…', "…", | or >: certainly a string
  std::string scalar;
  std::vector<std::pair<Node, Node>>
      map;  // keys in the file's order; a key is a scalar node with its own place
  std::vector<Node> list;
  Place place;

  const Node* find(std::string_view key) const;  // of a map; nullptr if absent
  std::string describe() const;  // for "found …": 'the text "3"', "a list", "nothing"
};

struct Limits {
  std::size_t bytes = 1 << 20;
  std::size_t nodes = 100'000;
  bool anchors = false;
};
inline constexpr Limits kScenarioLimits{1 << 20, 100'000, false};
inline constexpr Limits kManifestLimits{8 << 20, 100'000, true};

// Every document of the text, in order; empty documents are left out. Problems go to `diagnostics`;
// what could not be read is absent from the result. Never throws on input.
std::vector<Node> parse(std::string_view text, const std::string& file, const Limits&,
                        Diagnostics& diagnostics);

// The same, from a file. A file that cannot be read is a problem too, told at `blame`.
std::vector<Node> parse_file(const std::string& path, const Limits&, const Place& blame,
                             Diagnostics& diagnostics);

}  // namespace thaw::yaml
