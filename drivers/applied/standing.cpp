#include "drivers/applied/standing.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "drivers/applied/owner.hpp"
#include "drivers/kubernetes/json_fields.hpp"

namespace thaw::applied {
namespace {

using kubernetes::ApiError;
using kubernetes::Json;
using kubernetes::text_at;

Awaitable<std::optional<Json>> read_if_there(kubernetes::Reader& reader, std::string path) {
  std::optional<Json> found;
  try {
    found = co_await reader.get(path);
  } catch (const ApiError& error) {
    if (error.kind() != ApiError::Kind::not_found) throw;
  }
  co_return found;
}

bool holds(const Json& wanted, const Json& there) {
  if (!wanted.is_object()) return wanted == there;
  for (const auto& [key, value] : wanted.items()) {
    const auto found = there.find(key);
    if (found == there.end() || !holds(value, *found)) return false;
  }
  return true;
}

}  // namespace

std::string whose(const Json& object) {
  const std::string run = run_of(object);
  if (!run.empty()) return "made by run " + run + " of thaw; `thaw clean " + run + "` removes it";
  const Json* const owners = kubernetes::field(object, {"metadata", "ownerReferences"});
  const std::string mend = "; remove it, or put the scenario into another namespace";
  if (owners && owners->is_array() && !owners->empty())
    return "of " + text_at(owners->front(), {"kind"}) + " " + text_at(owners->front(), {"name"}) +
           mend;
  const std::string release =
      text_at(object, {"metadata", "annotations", "meta.helm.sh/release-name"});
  if (!release.empty()) return "of the Helm release " + release + mend;
  const std::string by = text_at(object, {"metadata", "labels", kManagedBy});
  if (!by.empty()) return "managed by " + by + mend;
  const Json* const managers = kubernetes::field(object, {"metadata", "managedFields"});
  if (managers && managers->is_array()) {
    for (const Json& one : *managers)  // those of a subresource are controllers, such as for status
      if (text_at(one, {"subresource"}).empty())
        return "written by " + text_at(one, {"manager"}) + mend;
  }
  return "not of this run" + mend;
}

bool says_the_same(const Json& wanted, const Json& there) {
  Json content = wanted;
  for (const char* head : {"metadata", "apiVersion", "kind"}) content.erase(head);
  return holds(content, there);
}

Awaitable<Standing> look(kubernetes::Reader& reader, const Plan& plan) {
  Standing standing;
  std::map<std::string, bool> is_there;
  for (const std::string& ns : plan.namespaces) {
    const std::string path = path_of(kNamespaces, "", ns);
    const std::optional<Json> found = co_await read_if_there(reader, path);
    is_there[ns] = found.has_value();
    if (!found) standing.missing.push_back(ns);
    if (found && is_going(*found))
      standing.in_the_way.push_back(title_of("Namespace", "", ns) +
                                    " is being removed; wait until it is gone");
  }
  for (const Planned& one : plan.objects) {
    bool used = one.resource.kind == kNamespaces.kind;  // made, or there: settled above
    const bool may_be_there = !one.resource.namespaced || is_there[one.ns];
    if (!used && may_be_there && !one.name.empty()) {
      const std::string path = path_of(one.resource, one.ns, one.name);
      const std::optional<Json> found = co_await read_if_there(reader, path);
      if (found) {
        used = one.shared && run_of(*found).empty() && !is_going(*found) &&
               says_the_same(Json::parse(one.json), *found);
        if (!used)
          standing.in_the_way.push_back(title_of(one.resource.kind, one.ns, one.name) +
                                        " is there already, " + whose(*found));
      }
    }
    standing.used.push_back(used);
  }
  co_return standing;
}

}  // namespace thaw::applied
