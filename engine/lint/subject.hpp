// What lint looks at: everything that the given files hold, in the shapes in which rules want it.
//
// Files are manifests, Helm values and stack files of OpenFaaS (.yaml, .yml, .json), texts with
// code blocks in them (.md, .txt: each block keeps its lines of the document), Python scripts,
// folders of these, or a scenario with its manifests. Trees outlive what points into them.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/scenario/manifest.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/scenario/shell.hpp"
#include "engine/scenario/yaml.hpp"

namespace thaw::lint {

// A Kubernetes object of any kind, as written.
struct Object {
  const yaml::Node* node = nullptr;
  std::string api_version, kind, name;
  std::string ns;  // empty: it names none
  Place place;
};

// YAML that is no whole object: a part of a manifest that a text shows.
struct Fragment {
  const yaml::Node* node = nullptr;
};

// Values of a Helm chart, as written.
struct Values {
  const yaml::Node* node = nullptr;
  std::string chart;  // "ollama", "prometheus-adapter"; empty: one that thaw does not know
  std::string ns;
};

struct Script {
  std::string file;
  int first_line = 1;  // of the script within the file
  std::string text;
};

// A file as it is, for comments that turn findings off.
struct SourceText {
  std::string file, text;
};

// The oldest that thaw knows to be different, each as of its system's scenario.
inline constexpr Versions kOldestVersions{{0, 24, 0}, {1, 23, 0}, {1, 33, 0}, {0, 25, 0}};

struct Subject {
  std::deque<yaml::Node> trees;
  std::vector<SourceText> texts;
  std::vector<Object> objects;            // in the order of reading, items of Lists among them
  std::vector<const yaml::Node*> stacks;  // stack files of OpenFaaS
  std::vector<Values> values;
  std::vector<Fragment> fragments;
  std::vector<ShellCommand> commands;  // of shells, in texts
  std::vector<Script> scripts;         // of Python

  // The same, read as `thaw run` reads it; namespaces that nobody named are empty. With a scenario,
  // its own.
  Manifests manifests;
  // Nobody else: the scenario's settings are those of the cluster. Null: manifests alone, and what
  // is not among the files may well be in the cluster.
  std::unique_ptr<Scenario> scenario;
  std::vector<Diagnostic> unreadable;  // no YAML
  std::vector<Diagnostic> refused;     // YAML that the API server, helm or faas-cli would refuse
  std::vector<Diagnostic> settings;    // values that the autoscalers themselves refuse
  // Those that today's versions refuse and kOldestVersions do not, where nobody says which it is.
  std::vector<Diagnostic> settings_of_newest;

  const Versions& versions() const;
};

// Whether two objects can be of one namespace: the same, or one of them does not say.
bool may_share_namespace(std::string_view a, std::string_view b);

// Judges the settings of every function's autoscaler. Policies do that, which lint does not know.
using SettingsJudge = std::vector<Diagnostic> (*)(const Scenario&);

// One for each scenario among the paths or in folders below them, and one for all other files
// together. InputError: a path that is not there or cannot be read. `judge` may be null.
std::vector<Subject> read_subjects(const std::vector<std::string>& paths, SettingsJudge judge);

bool same_place(const Place& a, const Place& b);

// Values of a node by a dotted path, "spec.template.metadata"; null if there is none.
const yaml::Node* at(const yaml::Node& node, std::string_view path);
// Its text; empty if there is none.
std::string text_at(const yaml::Node& node, std::string_view path);
// The place of the key itself; of the node if it has no such key.
Place place_of_key(const yaml::Node& map, std::string_view key);

// The object as written that starts there; null if none does.
const Object* object_at(const Subject& subject, const Place& place);

}  // namespace thaw::lint
