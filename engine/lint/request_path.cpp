#include "engine/lint/request_path.hpp"

#include <algorithm>

#include "engine/lint/asleep.hpp"
#include "engine/scenario/openfaas.hpp"
#include "engine/scenario/openfaas_limits.hpp"
#include "engine/scenario/services.hpp"
#include "engine/scenario/slimfaas_annotations.hpp"
#include "engine/scenario/slimfaas_gateway.hpp"

namespace thaw::lint {
namespace {

constexpr const char* kCommunityRead = "nginx.ingress.kubernetes.io/proxy-read-timeout";
constexpr const char* kVendorRead = "nginx.org/proxy-read-timeout";
constexpr int kMostOfKnative = 600;  // max-revision-timeout-seconds

// Where the setting stands, or else its object.
Place place_at(const yaml::Node* object, std::string_view path, const std::string& key,
               const Place& otherwise) {
  const yaml::Node* const map = object ? at(*object, path) : nullptr;
  const yaml::Node* const value = map ? map->find(key) : nullptr;
  return value ? value->place : otherwise;
}

const Workload* openfaas_gateway_of(const Manifests& manifests) {
  const auto found = std::ranges::find_if(manifests.workloads, is_openfaas_gateway);
  return found == manifests.workloads.end() ? nullptr : &*found;
}

// Whom the outer hops lead to: the gateway where there is one, else the function.
const Workload* door_of(const Manifests& manifests, const Workload& function) {
  if (is_slimfaas_function(function)) return slimfaas_of(manifests);
  if (function.kind == Workload::Kind::openfaas_function) return openfaas_gateway_of(manifests);
  return &function;
}

Hop of_ingress(const Subject& subject, const IngressObject& ingress) {
  const char* const key = ingress.controller == "nginx-ingress" ? kVendorRead : kCommunityRead;
  return {"Ingress " + ingress.name + " (proxy-read-timeout of " + ingress.controller + ")",
          ingress.read_timeout, ingress.read_timeout,
          place_at(node_of(subject, "networking.k8s.io/", "Ingress", ingress.name, ingress.ns),
                   "metadata.annotations", key, ingress.place),
          std::string(key) + ": \"{}" + (key == kVendorRead ? "s\"" : "\"")};
}

void add_mesh(const Subject& subject, const std::vector<const ServiceObject*>& services,
              const Workload& door, std::vector<Hop>& hops) {
  for (const VirtualServiceObject& service : subject.manifests.virtual_services) {
    for (const VirtualServiceRoute& route : service.routes) {
      if (route.timeout == Duration{0} || !leads_to(services, service, route, door)) continue;
      hops.push_back(
          {"VirtualService " + service.name + " (timeout of " + route.prefixes.front() + ")",
           route.timeout, route.timeout, service.place, "timeout: {}s"});
    }
  }
}

Hop of_slimfaas(const Subject& subject, const Workload& gateway, const Workload& function) {
  const Version& version = subject.versions().slimfaas;
  Diagnostics told_elsewhere;
  const slimfaas::Limits limits =
      slimfaas::limits_of(slimfaas_params(function, told_elsewhere), slimfaas_settings(gateway),
                          version, told_elsewhere);
  const bool by_http_timeout = version >= slimfaas::kHttpTimeout;
  return {"SlimFaas " + to_text(version) +
              (by_http_timeout ? " (DefaultSync.HttpTimeout)" : " (its wait for a first pod)"),
          limits.wait, limits.answer, limits.place.line > 0 ? limits.place : gateway.place,
          by_http_timeout ? "SlimFaas/Configuration: '{\"DefaultSync\":{\"HttpTimeout\":{}}}' on " +
                                function.name
                          : std::string(slimfaas::kWaitLimit) + ": \"{}000\" for SlimFaas"};
}

Hop of_openfaas(const Manifests& manifests, const Workload& function) {
  Diagnostics told_elsewhere;
  const OpenFaasLimits limits = openfaas_limits(manifests, told_elsewhere);
  Duration answers = std::min(limits.upstream, limits.connection);
  if (const auto exec = openfaas_exec_timeout(function, told_elsewhere))
    answers = std::min(answers, *exec);
  return {"OpenFaaS's gateway (read_timeout, write_timeout, 1000 looks at 100ms)",
          std::min(limits.connection, kOpenFaasPoll * kOpenFaasPolls), answers,
          limits.place.line > 0 ? limits.place : function.place,
          "upstream_timeout, read_timeout, write_timeout and exec_timeout: {}s, or call "
          "/async-function/" +
              function.name};
}

Hop of_knative(const Subject& subject, const Workload& function) {
  return {"Knative (timeoutSeconds)", function.request_timeout, function.request_timeout,
          place_at(node_of(subject, "serving.knative.dev/", "Service", function.name, function.ns),
                   "spec.template.spec", "timeoutSeconds", function.place),
          "timeoutSeconds: {} (above " + std::to_string(kMostOfKnative) +
              " also max-revision-timeout-seconds of config-defaults)"};
}

}  // namespace

std::vector<Hop> hops_to(const Subject& subject, const Workload& function) {
  const Manifests& manifests = subject.manifests;
  std::vector<Hop> hops;
  const Workload* const door = door_of(manifests, function);
  if (door) {
    const auto services = services_of(manifests, *door);
    for (const IngressObject& ingress : manifests.ingresses)
      if (leads_to(services, ingress)) hops.push_back(of_ingress(subject, ingress));
    add_mesh(subject, services, *door, hops);
  }
  if (is_slimfaas_function(function)) {
    if (door) hops.push_back(of_slimfaas(subject, *door, function));
  } else if (function.kind == Workload::Kind::openfaas_function) {
    hops.push_back(of_openfaas(manifests, function));
  } else if (function.kind == Workload::Kind::knative_service) {
    hops.push_back(of_knative(subject, function));
  }
  return hops;
}

const Hop* shortest(const std::vector<Hop>& hops, Duration Hop::*limit) {
  const auto found = std::ranges::min_element(hops, {}, limit);
  return found == hops.end() ? nullptr : &*found;
}

std::vector<const ServiceObject*> services_of(const Manifests& manifests,
                                              const Workload& workload) {
  std::vector<const ServiceObject*> services;
  for (const ServiceObject& service : manifests.services)
    if (selects_pods_of(service, workload)) services.push_back(&service);
  return services;
}

bool leads_to(const std::vector<const ServiceObject*>& services, const IngressObject& ingress) {
  return std::ranges::any_of(services, [&](const ServiceObject* service) {
    return service->ns == ingress.ns &&
           std::ranges::find(ingress.rules, service->name, &IngressRule::service) !=
               ingress.rules.end();
  });
}

bool leads_to(const std::vector<const ServiceObject*>& services,
              const VirtualServiceObject& service, const VirtualServiceRoute& route,
              const Workload& workload) {
  if (workload.kind == Workload::Kind::knative_service)
    return names_service(route.authority, workload.name, workload.ns, service.ns);
  return std::ranges::any_of(services, [&](const ServiceObject* behind) {
    return names_service(route.host, behind->name, behind->ns, service.ns);
  });
}

const yaml::Node* node_of(const Subject& subject, std::string_view group, std::string_view kind,
                          const std::string& name, const std::string& ns) {
  const auto found = std::ranges::find_if(subject.objects, [&](const Object& object) {
    return object.api_version.starts_with(group) && object.kind == kind && object.name == name &&
           may_share_namespace(object.ns, ns);
  });
  return found == subject.objects.end() ? nullptr : found->node;
}

}  // namespace thaw::lint
