#include "engine/scenario/merge.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "engine/scenario/cursor.hpp"
#include "engine/scenario/files.hpp"

namespace thaw::scenario {
namespace {

using yaml::Node;
using Kind = Node::Kind;

constexpr std::size_t kDeepest = 8;

std::vector<std::string> keys_of(const Node& map) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map.map) keys.push_back(key.scalar);
  return keys;
}

std::vector<std::string> names_of(const Node& list) {
  std::vector<std::string> names;
  for (const Node& item : list.list) {
    const Node* name = item.find("name");
    if (name && name->kind == Kind::scalar) names.push_back(name->scalar);
  }
  return names;
}

void merge_map(Node& base, const Node& changes, const std::string& path, Diagnostics& problems) {
  for (const auto& [key, value] : changes.map) {
    const std::string here = dotted(path, key.scalar);
    const auto same = [&name = key.scalar](const auto& pair) { return pair.first.scalar == name; };
    const auto found = std::find_if(base.map.begin(), base.map.end(), same);
    if (found == base.map.end() && value.kind == Kind::null) {
      problems.error(key.place, here,
                     "there is no such key to remove" + suggestion(key.scalar, keys_of(base)));
    } else if (found == base.map.end()) {
      base.map.emplace_back(key, value);
    } else if (value.kind == Kind::null) {
      base.map.erase(found);
    } else {
      found->first = key;
      found->second = merge(std::move(found->second), value, here, problems);
    }
  }
}

void merge_list(Node& base, const Node& changes, const std::string& path, Diagnostics& problems) {
  for (const auto& [key, value] : changes.map) {
    const std::string here = dotted(path, key.scalar);
    const auto same = [&name = key.scalar](const Node& item) {
      const Node* own = item.find("name");
      return own && own->kind == Kind::scalar && own->scalar == name;
    };
    const auto found = std::find_if(base.list.begin(), base.list.end(), same);
    if (found == base.list.end()) {
      problems.error(key.place, here,
                     "no item of the list has this name" + suggestion(key.scalar, names_of(base)));
    } else if (value.kind == Kind::null) {
      base.list.erase(found);
    } else if (value.kind != Kind::map) {
      problems.error(value.place, here,
                     "expected a map of changes to this item, found " + value.describe());
    } else {
      *found = merge(std::move(*found), value, here, problems);
    }
  }
}

Node key_node(std::string_view name, const Place& place) {
  Node node;
  node.kind = Kind::scalar;
  node.scalar = name;
  node.place = place;
  return node;
}

// Flow maps, flow lists and quoted text are YAML; anything else is taken as it stands, so that an
// expression with a colon needs no quotes.
Node parse_value(std::string_view text, const Place& place, Diagnostics& problems) {
  Node node;
  node.place = place;
  if (text == "~" || text == "null") return node;
  if (text.find_first_of("{[\"'") != 0) {
    node.kind = Kind::scalar;
    node.scalar = text;
    return node;
  }
  // Blanks in front make the columns those of the whole argument.
  const std::string padded =
      std::string(static_cast<std::size_t>(place.column - 1), ' ') + std::string(text);
  std::vector<Node> documents = yaml::parse(padded, place.file, yaml::kScenarioLimits, problems);
  return documents.empty() ? node : std::move(documents.front());
}

// The file that `base: NAME` means, empty if it cannot be one.
std::string sibling(const std::string& path, const Node& name,
                    const std::vector<std::string>& chain, Diagnostics& problems) {
  const auto refuse = [&](const std::string& message) {
    problems.error(name.place, "base", message);
    return std::string();
  };
  if (name.kind != Kind::scalar || name.scalar.empty() ||
      name.scalar.find('/') != std::string::npos) {
    return refuse("expected the name of a file beside this one, found " + name.describe());
  }
  const std::string below = beside(path, name.scalar);
  if (std::find(chain.begin(), chain.end(), below) != chain.end()) {
    return refuse("the files are based on each other in a circle");
  }
  if (chain.size() > kDeepest)
    return refuse("more than " + std::to_string(kDeepest) + " files based on each other");
  return below;
}

// One file and what it is based on. `chain`: the files that are being read, the variant first.
Node read_chain(const std::string& path, const Place& blame, std::vector<std::string>& chain,
                Diagnostics& problems) {
  const std::size_t before = problems.error_count();
  std::vector<Node> documents = yaml::parse_file(path, yaml::kScenarioLimits, blame, problems);
  if (documents.empty()) {
    if (problems.error_count() == before)
      problems.error({path, 0, 0}, "", "the file is empty, expected a scenario");
    problems.throw_if_any();
  }
  if (documents.size() > 1)
    problems.error(documents[1].place, "", "expected one document, found another");
  Node& tree = documents.front();
  const auto base = std::find_if(tree.map.begin(), tree.map.end(),
                                 [](const auto& p) { return p.first.scalar == "base"; });
  if (base == tree.map.end()) return std::move(tree);

  const Node name = std::move(base->second);
  tree.map.erase(base);
  chain.push_back(path);
  const std::string below = sibling(path, name, chain, problems);
  // Without its base, all that a variant leaves out would look like mistakes of its own.
  if (below.empty()) problems.throw_if_any();
  return merge(read_chain(below, name.place, chain, problems), tree, "", problems);
}

}  // namespace

yaml::Node merge(yaml::Node base, const yaml::Node& changes, const std::string& key,
                 Diagnostics& problems) {
  if (changes.kind == Kind::map && base.kind == Kind::map) {
    merge_map(base, changes, key, problems);
    return base;
  }
  if (changes.kind == Kind::map && base.kind == Kind::list) {
    merge_list(base, changes, key, problems);
    return base;
  }
  return changes;
}

yaml::Node parse_override(const std::string& text, Diagnostics& problems) {
  const Place start{"--set " + text, 1, 1};
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    problems.error(start, "", "expected PATH=VALUE such as cluster.pools.gpu.nodes.max=3");
    return {};
  }
  const auto place_of = [&](std::size_t offset) {
    return Place{start.file, 1, static_cast<int>(offset) + 1};
  };
  std::vector<std::pair<std::size_t, std::size_t>> keys;  // begin and end of each
  for (std::size_t begin = 0; begin <= equals;) {
    const std::size_t end = std::min(text.find('.', begin), equals);
    if (begin == end) {
      problems.error(place_of(begin), "", "a path has a key on each side of a dot");
      return {};
    }
    keys.emplace_back(begin, end);
    begin = end + 1;
  }
  const std::size_t before = problems.error_count();
  Node tree =
      parse_value(std::string_view(text).substr(equals + 1), place_of(equals + 1), problems);
  if (problems.error_count() != before) return {};
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    Node around;
    around.kind = Kind::map;
    around.place = place_of(key->first);
    const auto name = std::string_view(text).substr(key->first, key->second - key->first);
    around.map.emplace_back(key_node(name, around.place), std::move(tree));
    tree = std::move(around);
  }
  return tree;
}

yaml::Node assemble(const std::string& path, const std::vector<std::string>& overrides,
                    Diagnostics& problems) {
  std::vector<std::string> chain;
  Node tree = read_chain(path, {path, 0, 0}, chain, problems);
  for (const std::string& text : overrides) {
    const Node changes = parse_override(text, problems);
    if (changes.kind == Kind::map) tree = merge(std::move(tree), changes, "", problems);
  }
  return tree;
}

}  // namespace thaw::scenario
