#include "drivers/applied/plan.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "drivers/applied/marks.hpp"
#include "drivers/applied/realised.hpp"
#include "drivers/applied/replaced.hpp"
#include "drivers/kubernetes/json_fields.hpp"

namespace thaw::applied {
namespace {

using kubernetes::Json;

constexpr const char* kKnative = "serving.knative.dev/";
const Resource kDeployments{"apps/v1", "Deployment", "deployments", true, true};
const Resource kServices{"v1", "Service", "services", true, true};
const Resource kClaims{"v1", "PersistentVolumeClaim", "persistentvolumeclaims", true, true};

// What others need comes before them.
std::size_t rank_of(const Resource& resource) {
  constexpr std::array<std::string_view, 25> kOrder{"Namespace",
                                                    "CustomResourceDefinition",
                                                    "RuntimeClass",
                                                    "PriorityClass",
                                                    "StorageClass",
                                                    "IngressClass",
                                                    "ConfigMap",
                                                    "Secret",
                                                    "ServiceAccount",
                                                    "ClusterRole",
                                                    "ClusterRoleBinding",
                                                    "Role",
                                                    "RoleBinding",
                                                    "PersistentVolume",
                                                    "PersistentVolumeClaim",
                                                    "Service",
                                                    "Deployment",
                                                    "StatefulSet",
                                                    "DaemonSet",
                                                    "ReplicaSet",
                                                    "Job",
                                                    "CronJob",
                                                    "Pod",
                                                    "HorizontalPodAutoscaler",
                                                    "Ingress"};
  // Knative's Service is a workload among these.
  const std::string_view kind = resource.kind == "Service" && resource.api_version != "v1"
                                    ? std::string_view("Deployment")
                                    : std::string_view(resource.kind);
  return static_cast<std::size_t>(std::ranges::find(kOrder, kind) - kOrder.begin());
}

void refuse_what_no_cluster_has(const Scenario& scenario) {
  Diagnostics problems;
  for (const FunctionSpec& function : scenario.functions) {
    const std::string key = "functions." + function.name;
    if (function.standalone) {
      problems.error(function.place, key,
                     "no manifest deploys this function, so that it cannot be put on a cluster");
    } else if (function.count) {
      problems.error(function.place, key + ".count",
                     "copies are simulated alone; on a cluster each function has a manifest");
    }
  }
  problems.throw_if_any();
}

class Planner {
 public:
  Planner(const Scenario& scenario, const std::vector<RawObject>& objects, const Served& served,
          const PlanSettings& settings)
      : scenario_(scenario), objects_(objects), served_(served), settings_(settings) {
    plan_.scenario = scenario.name;
    plan_.run = settings.run;
    workloads_out_ = replaced_workloads(scenario, settings.driven, settings.gateway_is_there);
    objects_out_ = replaced_objects(scenario, objects, workloads_out_);
  }

  Plan make() {
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      const auto reason = objects_out_.find(i);
      if (reason != objects_out_.end()) {
        leave_out(objects_[i], reason->second);
      } else if (const auto why = why_not(objects_[i])) {
        leave_out(objects_[i], *why);
      } else {
        document(objects_[i]);
      }
    }
    for (std::size_t w = 0; w < manifests().workloads.size(); ++w) realise(w);
    realise_charts();
    for (std::size_t f = 0; f < scenario_.functions.size(); ++f) find_function(f);
    std::ranges::stable_sort(plan_.objects, {},
                             [](const Planned& one) { return rank_of(one.resource); });
    plan_.namespaces.assign(namespaces_.begin(), namespaces_.end());
    return std::move(plan_);
  }

 private:
  const Manifests& manifests() const { return scenario_.manifests; }

  void leave_out(const RawObject& object, const std::string& why) {
    plan_.notices.push_back(object.kind + " " + object.name + " is not applied: " + why);
  }

  template <class Typed>
  static const Typed* typed(const std::vector<Typed>& all, const RawObject& object) {
    const auto found = std::ranges::find_if(
        all, [&](const Typed& one) { return is_same(one.place, object.place); });
    return found == all.end() ? nullptr : &*found;
  }

  bool has_document(const Place& place) const {
    return std::ranges::any_of(objects_,
                               [&](const RawObject& one) { return is_same(one.place, place); });
  }

  const FunctionSpec* function_of(const Workload& workload) const {
    for (const FunctionSpec& function : scenario_.functions)
      if (&manifests().workloads[function.workload] == &workload) return &function;
    return nullptr;
  }

