// TH209: what a newer version writes otherwise, or no longer reads.
#include <array>
#include <optional>
#include <set>
#include <string>

#include "engine/knative_spelling.hpp"
#include "engine/lint/known_settings.hpp"
#include "engine/lint/rule.hpp"
#include "engine/scenario/slimfaas_annotations.hpp"

namespace thaw::lint::deprecated {
namespace {

constexpr std::string_view kKnative = "autoscaling.knative.dev/";

void check_spelling(const Subject& subject, Report& report) {
  for_each_key(subject, [&](const yaml::Node& key, const yaml::Node&) {
    if (!key.scalar.starts_with(kKnative)) return;
    const std::string newer = newer_spelling(std::string_view(key.scalar).substr(kKnative.size()));
    if (newer.empty()) return;
    report.add(Severity::info, key.place,
               key.scalar +
                   " is the older spelling, which Knative still reads; where both are "
                   "there, " +
                   newer + " holds",
               "write " + std::string(kKnative) + newer);
  });
}

// Removed from the API server: 1.25 and 1.26. autoscaling/v1 is served, and knows cpu alone.
struct OldHpa {
  std::string_view api_version;
  std::optional<Version> gone;
};
constexpr std::array<OldHpa, 3> kOldHpas{{{"autoscaling/v2beta1", Version{1, 25, 0}},
                                          {"autoscaling/v2beta2", Version{1, 26, 0}},
                                          {"autoscaling/v1", std::nullopt}}};

void check_versions(const Subject& subject, Report& report) {
  for (const Object& object : subject.objects) {
    if (object.kind != "HorizontalPodAutoscaler") continue;
    const yaml::Node* const version = object.node->find("apiVersion");
    for (const OldHpa& old : kOldHpas) {
      if (!version || old.api_version != object.api_version) continue;
      const bool gone = old.gone && subject.versions().kubernetes >= *old.gone;
      report.add(
          gone ? Severity::error : Severity::info, version->place,
          object.api_version + (old.gone ? " is gone since Kubernetes " + to_text(*old.gone)
                                         : " knows cpu alone, and thaw reads autoscaling/v2"),
          "apiVersion: autoscaling/v2");
    }
  }
}

// By the scenario, else by the image's tag; empty: nobody says.
std::optional<Version> slimfaas_version(const Workload& gateway, const Subject& subject) {
  if (subject.scenario) return subject.versions().slimfaas;
  for (const std::string& image : gateway.images) {
    const std::size_t colon = image.rfind(':');
    if (colon != std::string::npos) return parse_version(image.substr(colon + 1));
  }
  return std::nullopt;
}

void tell_variable(const std::string& name, const RenamedVariable& renamed, bool sure,
                   const Place& place, Report& report) {
  report.add(place,
             "SlimFaas does not read " + name + " since " + to_text(kSlimFaasSections) +
                 (sure ? "" : ", and which version it is nobody says"),
             "write " + std::string(renamed.after));
}

void check_variables(const Subject& subject, Report& report) {
  for (const Workload& workload : subject.manifests.workloads) {
    if (!is_slimfaas(workload)) continue;
    const auto version = slimfaas_version(workload, subject);
    if (version && *version < kSlimFaasSections) continue;
    const auto has = [&](std::string_view name) {
      for (const EnvVar& variable : workload.env)
        if (variable.name == name) return true;
      return false;
    };
    for (const EnvVar& variable : workload.env) {
      const RenamedVariable* const renamed = renamed_variable(variable.name);
      if (renamed && !has(renamed->after))
        tell_variable(variable.name, *renamed, version.has_value(), variable.place, report);
    }
  }
}

// A part of the gateway's manifest, told by the placeholder that only SlimFaas has.
void check_fragment(const yaml::Node& node, Report& report) {
  const yaml::Node* const name = node.find("name");
  const yaml::Node* const value = node.find("value");
  const RenamedVariable* const renamed = name ? renamed_variable(name->scalar) : nullptr;
  if (renamed && value && value->scalar.find("{function_name}") != std::string::npos)
    tell_variable(name->scalar, *renamed, false, name->place, report);
  for (const auto& [key, below] : node.map) check_fragment(below, report);
  for (const yaml::Node& item : node.list) check_fragment(item, report);
}

void check_profiles(const Subject& subject, Report& report) {
  constexpr Version kWithout{0, 27, 0};
  if (subject.versions().openfaas < kWithout) return;
  std::set<std::string> told;  // texts show the same line again
  for_each_key(subject, [&](const yaml::Node& key, const yaml::Node& value) {
    const bool profile = key.scalar == "com.openfaas.profile" && !value.scalar.empty();
    if (!profile || !told.insert(value.scalar).second) return;
    report.add(Severity::info, key.place,
               "Profiles are not part of OpenFaaS CE since " + to_text(kWithout) + ": " +
                   key.scalar + " " + value.scalar + " has no effect there",
               "with CE: constraints and a patched provider; or OpenFaaS Standard");
  });
}

void check(const Subject& subject, Report& report) {
  check_spelling(subject, report);
  check_versions(subject, report);
  check_variables(subject, report);
  for (const Fragment& fragment : subject.fragments) check_fragment(*fragment.node, report);
  check_profiles(subject, report);
}

}  // namespace

Rule rule() {
  return {"TH209", "deprecated", Severity::warning, "an older spelling, or one that is gone",
          check};
}

}  // namespace thaw::lint::deprecated
