#include "engine/scenario/objects.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "engine/scenario/files.hpp"
#include "engine/scenario/manifest_kinds.hpp"
#include "engine/scenario/merge.hpp"
#include "engine/scenario/resolve.hpp"
#include "engine/scenario/sections.hpp"
#include "engine/scenario/yaml_json.hpp"

namespace thaw {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

class Objects {
 public:
  explicit Objects(Diagnostics& problems) : problems_(problems) {}

  void document(const yaml::Node& node, const std::string& ns) {
    if (node.kind != yaml::Node::Kind::map || is_openfaas_stack(node) || is_kustomization(node))
      return;
    const yaml::Node* const items = node.find("items");
    const yaml::Node* const kind = node.find("kind");
    if (items && kind && kind->scalar == "List") {
      for (const yaml::Node& item : items->list) document(item, ns);
      return;
    }
    Json object = yaml::to_json(node, problems_);
    const auto metadata = object.find("metadata");
    if (metadata == object.end() || !metadata->is_object()) return;  // load_scenario blames it
    RawObject raw;
    raw.api_version = text_of(object, "apiVersion");
    raw.kind = text_of(object, "kind");
    raw.ns = text_of(*metadata, "namespace");
    if (raw.ns.empty()) raw.ns = ns.empty() ? "default" : ns;
    raw.name = text_of(*metadata, "name");
    raw.place = node.place;
    for (const char* own :
         {"namespace", "uid", "resourceVersion", "generation", "selfLink", "creationTimestamp",
          "deletionTimestamp", "managedFields", "ownerReferences"})
      metadata->erase(own);
    object.erase("status");
    raw.json = object.dump(-1, ' ', false, Json::error_handler_t::replace);
    keep(std::move(raw));
  }

  std::vector<RawObject> take() { return std::move(objects_); }

 private:
  void keep(RawObject raw) {
    const std::string group = raw.api_version.substr(0, raw.api_version.rfind('/') + 1);
    const auto [known, is_new] =
        index_.emplace(std::tuple(group, raw.kind, raw.ns, raw.name), objects_.size());
    if (is_new || raw.name.empty()) {
      objects_.push_back(std::move(raw));
    } else {
      objects_[known->second] = std::move(raw);
    }
  }

  Diagnostics& problems_;
  std::vector<RawObject> objects_;
  std::map<std::tuple<std::string, std::string, std::string, std::string>, std::size_t> index_;
};

}  // namespace

std::vector<RawObject> read_objects(const std::vector<ManifestSource>& sources, const Place& blame,
                                    Diagnostics& problems) {
  Objects objects(problems);
  for (const ManifestSource& source : sources) {
    if (!source.chart.empty()) continue;
    for (const yaml::Node& node :
         yaml::parse_file(source.file, yaml::kManifestLimits, blame, problems))
      objects.document(node, source.ns);
  }
  return objects.take();
}

std::vector<RawObject> objects_of_scenario(const std::string& path,
                                           const std::vector<std::string>& overrides) {
  const std::string file = scenario::scenario_file(path);
  Diagnostics problems;
  const yaml::Node tree = scenario::assemble(file, overrides, problems);
  scenario::Reading reading{problems, {}, {}, file};
  const auto document = scenario::document().read({tree, "", reading});
  std::vector<RawObject> objects;
  if (document) {
    const auto sources = scenario::find_manifests(*document, file, problems);
    objects = read_objects(sources, {file, 0, 0}, problems);
  }
  problems.throw_if_any();
  return objects;
}

}  // namespace thaw
