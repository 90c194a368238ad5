// TH405: a VirtualService sends calls to Knative under a name that Knative does not know.
//
// Knative's gateway chooses by the call's authority and answers 404 to one that is no Knative
// Service's. Source: Knative's documentation of a mesh in front of it.
#include <algorithm>
#include <string>

#include "engine/lint/rule.hpp"
#include "engine/scenario/services.hpp"

namespace thaw::lint::authority {
namespace {

using yaml::Node;

// Knative's own gateways, which every Knative Service is behind.
bool is_knatives_gateway(std::string_view host) {
  const std::string_view first = host.substr(0, host.find('.'));
  return first == "knative-local-gateway" || first == "knative-ingress-gateway" ||
         first == "cluster-local-gateway" || first == "kourier" || first == "kourier-internal";
}

bool has_own_authority(const Node& http) {
  if (!text_at(http, "rewrite.authority").empty()) return true;
  const Node* const set = at(http, "headers.request.set");
  if (!set) return false;
  return std::ranges::any_of(set->map, [](const auto& entry) {
    const std::string& name = entry.first.scalar;
    return name == "Host" || name == "host" || name == ":authority";
  });
}

// The Knative Service that `host` is, also by its revision's Services (NAME-private, NAME-00001).
const Workload* knative_behind(const Subject& subject, const std::string& host,
                               const std::string& ns) {
  for (const Workload& workload : subject.manifests.workloads) {
    if (workload.kind != Workload::Kind::knative_service) continue;
    if (names_service(host, workload.name, workload.ns, ns.empty() ? workload.ns : ns))
      return &workload;
    const std::string first = host.substr(0, host.find('.'));
    const std::string name = workload.name + "-";
    if (!first.starts_with(name)) continue;
    const std::string rest = first.substr(name.size());
    const bool of_revision =
        rest == "private" ||
        (rest.size() >= 5 &&
         std::ranges::all_of(rest.substr(0, 5), [](char c) { return c >= '0' && c <= '9'; }));
    if (of_revision) return &workload;
  }
  return nullptr;
}

// What a text does to its cluster: it installs Knative Serving.
bool installs_knative(const Subject& subject) {
  return std::ranges::any_of(subject.commands, [](const ShellCommand& command) {
    return std::ranges::any_of(command.words, [](const ShellWord& word) {
      return word.text.find("knative/serving/") != std::string::npos ||
             word.text.find("serving-core.yaml") != std::string::npos;
    });
  });
}

bool is_a_service_here(const Subject& subject, const std::string& host, const std::string& ns) {
  return std::ranges::any_of(subject.manifests.services, [&](const ServiceObject& service) {
    return names_service(host, service.name, service.ns, ns.empty() ? service.ns : ns);
  });
}

class Judge {
 public:
  Judge(const Subject& subject, const Object& object, Report& report)
      : subject_(subject),
        object_(object),
        report_(report),
        installed_(installs_knative(subject)) {}

  void judge() {
    const Node* const https = at(*object_.node, "spec.http");
    if (!https || is_of_the_services_own_name()) return;
    for (const Node& http : https->list) {
      const Node* const routes = http.find("route");
      if (!routes || has_own_authority(http)) continue;
      for (const Node& route : routes->list)
        if (const Node* const host = at(route, "destination.host")) judge(*host);
    }
  }

 private:
  // Calls within the mesh under the Knative Service's name have the right authority already.
  bool is_of_the_services_own_name() const {
    const Node* const hosts = at(*object_.node, "spec.hosts");
    return hosts && std::ranges::any_of(hosts->list, [&](const Node& host) {
             return knative_behind(subject_, host.scalar, object_.ns) != nullptr;
           });
  }

  static std::string mend_of(const std::string& service) {
    return "rewrite: {authority: " + service +
           ".svc.cluster.local} beside the route, and as its destination.host "
           "knative-local-gateway.istio-system.svc.cluster.local";
  }

  void judge(const Node& host) {
    const std::string& name = host.scalar;
    if (const Workload* const service = knative_behind(subject_, name, object_.ns)) {
      report_.add(host.place,
                  name + " is the Knative Service " + service->name +
                      ", and the call keeps its outer authority: Knative's gateway knows no such "
                      "host and answers 404",
                  mend_of(service->name + "." + (service->ns.empty() ? "NAMESPACE" : service->ns)),
                  {{service->place, "the Knative Service"}});
    } else if (is_knatives_gateway(name)) {
      report_.add(host.place,
                  name +
                      " is Knative's gateway, and the call keeps its outer authority: it knows "
                      "Knative Services' own names alone and answers 404 to any other",
                  mend_of("NAME.NAMESPACE"));
    } else if (installed_ && !is_a_service_here(subject_, name, object_.ns) &&
               name.find(".svc") != std::string::npos) {
      report_.add(Severity::warning, host.place,
                  "if " + name +
                      " is a Knative Service (Knative Serving is installed here, and no "
                      "other Service of that name is shown), the call keeps its outer "
                      "authority, and Knative's gateway answers 404",
                  mend_of(name.substr(0, name.find(".svc"))));
    }
  }

  const Subject& subject_;
  const Object& object_;
  Report& report_;
  const bool installed_;
};

void check(const Subject& subject, Report& report) {
  for (const Object& object : subject.objects)
    if (object.kind == "VirtualService") Judge(subject, object, report).judge();
}

}  // namespace

Rule rule() {
  return {"TH405", "authority", Severity::error,
          "a VirtualService sends calls to Knative under a name that Knative does not know", check};
}

}  // namespace thaw::lint::authority