  bool is_driven(const HpaObject& hpa) const {
    return std::ranges::any_of(scenario_.functions, [&](const FunctionSpec& function) {
      const Workload& workload = manifests().workloads[function.workload];
      return workload.ns == hpa.ns && workload.name == hpa.target_name &&
             (!settings_.driven || settings_.driven(function));
    });
  }

  // Why an object is left out; nothing: it is applied, or realised.
  std::optional<std::string> why_not(const RawObject& object) const {
    if (object.kind == "Node" && object.api_version == "v1") return "nodes are the cluster's own";
    if (typed(manifests().config_maps, object))
      return "it is the configuration of Knative's own controller";
    if (const HpaObject* const hpa = typed(manifests().hpas, object); hpa && is_driven(*hpa))
      return "thaw itself scales " + hpa->target_name + ", and two autoscalers would fight";
    const Workload* const workload = typed(manifests().workloads, object);
    if (workload && !workload->refused.empty()) return workload->refused;
    const Resource* const resource = served_.find(object.api_version, object.kind);
    if (resource && resource->kind == "Ingress" && !settings_.ingresses)
      return "the cluster has no IngressClass, so that nobody would play it";
    if (resource || is_realised(workload)) return std::nullopt;
    return "the cluster does not serve " + object.kind + " of " + object.api_version +
           ", so that what it means is missing there";
  }

  bool is_realised(const Workload* workload) const {
    return workload && (workload->kind == Workload::Kind::knative_service ||
                        workload->kind == Workload::Kind::openfaas_function);
  }

  Marks marks_of(const Workload* workload) const {
    Marks marks{settings_.run, {}, {}};
    if (!workload) return marks;
    if (const FunctionSpec* const function = function_of(*workload))
      marks.function = function->name;
    if (settings_.annotations) marks.annotations = settings_.annotations(*workload);
    return marks;
  }

  void add(const Resource& resource, const std::string& ns, Json object, const Marks& marks) {
    mark(object, marks);
    Planned planned{resource,
                    resource.namespaced ? ns : std::string(),
                    kubernetes::text_at(object, {"metadata", "name"}),
                    {},
                    !resource.namespaced};
    if (resource.namespaced) {
      object["metadata"]["namespace"] = ns;
      namespaces_.insert(ns);
    } else if (resource.kind == "Namespace") {
      namespaces_.insert(planned.name);
    }
    planned.json = object.dump();
    plan_.objects.push_back(std::move(planned));
  }

  void document(const RawObject& object) {
    const Resource* const resource = served_.find(object.api_version, object.kind);
    if (!resource) return;  // realised below
    const Workload* const workload = typed(manifests().workloads, object);
    Json json = Json::parse(object.json);
    if (object.kind == "StatefulSet") give_up_claims(json);
    if (workload && function_of(*workload) && workload->container_ports.empty())
      declare_port(json, container_port(*workload));
    add(*resource, object.ns, std::move(json), marks_of(workload));
    if (workload) as_they_are_.insert(workload);
  }

  const RawObject* document_of(const Workload& workload) const {
    for (const RawObject& object : objects_)
      if (is_same(object.place, workload.place)) return &object;
    return nullptr;
  }

  void realise(std::size_t index) {
    const Workload& workload = manifests().workloads[index];
    if (as_they_are_.contains(&workload) || workloads_out_.contains(index)) return;
    const RawObject* const from = document_of(workload);
    if (from && !is_realised(&workload)) return;
    if (!workload.refused.empty()) {
      if (!from) plan_.notices.push_back(workload.name + " is not applied: " + workload.refused);
      return;
    }
    std::string pods;
    if (from && from->api_version.starts_with(kKnative))
      pods = Json::parse(from->json)["spec"]["template"].dump();
    Json deployment = deployment_of(workload, manifests(), pods);
    add(kDeployments, workload.ns, std::move(deployment), marks_of(&workload));
    realised_.insert(&workload);
    tell_realised(workload, from);
  }

  void tell_realised(const Workload& workload, const RawObject* from) {
    const std::string made = " is realised as a Deployment and a Service of Kubernetes";
    if (from) {
      plan_.notices.push_back("the " + from->kind + " " + workload.name + made +
                              ": the cluster does not serve " + from->api_version);
    } else if (workload.kind == Workload::Kind::openfaas_function) {
      plan_.notices.push_back("the function " + workload.name + made);
    } else {
      plan_.notices.push_back("the chart's release " + workload.name + made +
                              ", without the environment, probes and mounts of its values");
    }
  }

