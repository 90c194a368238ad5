// TH404: a container is told to call a Service that there is not.
//
// With a scenario the cluster is known. Manifests alone may be a part of what is installed: a name
// is blamed only in a namespace of theirs, and only where they bring Services of others than the
// container's own workload.
#include <algorithm>
#include <set>

#include "engine/lint/cluster_hosts.hpp"
#include "engine/lint/rule.hpp"
#include "engine/scenario/services.hpp"

namespace thaw::lint::host_without_service {
namespace {

struct Known {
  std::string name, ns;
  Place place;
};

// Everything that has a name in the cluster's DNS. A StatefulSet's pods have theirs by its Service.
std::vector<Known> services_in(const Subject& subject) {
  std::vector<Known> known;
  for (const ServiceObject& service : subject.manifests.services)
    known.push_back({service.name, service.ns, service.place});
  for (const Workload& workload : subject.manifests.workloads) {
    const bool of_a_platform = workload.kind == Workload::Kind::knative_service ||
                               workload.kind == Workload::Kind::openfaas_function;
    if (of_a_platform) known.push_back({workload.name, workload.ns, workload.place});
  }
  return known;
}

class Judge {
 public:
  Judge(const Subject& subject, Report& report)
      : subject_(subject),
        report_(report),
        known_(services_in(subject)),
        namespaces_(namespaces_of(subject)) {}

  void judge(const Workload& workload) {
    if (!subject_.scenario && !brings_services_of_others(workload)) return;
    for (const EnvVar& variable : workload.env) {
      const auto host = cluster_host(variable.name, variable.value, namespaces_);
      if (host) judge(workload, variable, *host);
    }
  }

 private:
  bool brings_services_of_others(const Workload& workload) const {
    return std::ranges::any_of(subject_.manifests.services, [&](const ServiceObject& service) {
      return !selects_pods_of(service, workload);
    });
  }

  void judge(const Workload& workload, const EnvVar& variable, const ClusterHost& host) {
    const std::string& ns = host.ns.empty() ? workload.ns : host.ns;
    std::vector<Related> elsewhere;
    std::vector<std::string> names;
    for (const Known& one : known_) {
      if (one.name == host.service && may_share_namespace(one.ns, ns)) return;
      if (one.name == host.service)
        elsewhere.push_back({one.place, "a Service " + one.name + " of " + one.ns});
      if (may_share_namespace(one.ns, ns)) names.push_back(one.name);
    }
    if (!subject_.scenario && !host.ns.empty() && !namespaces_.contains(host.ns)) return;
    std::string mending = mend(host, names, elsewhere);
    report_.add(subject_.scenario ? Severity::error : Severity::warning, variable.place,
                variable.name + " of " + workload.name + " is " + variable.value +
                    ", and there is no Service " + host.service +
                    (ns.empty() ? std::string() : " in " + ns) +
                    (subject_.scenario ? "" : " among these files") + ": the name does not resolve",
                std::move(mending), std::move(elsewhere));
  }

  static std::string mend(const ClusterHost& host, const std::vector<std::string>& names,
                          const std::vector<Related>& elsewhere) {
    if (!elsewhere.empty()) return "name its namespace too: " + host.service + ".NAMESPACE";
    const std::string near = nearest(host.service, names);
    if (!near.empty()) return "write " + near;
    return "deploy a Service " + host.service + ", or name the one that is there";
  }

  const Subject& subject_;
  Report& report_;
  const std::vector<Known> known_;
  const std::set<std::string> namespaces_;
};

void check(const Subject& subject, Report& report) {
  Judge judge(subject, report);
  for (const Workload& workload : subject.manifests.workloads) judge.judge(workload);
}

}  // namespace

Rule rule() {
  return {"TH404", "host-without-service", Severity::error,
          "a container is told to call a Service that there is not", check};
}

}  // namespace thaw::lint::host_without_service
