#include "drivers/applied/discovery.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "drivers/http/endpoint.hpp"
#include "drivers/kubernetes/json_fields.hpp"

namespace thaw::applied {
namespace {

using kubernetes::ApiError;
using kubernetes::Json;

std::string root_of(const std::string& api_version) {
  return (api_version.find('/') == std::string::npos ? "/api/" : "/apis/") + api_version;
}

bool has_verb(const Json& resource, const char* verb) {
  const auto verbs = resource.find("verbs");
  return verbs != resource.end() && verbs->is_array() &&
         std::find(verbs->begin(), verbs->end(), Json(verb)) != verbs->end();
}

// Reads what one version of a group serves; `optional`: why it cannot be read does not matter.
Awaitable<void> add_version(kubernetes::Reader& reader, std::string api_version, bool optional,
                            Served& served) {
  const std::string path = root_of(api_version);
  Json list;
  try {
    list = co_await reader.get(path);
  } catch (const ApiError& error) {
    if (!optional && error.kind() != ApiError::Kind::not_found) throw;
    co_return;
  }
  served.add(list);
}

}  // namespace

std::string collection_of(const Resource& resource, const std::string& ns) {
  std::string path = root_of(resource.api_version);
  if (resource.namespaced && !ns.empty()) path += "/namespaces/" + http::percent_encoded(ns);
  return path + "/" + resource.plural;
}

std::string path_of(const Resource& resource, const std::string& ns, const std::string& name) {
  return collection_of(resource, ns) + "/" + http::percent_encoded(name);
}

void Served::add(const Json& list) {
  const std::string api_version = kubernetes::text_at(list, {"groupVersion"});
  const auto resources = list.find("resources");
  if (resources == list.end() || !resources->is_array()) return;
  for (const Json& one : *resources) {
    Resource resource{api_version, kubernetes::text_at(one, {"kind"}),
                      kubernetes::text_at(one, {"name"}), kubernetes::flag_at(one, {"namespaced"}),
                      has_verb(one, "create") && has_verb(one, "list")};
    if (resource.plural.find('/') != std::string::npos) continue;
    if (index_.emplace(std::pair(resource.api_version, resource.kind), all_.size()).second)
      all_.push_back(std::move(resource));
  }
}

const Resource* Served::find(const std::string& api_version, const std::string& kind) const {
  const auto found = index_.find({api_version, kind});
  return found == index_.end() ? nullptr : &all_[found->second];
}

Awaitable<Served> discover(kubernetes::Reader& reader, std::vector<std::string> api_versions) {
  Served served;
  const std::set<std::string> each(api_versions.begin(), api_versions.end());
  for (const std::string& api_version : each)
    co_await add_version(reader, api_version, false, served);
  co_return served;
}

Awaitable<Served> discover_all(kubernetes::Reader& reader) {
  Served served;
  const std::string core = "v1", groups_path = "/apis";
  co_await add_version(reader, core, false, served);
  const Json groups = co_await reader.get(groups_path);
  const Json* const list = kubernetes::field(groups, {"groups"});
  std::vector<std::string> preferred;
  for (std::size_t i = 0; list && i < list->size(); ++i)
    preferred.push_back(kubernetes::text_at((*list)[i], {"preferredVersion", "groupVersion"}));
  for (const std::string& api_version : preferred)
    if (!api_version.empty()) co_await add_version(reader, api_version, true, served);
  co_return served;
}

}  // namespace thaw::applied
