// TH210: keys that no autoscaler reads, because they are misspelt or stand in the wrong place.
//
// What TH208 says already is left out: the policies know the keys of whole objects. This one looks
// at parts of manifests, at kinds that thaw does not read, and at where annotations stand.
#include <algorithm>
#include <string>
#include <vector>

#include "engine/lint/known_settings.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::lint::unknown_setting {
namespace {

bool is_told(const Subject& subject, const Place& place) {
  const auto here = [&](const Diagnostic& other) {
    return other.place.line == place.line && other.place.file == place.file;
  };
  return std::ranges::any_of(subject.settings, here) ||
         std::ranges::any_of(subject.settings_of_newest, here);
}

void check_key(const yaml::Node& key, const Subject& subject, Report& report) {
  for (const KeyFamily& family : key_families()) {
    const std::string prefix(family.prefix);
    if (key.scalar.starts_with(prefix)) {
      const std::string rest = key.scalar.substr(prefix.size());
      if (std::ranges::find(family.known, rest) != family.known.end()) return;
      const std::string near = nearest(rest, family.known);
      if ((near.empty() && !family.closed) || is_told(subject, key.place)) return;
      report.add(near.empty() ? Severity::warning : Severity::error, key.place,
                 std::string(family.owner) + " knows no " + key.scalar,
                 near.empty() ? "" : "write " + prefix + near);
      return;
    }
  }
  const std::size_t slash = key.scalar.find('/');
  if (slash == std::string::npos) return;
  const std::string prefix = key.scalar.substr(0, slash + 1), rest = key.scalar.substr(slash + 1);
  for (const KeyFamily& family : key_families()) {
    const bool known = std::ranges::find(family.known, rest) != family.known.end();
    if (!family.near_prefix || !known || nearest(prefix, {std::string(family.prefix)}).empty())
      continue;
    report.add(key.place, std::string(family.owner) + " knows no " + key.scalar,
               "write " + std::string(family.prefix) + rest);
    return;
  }
}

// The template's annotations count; those of the object itself are refused by Knative's webhook,
// and not read by SlimFaas.
void check_places(const Object& object, Report& report) {
  const yaml::Node* const annotations = at(*object.node, "metadata.annotations");
  if (!annotations) return;
  const bool knative = object.kind == "Service" && object.api_version == "serving.knative.dev/v1";
  const bool workload = object.kind == "Deployment" || object.kind == "StatefulSet";
  for (const auto& [key, value] : annotations->map) {
    const bool misplaced_knative = knative && key.scalar.starts_with("autoscaling.knative.dev/");
    const bool misplaced_slimfaas = workload && key.scalar.starts_with("SlimFaas/");
    if (!misplaced_knative && !misplaced_slimfaas) continue;
    report.add(key.place,
               key.scalar + " is an annotation of the object itself, where " +
                   (knative ? "Knative refuses it" : "SlimFaas does not read it"),
               "spec.template.metadata.annotations");
  }
}

void check(const Subject& subject, Report& report) {
  for_each_key(subject,
               [&](const yaml::Node& key, const yaml::Node&) { check_key(key, subject, report); });
  for (const Object& object : subject.objects) check_places(object, report);
}

}  // namespace

Rule rule() {
  return {"TH210", "unknown-setting", Severity::error, "a key that no autoscaler reads", check};
}

}  // namespace thaw::lint::unknown_setting
