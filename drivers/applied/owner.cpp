#include "drivers/applied/owner.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "drivers/applied/plan.hpp"
#include "drivers/kubernetes/json_fields.hpp"

namespace thaw::applied {

using kubernetes::Json;
using kubernetes::text_at;

std::string label_selector(const std::string& run) {
  const std::string ours = std::string(kManagedBy) + "=thaw," + kRunLabel;
  return run.empty() ? ours : ours + "=" + run;
}

Json owner_map(const std::string& run, const std::string& ns, const OwnerNotes& notes) {
  std::string collections;
  for (const std::string& path : notes.collections) collections += path + "\n";
  return {{"apiVersion", "v1"},
          {"kind", "ConfigMap"},
          {"metadata",
           {{"name", owner_name(run)},
            {"namespace", ns},
            {"labels", {{kManagedBy, "thaw"}, {kRunLabel, run}}}}},
          {"data",
           {{"scenario", notes.scenario},
            {"since", notes.since},
            {"identity", notes.identity},
            {"collections", collections}}}};
}

OwnerNotes notes_in(const Json& config_map) {
  OwnerNotes notes{text_at(config_map, {"data", "scenario"}),
                   text_at(config_map, {"data", "since"}),
                   text_at(config_map, {"data", "identity"}),
                   {}};
  const std::string paths = text_at(config_map, {"data", "collections"});
  for (std::size_t at = 0; at < paths.size();) {
    const std::size_t end = std::min(paths.find('\n', at), paths.size());
    // Whoever may write this ConfigMap must not send the cleaner anywhere else.
    const std::string path = paths.substr(at, end - at);
    if (path.starts_with("/api/") || path.starts_with("/apis/")) notes.collections.push_back(path);
    at = end + 1;
  }
  return notes;
}

Json owned_by(const std::string& run, const std::string& uid) {
  Json owner{{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"name", owner_name(run)},
             {"uid", uid},         {"controller", false}, {"blockOwnerDeletion", true}};
  return Json::array({std::move(owner)});
}

bool is_owned(const Json& object, const std::string& run) {
  const Json* const owners = kubernetes::field(object, {"metadata", "ownerReferences"});
  return owners && owners->is_array() &&
         std::any_of(owners->begin(), owners->end(), [&](const Json& owner) {
           return text_at(owner, {"kind"}) == "ConfigMap" &&
                  text_at(owner, {"name"}) == owner_name(run);
         });
}

bool is_going(const Json& object) {
  return !text_at(object, {"metadata", "deletionTimestamp"}).empty();
}

std::string run_of(const Json& object) {
  const bool ours = text_at(object, {"metadata", "labels", kManagedBy}) == "thaw";
  return ours ? text_at(object, {"metadata", "labels", kRunLabel}) : "";
}

std::string title_of(const std::string& kind, const std::string& ns, const std::string& name) {
  return kind + " " + name + (ns.empty() ? "" : " in namespace " + ns);
}

}  // namespace thaw::applied
