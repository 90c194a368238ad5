// The ConfigMap that owns what a run made in one namespace, and how a run is found again by it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "drivers/applied/discovery.hpp"
#include "drivers/applied/run_names.hpp"
#include "drivers/kubernetes/json.hpp"

namespace thaw::applied {

inline const Resource kConfigMaps{"v1", "ConfigMap", "configmaps", true, true};
inline const Resource kNamespaces{"v1", "Namespace", "namespaces", false, true};

std::string label_selector(const std::string& run);  // of everything that the run made; "": any run

// What it remembers: for the user, and for whoever cleans up.
struct OwnerNotes {
  std::string scenario, since, identity;
  std::vector<std::string> collections;  // paths of what the run makes, in all namespaces
};

kubernetes::Json owner_map(const std::string& run, const std::string& ns, const OwnerNotes& notes);
OwnerNotes notes_in(const kubernetes::Json& config_map);

// metadata.ownerReferences of what it owns.
kubernetes::Json owned_by(const std::string& run, const std::string& uid);
bool is_owned(const kubernetes::Json& object, const std::string& run);

bool is_going(const kubernetes::Json& object);  // is being removed
// "" of what bears no run's label.
std::string run_of(const kubernetes::Json& object);
// "Deployment x in namespace y"
std::string title_of(const std::string& kind, const std::string& ns, const std::string& name);

}  // namespace thaw::applied
