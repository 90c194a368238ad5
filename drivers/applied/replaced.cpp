#include "drivers/applied/replaced.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "drivers/kubernetes/json_fields.hpp"
#include "engine/scenario/openfaas.hpp"
#include "engine/scenario/slimfaas_annotations.hpp"

namespace thaw::applied {
namespace {

using kubernetes::Json;
using Reasons = std::map<std::size_t, std::string>;
using Name = std::pair<std::string, std::string>;  // namespace and name

constexpr const char* kSlimFaas = "thaw takes the place of SlimFaas";
constexpr const char* kOpenFaas = "thaw takes the place of OpenFaaS's gateway and its alerts";
constexpr const char* kThere = "it is there already, with --gateway";

// "quay.io/prometheus/alertmanager:v1" → "alertmanager".
std::string_view base_name(std::string_view image) {
  image = image.substr(0, image.find('@'));
  image.remove_prefix(image.rfind('/') + 1);  // npos + 1 is 0
  return image.substr(0, image.find(':'));
}

bool runs(const Workload& workload, std::string_view image) {
  return std::ranges::any_of(workload.images,
                             [&](const std::string& one) { return base_name(one) == image; });
}

bool is_openfaas_function(const Workload& workload) {
  return workload.kind == Workload::Kind::openfaas_function ||
         workload.labels.contains("faas_function");
}

std::string account_of(const RawObject& object) {
  const Json json = Json::parse(object.json);
  std::string account =
      kubernetes::text_at(json, {"spec", "template", "spec", "serviceAccountName"});
  return account.empty() ? kubernetes::text_at(json, {"spec", "serviceAccountName"}) : account;
}

bool is_binding(const RawObject& object) {
  return object.kind == "RoleBinding" || object.kind == "ClusterRoleBinding";
}

// Whether every subject is an account that is left out, of which there is one at least.
bool binds_only(const RawObject& object, const std::set<Name>& accounts) {
  const Json json = Json::parse(object.json);
  const Json* const subjects = kubernetes::field(json, {"subjects"});
  if (!subjects || !subjects->is_array() || subjects->empty()) return false;
  return std::ranges::all_of(*subjects, [&](const Json& subject) {
    std::string ns = kubernetes::text_at(subject, {"namespace"});
    if (ns.empty()) ns = object.ns;
    return kubernetes::text_at(subject, {"kind"}) == "ServiceAccount" &&
           accounts.contains({ns, kubernetes::text_at(subject, {"name"})});
  });
}

std::string role_of(const RawObject& binding) {
  const Json json = Json::parse(binding.json);
  return kubernetes::text_at(json, {"roleRef", "kind"}) + " " +
         kubernetes::text_at(json, {"roleRef", "name"});
}

// Accounts that only workloads use which are left out; what they may do is left out with them.
void leave_out_rights(const std::vector<RawObject>& objects, Reasons& reasons) {
  std::map<Name, std::string> theirs;
  std::set<Name> others;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const std::string account = account_of(objects[i]);
    if (account.empty()) continue;
    const auto found = reasons.find(i);
    if (found == reasons.end()) {
      others.insert({objects[i].ns, account});
    } else {
      theirs.emplace(Name{objects[i].ns, account}, found->second);
    }
  }
  std::set<Name> accounts;
  for (const auto& [account, reason] : theirs)
    if (!others.contains(account)) accounts.insert(account);
  std::set<std::string> bound, kept;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const RawObject& object = objects[i];
    if (object.kind == "ServiceAccount" && accounts.contains({object.ns, object.name})) {
      reasons.emplace(i, theirs.at({object.ns, object.name}));
    } else if (is_binding(object)) {
      const bool only = binds_only(object, accounts);
      (only ? bound : kept).insert(role_of(object));
      if (only) reasons.emplace(i, theirs.begin()->second);
    }
  }
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const RawObject& object = objects[i];
    if (object.kind != "Role" && object.kind != "ClusterRole") continue;
    const std::string role = object.kind + " " + object.name;
    if (bound.contains(role) && !kept.contains(role)) reasons.emplace(i, theirs.begin()->second);
  }
}

template <class Typed>
const Typed* typed_at(const std::vector<Typed>& all, const Place& place) {
  const auto found =
      std::ranges::find_if(all, [&](const Typed& one) { return is_same(one.place, place); });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

bool is_same(const Place& a, const Place& b) {
  return a.line == b.line && a.column == b.column && a.file == b.file;
}

bool leads_to(const ServiceObject& service, const Workload& workload) {
  if (service.ns != workload.ns || service.selector.empty()) return false;
  return std::ranges::all_of(service.selector, [&](const auto& label) {
    const auto found = workload.labels.find(label.first);
    return found != workload.labels.end() && found->second == label.second;
  });
}

Reasons replaced_workloads(const Scenario& scenario,
                           const std::function<bool(const FunctionSpec&)>& driven,
                           bool gateway_is_there) {
  bool slimfaas = false, openfaas = false;
  const auto& workloads = scenario.manifests.workloads;
  for (const FunctionSpec& function : scenario.functions) {
    if (function.standalone) continue;
    if (!gateway_is_there && driven && !driven(function)) continue;
    const Workload& workload = workloads[function.workload];
    slimfaas |= is_slimfaas_function(workload);
    openfaas |= is_openfaas_function(workload);
  }
  std::set<std::string> gateways;  // namespaces
  for (const Workload& workload : workloads)
    if (is_openfaas_gateway(workload)) gateways.insert(workload.ns);
  Reasons reasons;
  for (std::size_t i = 0; i < workloads.size(); ++i) {
    const Workload& workload = workloads[i];
    if (slimfaas && is_slimfaas(workload))
      reasons.emplace(i, gateway_is_there ? kThere : kSlimFaas);
    const bool beside = gateways.contains(workload.ns) &&
                        (runs(workload, "alertmanager") || runs(workload, "prometheus"));
    if (openfaas && (is_openfaas_gateway(workload) || beside))
      reasons.emplace(i, gateway_is_there ? kThere : kOpenFaas);
  }
  return reasons;
}

Reasons replaced_objects(const Scenario& scenario, const std::vector<RawObject>& objects,
                         const Reasons& workloads) {
  const Manifests& manifests = scenario.manifests;
  Reasons reasons;
  std::set<Name> services;
  const auto reason_of = [&](const ServiceObject& service) -> const std::string* {
    const std::string* reason = nullptr;
    for (std::size_t w = 0; w < manifests.workloads.size(); ++w) {
      if (!leads_to(service, manifests.workloads[w])) continue;
      const auto found = workloads.find(w);
      if (found == workloads.end()) return nullptr;
      reason = &found->second;
    }
    return reason;
  };
  for (std::size_t i = 0; i < objects.size(); ++i) {
    for (const auto& [w, reason] : workloads)
      if (is_same(manifests.workloads[w].place, objects[i].place)) reasons.emplace(i, reason);
    const ServiceObject* const service = typed_at(manifests.services, objects[i].place);
    const std::string* const reason = service ? reason_of(*service) : nullptr;
    if (!reason) continue;
    reasons.emplace(i, *reason);
    services.insert({service->ns, service->name});
  }
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const IngressObject* const ingress = typed_at(manifests.ingresses, objects[i].place);
    if (!ingress || ingress->rules.empty()) continue;
    const bool all = std::ranges::all_of(ingress->rules, [&](const IngressRule& rule) {
      return services.contains({ingress->ns, rule.service});
    });
    if (all) reasons.emplace(i, "its Service " + ingress->rules.front().service + " is left out");
  }
  leave_out_rights(objects, reasons);
  return reasons;
}

}  // namespace thaw::applied
