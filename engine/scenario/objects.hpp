// A scenario's manifests as the API server gets them: each object as kubectl would send it.
//
// Plain scalars are typed as sigs.k8s.io/yaml types them (YAML 1.1: `yes` and `on` are true, 0644
// is 420, 1_000 is 1000); what is quoted is text. A key is text, whatever it looks like typed
// (`on:` is "true"). Items of a `kind: List` stand alone. Left out: OpenFaaS's stack files, values
// of charts and kustomizations, which are no objects. What the server sets itself (status,
// metadata.uid and the like) is left out too, so that what `kubectl get -o yaml` printed can be
// applied.
// Errors: problems of the files, at their places; .inf and .nan, which JSON does not have.
// Source: sigs.k8s.io/yaml, goyaml.v2/resolve.go.
#pragma once

#include <string>
#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/scenario/manifest_reader.hpp"

namespace thaw {

struct RawObject {
  std::string api_version, kind;
  std::string ns;    // its own, else what the scenario puts it into, else "default"
  std::string name;  // empty with metadata.generateName
  std::string json;  // without metadata.namespace
  Place place;
};

// In reading order; a later object of the same kind, namespace and name takes the place of the
// earlier one, as in read_sources.
std::vector<RawObject> read_objects(const std::vector<ManifestSource>& sources, const Place& blame,
                                    Diagnostics& problems);

// Of the scenario that load_scenario reads with the same arguments. Throws InputError.
std::vector<RawObject> objects_of_scenario(const std::string& path,
                                           const std::vector<std::string>& overrides = {});

}  // namespace thaw
