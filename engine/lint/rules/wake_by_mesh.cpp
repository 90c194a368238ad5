// TH409: a way to a function that sleeps at zero, past what wakes it.
//
// SlimFaas wakes and counts the calls that come through it; Knative those that come by its own
// gateway and activator. A Service, an Ingress or a sidecar that leads straight to the pods finds
// none and wakes nobody; while there are some, its calls do not keep them.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/lint/asleep.hpp"
#include "engine/lint/cluster_hosts.hpp"
#include "engine/lint/request_path.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::lint::wake_by_mesh {
namespace {

std::string why(const std::string& name, Asleep::By by) {
  switch (by) {
    case Asleep::By::slimfaas:
      return name +
             " goes to zero, and only calls through SlimFaas wake it or count as calls: at "
             "zero this way ends in an error, and calls by it do not keep the function up";
    case Asleep::By::knative:
      return name +
             " goes to zero, and only calls through Knative's own gateway wake it: at zero "
             "this way finds no pod";
    case Asleep::By::openfaas:
      return name +
             " goes to zero, and only calls through OpenFaaS's gateway wake it: at zero this "
             "way finds no pod";
    case Asleep::By::nobody:
      break;
  }
  return name + " may be at zero, and a call by this way wakes nobody";
}

std::string mend_of(const std::string& name, Asleep::By by) {
  switch (by) {
    case Asleep::By::slimfaas:
      return "go through SlimFaas: http://slimfaas:5000/function/" + name + "/…";
    case Asleep::By::knative:
      return "go by the Knative Service's own host, or set min-scale 1";
    case Asleep::By::openfaas:
      return "go through the gateway: http://gateway.openfaas:8080/function/" + name;
    case Asleep::By::nobody:
      break;
  }
  return "keep one replica, or put in front what wakes it (KEDA's HTTP add-on, a gateway)";
}

// A variable that names a host of the cluster.
struct Mention {
  const Workload& caller;
  const EnvVar& variable;
  ClusterHost host;
};

std::vector<Mention> mentions_in(const Subject& subject) {
  const auto namespaces = namespaces_of(subject);
  std::vector<Mention> mentions;
  for (const Workload& caller : subject.manifests.workloads)
    for (const EnvVar& variable : caller.env)
      if (auto host = cluster_host(variable.name, variable.value, namespaces))
        mentions.push_back({caller, variable, std::move(*host)});
  return mentions;
}

class Judge {
 public:
  Judge(const Subject& subject, const std::vector<Mention>& mentions, const Workload& function,
        Asleep::By by, Report& report)
      : subject_(subject),
        mentions_(mentions),
        function_(function),
        services_(services_of(subject.manifests, function)),
        by_(by),
        report_(report) {}

  void judge() {
    for (const IngressObject& ingress : subject_.manifests.ingresses)
      if (leads_to(services_, ingress))
        tell(ingress.place, "Ingress " + ingress.name + " leads straight to its pods");
    if (function_.kind != Workload::Kind::knative_service) by_mesh();
    by_open_services();
    by_environment();
    by_dapr();
  }

 private:
  void tell(const Place& place, const std::string& way, Severity severity = Severity::warning) {
    report_.add(severity, place, way + ". " + why(function_.name, by_),
                mend_of(function_.name, by_), {{function_.place, "the function"}});
  }

  void by_mesh() {
    for (const VirtualServiceObject& service : subject_.manifests.virtual_services) {
      const bool leads = std::ranges::any_of(service.routes, [&](const VirtualServiceRoute& route) {
        return leads_to(services_, service, route, function_);
      });
      if (leads)
        tell(service.place, "VirtualService " + service.name + " leads straight to its pods");
    }
  }

  // That are there for callers from outside.
  void by_open_services() {
    for (const ServiceObject* service : services_) {
      const yaml::Node* const node = node_of(subject_, "v1", "Service", service->name, service->ns);
      const yaml::Node* const type = node ? at(*node, "spec.type") : nullptr;
      if (type && (type->scalar == "NodePort" || type->scalar == "LoadBalancer"))
        tell(type->place,
             "Service " + service->name + " (" + type->scalar + ") leads straight to its pods");
    }
  }

  void by_environment() {
    for (const auto& [caller, variable, host] : mentions_) {
      if (&caller == &function_ || !is_of_function(host, caller)) continue;
      tell(variable.place,
           variable.name + " of " + caller.name + " (" + variable.value + ") calls its Service");
    }
  }

  bool is_of_function(const ClusterHost& host, const Workload& caller) const {
    const std::string& ns = host.ns.empty() ? caller.ns : host.ns;
    return std::ranges::any_of(services_, [&](const ServiceObject* service) {
      return service->name == host.service && service->ns == ns;
    });
  }

  // A sidecar finds pods, and at zero there is none to be found.
  void by_dapr() {
    const auto enabled = function_.annotations.find("dapr.io/enabled");
    const auto id = function_.annotations.find("dapr.io/app-id");
    if (enabled == function_.annotations.end() || enabled->second.value != "true" ||
        id == function_.annotations.end())
      return;
    tell(id->second.place, "Dapr invokes " + id->second.value + " at its pods' sidecars",
         Severity::info);
  }

  const Subject& subject_;
  const std::vector<Mention>& mentions_;
  const Workload& function_;
  const std::vector<const ServiceObject*> services_;
  const Asleep::By by_;
  Report& report_;
};

void check(const Subject& subject, Report& report) {
  const std::vector<Mention> mentions = mentions_in(subject);
  for (const Workload& workload : subject.manifests.workloads)
    if (const auto sleep = asleep(subject.manifests, workload))
      Judge(subject, mentions, workload, sleep->by, report).judge();
}

}  // namespace

Rule rule() {
  return {"TH409", "wake-by-mesh", Severity::warning,
          "a way to a function at zero, past what wakes it", check};
}

}  // namespace thaw::lint::wake_by_mesh
