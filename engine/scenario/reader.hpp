// The visitor that reads a map of the scenario file, and the small questions that all shapes ask of
// a node. Every problem is reported at its place; a missing key at the map that lacks it.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/scenario/cursor.hpp"
#include "engine/scenario/schema.hpp"

namespace thaw::scenario {

bool is_scalar(const yaml::Node& node, const LeafText& about);
void not_a_leaf(const Cursor& at, const LeafText& about);
bool is_map(const Cursor& at);
bool is_list_with_unique_names(const Cursor& at);
// How a list item is called in a key path: by its name, else by its index.
std::string item_name(const yaml::Node& list, const yaml::Node& item);

class Reader {
 public:
  explicit Reader(const Cursor& at)
      : at_(at), errors_before_(at.reading().problems.error_count()) {}

  template <class Member, class S>
  void required(std::string_view key, Member& member, const S& shape, std::string_view) {
    read(key, member, shape, true);
  }
  template <class Member, class S>
  void optional(std::string_view key, Member& member, const S& shape, std::string_view) {
    read(key, member, shape, false);
  }
  void exactly_one(std::initializer_list<const char*> keys);
  void not_both(const char* a, const char* b);
  void together(const char* a, const char* b);

  bool reading() const { return true; }
  bool ok() const { return at_.reading().problems.error_count() == errors_before_; }
  bool has(std::string_view key) const { return at_.node().find(key) != nullptr; }
  const Place& place() const { return at_.node().place; }
  const std::string& key() const { return at_.key(); }
  template <class Check>
  void check(const Check& tell) {  // what has a place of its own
    tell(at_.reading().problems);
  }
  void fault(std::string_view key,
             std::string message);  // at the key's value, or at the map without one
  // A default that nobody measured is in use: "stop" of "functions.ollama" is "2s".
  void guess(std::string_view key, std::string_view value);

  void finish();  // keys that nobody asked for

 private:
  template <class Member, class S>
  void read(std::string_view key, Member& member, const S& shape, bool needed) {
    if (const yaml::Node* node = take(key, needed)) {
      if (auto value = shape.read(at_.child(*node, key))) member = std::move(*value);
    }
  }
  const yaml::Node* take(std::string_view key, bool needed);

  const Cursor& at_;
  std::size_t errors_before_;
  std::vector<std::string> known_;
};

}  // namespace thaw::scenario