  void realise_charts() {
    for (const ServiceObject& service : manifests().services)
      if (!has_document(service.place))
        add(kServices, service.ns, service_of(service), marks_of(nullptr));
    for (const ClaimObject& claim : manifests().claims) {
      if (has_document(claim.place)) continue;
      add(kClaims, claim.ns, claim_of(claim), marks_of(nullptr));
      plan_.notices.push_back("PersistentVolumeClaim " + claim.name + " asks for " + kClaimSize +
                              " of the cluster's own class, whatever the chart's values say");
    }
    for (const MetricsAdapter& adapter : manifests().adapters)
      if (!has_document(adapter.place))
        plan_.notices.push_back("chart prometheus-adapter, release " + adapter.name +
                                ", is not installed: the cluster's own metrics are used");
  }

  // The Service that leads to a function's pods: that of its own name, else the first by name.
  const ServiceObject* service_to(const Workload& workload) const {
    const ServiceObject* best = nullptr;
    for (const ServiceObject& service : manifests().services) {
      if (!leads_to(service, workload) || service.ports.empty()) continue;
      if (service.name == workload.name) return &service;
      if (!best || service.name < best->name) best = &service;
    }
    return best;
  }

  bool is_taken(const Workload& workload) const {
    return std::ranges::any_of(manifests().services, [&](const ServiceObject& service) {
      return service.ns == workload.ns && service.name == workload.name;
    });
  }

  void find_function(std::size_t index) {
    const Workload& workload = manifests().workloads[scenario_.functions[index].workload];
    FunctionOn& on = plan_.functions.emplace_back();
    on.function = index;
    on.name = workload.name;
    on.ns = workload.ns;
    on.realised = realised_.contains(&workload);
    if (!on.realised && !as_they_are_.contains(&workload)) return;
    on.kind = on.realised ? "Deployment" : std::string(name_of(workload.kind));
    on.container_port = container_port(workload);
    if (!on.realised && is_realised(&workload)) return;  // its own controller makes the Service
    if (const ServiceObject* const service = service_to(workload)) {
      const ServicePort& port = service->ports.front();
      on.service = service->name;
      on.port = port.port;
      const auto named = workload.named_ports.find(port.target_name);
      if (named != workload.named_ports.end()) on.container_port = named->second;
      if (port.target > 0) on.container_port = port.target;
      return;
    }
    if (is_taken(workload)) {
      plan_.notices.push_back("Service " + workload.name + " does not lead to the pods of " +
                              workload.name + ", and no other does");
      return;
    }
    const Json service = service_of(workload);
    add(kServices, workload.ns, service, marks_of(nullptr));
    on.service = workload.name;
    on.port = static_cast<int>(service["spec"]["ports"][0]["port"]);
    if (!on.realised)
      plan_.notices.push_back("no Service leads to " + workload.name +
                              ": one of its name is made, from port " + std::to_string(on.port) +
                              " to " + std::to_string(on.container_port));
  }

  const Scenario& scenario_;
  const std::vector<RawObject>& objects_;
  const Served& served_;
  const PlanSettings& settings_;
  Plan plan_;
  std::map<std::size_t, std::string> workloads_out_, objects_out_;
  std::set<const Workload*> as_they_are_, realised_;  // asked, never walked through
  std::set<std::string> namespaces_;
};

}  // namespace

bool makes_pods(const Resource& resource) {
  constexpr std::array<std::string_view, 7> kKinds{"Deployment", "StatefulSet", "DaemonSet", "Job",
                                                   "ReplicaSet", "CronJob",     "Pod"};
  return std::ranges::find(kKinds, resource.kind) != kKinds.end() ||
         resource.api_version.starts_with(kKnative);
}

Plan plan(const Scenario& scenario, const std::vector<RawObject>& objects, const Served& served,
          const PlanSettings& settings) {
  refuse_what_no_cluster_has(scenario);
  return Planner(scenario, objects, served, settings).make();
}

Awaitable<Plan> plan_for(kubernetes::Reader& reader, const Scenario& scenario,
                         const std::vector<RawObject>& objects, PlanSettings settings) {
  std::vector<std::string> versions;
  bool ingress = false;
  for (const RawObject& object : objects) {
    versions.push_back(object.api_version);
    ingress |= object.kind == "Ingress";
  }
  const Served served = co_await discover(reader, versions);
  if (ingress) {
    const kubernetes::Collection classes{"/apis/networking.k8s.io/v1/ingressclasses"};
    try {
      const std::vector<Json> found = co_await reader.list_all(classes);
      settings.ingresses = !found.empty();
    } catch (const kubernetes::ApiError& error) {
      // Who may not look takes it that there is one: an Ingress that nobody plays harms nobody.
      if (error.kind() != kubernetes::ApiError::Kind::forbidden) throw;
    }
  }
  co_return plan(scenario, objects, served, settings);
}

}  // namespace thaw::applied
