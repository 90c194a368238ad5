#include "engine/scenario/reader.hpp"

#include <algorithm>
#include <set>

#include "engine/scenario/units.hpp"

namespace thaw::scenario {

using Kind = yaml::Node::Kind;

bool is_scalar(const yaml::Node& node, const LeafText& about) {
  return node.kind == Kind::scalar && !(about.plain && node.quoted);
}

void not_a_leaf(const Cursor& at, const LeafText& about) {
  const yaml::Node& node = at.node();
  std::string message = "expected " + about.expected + ", found " + node.describe();
  if (node.kind == Kind::scalar) {
    const bool bare = units::number(node.scalar).has_value();
    if (bare && !about.unit.empty()) message += "; did you mean " + node.scalar + about.unit + "?";
    message += suggestion(node.scalar, about.choices);
  }
  at.error(std::move(message));
}

bool is_map(const Cursor& at) {
  if (at.node().kind == Kind::map) return true;
  at.expected("a map");
  return false;
}

bool is_list_with_unique_names(const Cursor& at) {
  if (at.node().kind != Kind::list) {
    at.expected("a list");
    return false;
  }
  std::set<std::string_view> names;
  for (const yaml::Node& item : at.node().list) {
    const yaml::Node* name = item.find("name");
    if (!name || name->kind != Kind::scalar || names.insert(name->scalar).second) continue;
    at.child(*name, name->scalar).error("another item of this list has the same name");
  }
  return true;
}

std::string item_name(const yaml::Node& list, const yaml::Node& item) {
  const yaml::Node* name = item.find("name");
  if (name && name->kind == Kind::scalar && !name->scalar.empty()) return name->scalar;
  return std::to_string(&item - list.list.data());
}

const yaml::Node* Reader::take(std::string_view key, bool needed) {
  known_.emplace_back(key);
  const yaml::Node* node = at_.node().find(key);
  if (!node && needed) at_.error("the key " + std::string(key) + " is missing");
  return node;
}

void Reader::exactly_one(std::initializer_list<const char*> keys) {
  const std::vector<std::string> names(keys.begin(), keys.end());
  const auto given =
      std::count_if(names.begin(), names.end(), [&](const auto& name) { return has(name); });
  if (given != 1)
    at_.error("expected exactly one of " + alternatives(names) + ", found " +
              std::to_string(given));
}

void Reader::not_both(const char* a, const char* b) {
  if (has(a) && has(b)) at_.error("expected only one of " + std::string(a) + " and " + b);
}

void Reader::together(const char* a, const char* b) {
  if (has(a) == has(b)) return;
  at_.error("the key " + std::string(has(a) ? b : a) + " is missing, which belongs to " +
            (has(a) ? a : b));
}

void Reader::fault(std::string_view key, std::string message) {
  const yaml::Node* node = key.empty() ? nullptr : at_.node().find(key);
  at_.error_at(node ? node->place : at_.node().place, key, std::move(message));
}

void Reader::guess(std::string_view key, std::string_view value) {
  at_.reading().guesses.push_back(dotted(at_.key(), key) + " (" + std::string(value) + ")");
}

void Reader::finish() {
  for (const auto& [key, value] : at_.node().map) {
    if (std::find(known_.begin(), known_.end(), key.scalar) != known_.end()) continue;
    at_.error_at(key.place, key.scalar, "unknown key" + suggestion(key.scalar, known_));
  }
}

}  // namespace thaw::scenario
