// Kubernetes YAML → Manifests. Errors are what `kubectl apply` would refuse or what thaw cannot go
// on with; what an object says and thaw does not model is one notice per kind of thing.
#pragma once

#include <string>
#include <vector>

#include "engine/scenario/manifest.hpp"
#include "engine/scenario/yaml.hpp"

namespace thaw {

// Reads each file (may hold many documents and `kind: List`). Reading order is kept; a second
// object of the same kind, namespace and name replaces the first, as a second `kubectl apply` does,
// with a notice.
Manifests read_manifests(const std::vector<std::string>& files, const Place& blame,
                         Diagnostics& diagnostics);

// One file, and what a scenario can say about it.
struct ManifestSource {
  std::string file;
  std::string ns = {};                   // what kubectl and helm are told by -n; empty: "default"
  std::string chart = {}, release = {};  // values of a Helm chart; empty: Kubernetes objects
};

// The same. An object that names another namespace than the one it is put into is an error.
Manifests read_sources(const std::vector<ManifestSource>& sources, const Place& blame,
                       Diagnostics& diagnostics);

// Documents that are parsed already, of any kind that the readers above take; `ns` and `chart` as
// of a source. Here a namespace that nobody named stays empty.
struct ParsedDocument {
  const yaml::Node* node = nullptr;
  std::string ns = {}, chart = {};
};
Manifests read_documents(const std::vector<ParsedDocument>& documents, Diagnostics& diagnostics);

}  // namespace thaw
