// Typed reading of one Kubernetes object, as strict as the API server about types: text must be
// text (an unquoted 5000 is a number), numbers must be numbers, null is the same as absent.
//
// A field that nobody asked for is one that thaw does not model; an object tells them all in one
// notice.
// Errors: go to the Diagnostics, at the value's place, with the field's dotted path; the getter
// returns its fallback.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/params.hpp"
#include "engine/scenario/yaml.hpp"

namespace thaw {

inline constexpr std::string_view kHelmTemplate =
    "\"{{\" is a Helm template, not yet a manifest: give what `helm template` prints";

// What is said about one object while it is read.
class ObjectReport {
 public:
  ObjectReport(std::string title, Diagnostics& diagnostics)
      : title_(std::move(title)), diagnostics_(diagnostics) {}

  void error(const Place& place, const std::string& path, std::string message) {
    diagnostics_.error(place, path, std::move(message));
  }
  void notice(std::string_view text);
  void not_modelled(std::string field) { not_modelled_.insert(std::move(field)); }
  void finish();  // "Deployment ollama: livenessProbe, strategy are not modelled"

 private:
  std::string title_;
  Diagnostics& diagnostics_;
  std::set<std::string> not_modelled_;
};

using Texts = std::map<std::string, Params::Entry>;

class Fields {
 public:
  // `prefix` goes before a field's name in the notice, where the name alone says little:
  // "emptyDir.".
  Fields(const yaml::Node* map, Place place, std::string path, std::string prefix,
         ObjectReport& report);

  const Place& place() const { return place_; }
  const std::string& path() const { return path_; }
  ObjectReport& report() const { return *report_; }

  // Null if absent. What is asked for counts as modelled.
  const yaml::Node* find(std::string_view key);
  bool has(std::string_view key) { return find(key) != nullptr; }
  std::string text(std::string_view key, std::string fallback = {});
  std::string required_text(std::string_view key);
  std::int64_t integer(std::string_view key, std::int64_t fallback, std::int64_t least,
                       std::int64_t most);
  bool flag(std::string_view key, bool fallback);        // true or false
  std::vector<std::string> words(std::string_view key);  // a list of text
  Texts texts(std::string_view key);  // a map of text to text, with the places of the values
  Fields child(std::string_view key, std::string prefix = {});               // no fields if absent
  std::vector<Fields> items(std::string_view key, std::string prefix = {});  // a list of maps

  void ignore(std::initializer_list<std::string_view> keys);  // of no effect on what thaw computes
  void finish();                                              // tells the fields nobody asked for
  std::vector<std::string> unread() const;                    // the names of those

  // At the field, or at the map if it is absent.
  void error(std::string_view key, std::string message);
  void expected(std::string_view key, std::string_view what);  // "expected WHAT, found …"

 private:
  std::string path_of(std::string_view key) const;

  const yaml::Node* map_;  // null: absent
  Place place_;
  std::string path_;
  std::string prefix_;
  ObjectReport* report_;
  std::set<std::string, std::less<>> known_;
};

// Whether a scalar is text to the API server: quoted, or nothing that YAML 1.1 takes for a number,
// a boolean or null.
bool is_text(const yaml::Node& node);

std::map<std::string, std::string> values_of(const Texts& texts);

}  // namespace thaw
