// TH301: a Profile of OpenFaaS or a RuntimeClass that is named and not defined.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "engine/lint/pods.hpp"
#include "engine/lint/rule.hpp"
#include "engine/scenario/openfaas.hpp"

namespace thaw::lint::profile_missing {
namespace {

constexpr const char* kProfile = "com.openfaas.profile";
constexpr std::string_view kNamespace = "openfaas";
// What NVIDIA's GPU Operator and GKE's sandbox bring along.
constexpr std::array<std::string_view, 4> kInstalled{"nvidia", "nvidia-cdi", "nvidia-legacy",
                                                     "gvisor"};

bool is_there(const Manifests& manifests, const std::string& name) {
  return std::ranges::any_of(manifests.profiles, [&](const ProfileObject& profile) {
    return profile.name == name && may_share_namespace(profile.ns, kNamespace);
  });
}

void tell_profile(const Subject& subject, const std::string& who, const std::string& name,
                  const Place& place, Report& report) {
  std::string others;
  std::vector<Related> related;
  for (const ProfileObject& profile : subject.manifests.profiles) {
    others += (others.empty() ? "" : ", ") + profile.name;
    related.push_back({profile.place, "Profile " + profile.name +
                                          (profile.ns.empty() || profile.ns == kNamespace
                                               ? " is defined here"
                                               : " is in " + profile.ns + ": it does not count")});
  }
  report.add(place,
             fmt::format("{} names the Profile {}, and there is {} in {}: OpenFaaS refuses to "
                         "deploy it",
                         who, name, others.empty() ? "none" : "only " + others, kNamespace),
             others.empty() ? fmt::format("create the Profile {}", name)
                            : fmt::format("name it {}, or create the Profile {}", others, name),
             std::move(related));
}

// Whether the set can know: it has Profiles, or it is a whole cluster whose OpenFaaS looks at them.
bool knows_profiles(const Subject& subject) {
  if (subject.scenario) return is_classic_openfaas(subject.scenario->versions);
  return !subject.manifests.profiles.empty();
}

void check_profiles(const Subject& subject, Report& report) {
  if (!knows_profiles(subject)) return;
  std::set<std::string> told;
  for (const Workload& function : subject.manifests.workloads) {
    if (function.kind != Workload::Kind::openfaas_function) continue;
    for (const std::string& name : profile_names(function)) {
      told.insert(name);
      if (!is_there(subject.manifests, name))
        tell_profile(subject, "function " + function.name, name,
                     function.annotations.at(kProfile).place, report);
    }
  }
  // A text may show the annotation alone; where it shows the function too, that was it.
  for (const Fragment& fragment : subject.fragments) {
    const yaml::Node* const value = fragment.node->find(kProfile);
    if (!value || told.contains(value->scalar) || is_there(subject.manifests, value->scalar))
      continue;
    tell_profile(subject, "the annotation", value->scalar, value->place, report);
  }
}

void check_class(const Subject& subject, const yaml::Node* named, const std::string& who,
                 Report& report) {
  if (!named || named->scalar.empty()) return;
  const auto& classes = subject.manifests.runtime_classes;
  if (std::ranges::find(classes, named->scalar, &RuntimeClassObject::name) != classes.end()) return;
  const bool installed = std::ranges::find(kInstalled, named->scalar) != kInstalled.end();
  if (!subject.scenario && (classes.empty() || installed)) return;
  std::string others;
  for (const RuntimeClassObject& other : classes)
    others += (others.empty() ? "" : ", ") + other.name;
  report.add(
      installed ? Severity::warning : Severity::error, named->place,
      fmt::format("{} names the RuntimeClass {}, and there is {}: the API server refuses its "
                  "pods",
                  who, named->scalar, others.empty() ? "none" : "only " + others),
      fmt::format("add the RuntimeClass {}, or name one that is there", named->scalar));
}

void check(const Subject& subject, Report& report) {
  check_profiles(subject, report);
  for (const PodSpec& pod : pods_of(subject))
    check_class(subject, pod.spec->find("runtimeClassName"),
                pod.object->kind + " " + pod.object->name, report);
  for (const Object& object : subject.objects)
    if (object.kind == "Profile")
      check_class(subject, at(*object.node, "spec.runtimeClassName"), "Profile " + object.name,
                  report);
  for (const Values& values : subject.values)
    check_class(subject, values.node->find("runtimeClassName"), "the chart", report);
}

}  // namespace

Rule rule() {
  return {"TH301", "profile-missing", Severity::error,
          "a Profile or a RuntimeClass that is named and not defined", check};
}

}  // namespace thaw::lint::profile_missing
