#include "engine/scenario/openfaas.hpp"

#include <algorithm>
#include <string_view>

namespace thaw {
namespace {

constexpr Version kCommunityEdition{0, 27, 0};
constexpr const char* kProfiles = "com.openfaas.profile";
constexpr const char* kProfilesNamespace = "openfaas";

std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t comma = std::min(list.find(',', at), list.size());
    std::string_view name = list.substr(at, comma - at);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    names.emplace_back(name);
    at = comma + 1;
  }
  return names;
}

std::string why_not_found(const Manifests& manifests, const std::string& name) {
  const std::string there = "there is no Profile " + name + " in namespace " + kProfilesNamespace;
  std::vector<std::string> others;
  for (const ProfileObject& other : manifests.profiles) {
    if (other.name == name) return there + " (the one in " + other.ns + " does not count)";
    if (other.ns == kProfilesNamespace) others.push_back(other.name);
  }
  std::string known;
  for (const std::string& other : others) known += (known.empty() ? "" : ", ") + other;
  return known.empty() ? there : there + ", only " + known;
}

// The function's own requests win over a Profile's.
void add_missing(Resources& own, const Resources& more) {
  if (own.cpu == Millicores{}) own.cpu = more.cpu;
  if (own.memory == Bytes{}) own.memory = more.memory;
  own.extended.insert(more.extended.begin(), more.extended.end());
}

void apply(const ProfileObject& profile, Workload& function) {
  function.tolerations.insert(function.tolerations.end(), profile.tolerations.begin(),
                              profile.tolerations.end());
  if (!profile.runtime_class.empty()) function.runtime_class = profile.runtime_class;
  add_missing(function.requests, profile.requests);
}

void deploy(Workload& function, const std::vector<std::string>& names, const Manifests& manifests,
            Diagnostics& problems) {
  for (const std::string& name : names) {
    const auto found = std::ranges::find_if(manifests.profiles, [&](const ProfileObject& p) {
      return p.name == name && p.ns == kProfilesNamespace;
    });
    if (found == manifests.profiles.end()) {
      function.refused = why_not_found(manifests, name);
      function.replicas = Replicas(0);
      problems.notice("OpenFaaS does not deploy " + function.name + ": " + function.refused);
      return;
    }
    apply(*found, function);
  }
}

}  // namespace

std::vector<std::string> profile_names(const Workload& function) {
  const auto list = function.annotations.find(kProfiles);
  if (list == function.annotations.end() || list->second.value.empty()) return {};
  return names_in(list->second.value);
}

bool is_classic_openfaas(const Versions& versions) { return versions.openfaas < kCommunityEdition; }

bool is_openfaas_gateway(const Workload& workload) {
  if (workload.images.empty()) return false;
  const std::string image = "/" + workload.images.front();
  const std::string repository = image.substr(0, image.find_first_of(":@", image.rfind('/')));
  return repository.ends_with("/openfaas/gateway");
}

Params openfaas_params(const Workload& function, const Versions& versions) {
  Params params = function.scale_labels;
  params.set("edition", is_classic_openfaas(versions) ? "classic" : "ce", function.place);
  return params;
}

void apply_profiles(Manifests& manifests, const Versions& versions, Diagnostics& problems) {
  for (Workload& function : manifests.workloads) {
    if (function.kind != Workload::Kind::openfaas_function) continue;
    const std::vector<std::string> names = profile_names(function);
    if (names.empty()) continue;
    if (is_classic_openfaas(versions)) {
      deploy(function, names, manifests, problems);
    } else {
      problems.notice(function.name + ": OpenFaaS CE " + to_text(versions.openfaas) +
                      " does not apply Profiles; " + kProfiles + ": " +
                      function.annotations.at(kProfiles).value +
                      " has no effect (versions.openfaas below 0.27: it had)");
    }
  }
}

}  // namespace thaw
