#include "drivers/applied/marks.hpp"

#include <nlohmann/json.hpp>

#include "drivers/applied/plan.hpp"
#include "drivers/kubernetes/json_fields.hpp"

namespace thaw::applied {
namespace {

using kubernetes::Json;

// `object[key]`, a map whatever it was.
Json& map_in(Json& object, const char* key) {
  Json& value = object[key];
  if (!value.is_object()) value = Json::object();
  return value;
}

// nullptr: it has none.
Json* template_in(Json& object) {
  const auto spec = object.find("spec");
  if (spec == object.end() || !spec->is_object()) return nullptr;
  const auto made = spec->find("template");
  if (made != spec->end() && made->is_object() && made->contains("spec")) return &*made;
  const auto job = spec->find("jobTemplate");  // of a CronJob
  return job != spec->end() && job->is_object() ? template_in(*job) : nullptr;
}

void mark_pods(Json& pods, const Marks& marks) {
  Json& metadata = map_in(pods, "metadata");
  Json& labels = map_in(metadata, "labels");
  labels[kRunLabel] = marks.run;
  labels.emplace(kManagedBy, "thaw");
  if (!marks.function.empty()) labels[kFunctionLabel] = marks.function;
  if (marks.annotations.empty()) return;
  Json& annotations = map_in(metadata, "annotations");
  for (const auto& [name, value] : marks.annotations) annotations[name] = value;
}

}  // namespace

void mark(Json& object, const Marks& marks) {
  Json& labels = map_in(map_in(object, "metadata"), "labels");
  labels[kManagedBy] = "thaw";
  labels[kRunLabel] = marks.run;
  if (Json* const pods = template_in(object)) {
    mark_pods(*pods, marks);
  } else if (kubernetes::text_at(object, {"kind"}) == "Pod") {
    mark_pods(object, marks);
  }
}

void give_up_claims(Json& stateful_set) {
  Json& spec = map_in(stateful_set, "spec");
  if (!spec.contains("volumeClaimTemplates")) return;
  constexpr const char* kPolicy = "persistentVolumeClaimRetentionPolicy";
  if (!spec.contains(kPolicy)) spec[kPolicy] = {{"whenDeleted", "Delete"}};
}

void declare_port(Json& workload, int port) {
  Json* const pods = template_in(workload);
  if (!pods) return;
  const auto containers = (*pods)["spec"].find("containers");
  if (containers == (*pods)["spec"].end() || !containers->is_array() || containers->empty()) return;
  Json one = Json::object();
  one["containerPort"] = port;
  containers->front()["ports"] = Json::array({std::move(one)});
}

}  // namespace thaw::applied
