// Kinds that thaw does not use: which are Kubernetes' own, and what those would mean that others
// bring along.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/scenario/manifest_kinds.hpp"

namespace thaw {
namespace {

// Of Kubernetes 1.37, but for the reviews, which nobody keeps in a file.
constexpr std::array<std::string_view, 58> kKubernetesKinds{"APIService",
                                                            "CSIDriver",
                                                            "CSINode",
                                                            "CSIStorageCapacity",
                                                            "CertificateSigningRequest",
                                                            "ClusterRole",
                                                            "ClusterRoleBinding",
                                                            "ClusterTrustBundle",
                                                            "ConfigMap",
                                                            "ControllerRevision",
                                                            "CronJob",
                                                            "CustomResourceDefinition",
                                                            "DaemonSet",
                                                            "Deployment",
                                                            "DeviceClass",
                                                            "EndpointSlice",
                                                            "Endpoints",
                                                            "Event",
                                                            "FlowSchema",
                                                            "HorizontalPodAutoscaler",
                                                            "IPAddress",
                                                            "Ingress",
                                                            "IngressClass",
                                                            "Job",
                                                            "Lease",
                                                            "LimitRange",
                                                            "MutatingAdmissionPolicy",
                                                            "MutatingAdmissionPolicyBinding",
                                                            "MutatingWebhookConfiguration",
                                                            "Namespace",
                                                            "NetworkPolicy",
                                                            "Node",
                                                            "PersistentVolume",
                                                            "PersistentVolumeClaim",
                                                            "Pod",
                                                            "PodDisruptionBudget",
                                                            "PodTemplate",
                                                            "PriorityClass",
                                                            "PriorityLevelConfiguration",
                                                            "ReplicaSet",
                                                            "ReplicationController",
                                                            "ResourceClaim",
                                                            "ResourceClaimTemplate",
                                                            "ResourceQuota",
                                                            "ResourceSlice",
                                                            "Role",
                                                            "RoleBinding",
                                                            "RuntimeClass",
                                                            "Secret",
                                                            "Service",
                                                            "ServiceAccount",
                                                            "ServiceCIDR",
                                                            "StatefulSet",
                                                            "StorageClass",
                                                            "ValidatingAdmissionPolicy",
                                                            "ValidatingWebhookConfiguration",
                                                            "VolumeAttachment",
                                                            "VolumeAttributesClass"};
// Its groups with a domain; k8s.io has others, which are custom resources.
constexpr std::array<std::string_view, 18> kGroups{"admissionregistration.k8s.io",
                                                   "apiextensions.k8s.io",
                                                   "apiregistration.k8s.io",
                                                   "authentication.k8s.io",
                                                   "authorization.k8s.io",
                                                   "certificates.k8s.io",
                                                   "coordination.k8s.io",
                                                   "discovery.k8s.io",
                                                   "events.k8s.io",
                                                   "flowcontrol.apiserver.k8s.io",
                                                   "internal.apiserver.k8s.io",
                                                   "networking.k8s.io",
                                                   "node.k8s.io",
                                                   "rbac.authorization.k8s.io",
                                                   "resource.k8s.io",
                                                   "scheduling.k8s.io",
                                                   "storage.k8s.io",
                                                   "storagemigration.k8s.io"};

std::string_view group_of(std::string_view api_version) {
  return api_version.substr(0, api_version.find('/'));
}

std::string of_dapr(const std::string& kind, Fields& object) {
  Fields spec = object.child("spec");
  if (kind == "Component") {
    const std::string type = spec.text("type");
    if (type.starts_with("state."))
      return fmt::format("what a call to {} takes is a pipeline's cache", type);
    if (type.starts_with("pubsub.") || type.starts_with("bindings."))
      return fmt::format("calls that {} brings are load of the scenario's workload", type);
    return fmt::format("{} changes neither load nor time here", type.empty() ? "it" : type);
  }
  if (kind == "Subscription") {
    const std::string topic = spec.text("topic");
    return fmt::format("messages{} would be calls: give them as workload",
                       topic.empty() ? "" : " of " + topic);
  }
  if (kind == "Configuration")
    return "tracing, access and mutual TLS of the sidecars are within a pipeline's hop";
  if (kind == "Resiliency") return "sidecars neither try again nor end a call after a time";
  return "";
}

std::string of_istio(const std::string& kind, Fields& object) {
  if (kind != "PeerAuthentication") return "";
  Fields spec = object.child("spec");
  Fields mtls = spec.child("mtls");
  const std::string mode = mtls.text("mode", "PERMISSIVE");
  if (mode != "STRICT")
    return fmt::format("mutual TLS, {}, shuts nobody out and is within a pipeline's hop", mode);
  return "mutual TLS, STRICT, would shut out who has no sidecar, such as a scraper of metrics; its "
         "time is within a pipeline's hop";
}

}  // namespace

bool is_kubernetes_kind(std::string_view kind) {
  return std::ranges::find(kKubernetesKinds, kind) != kKubernetesKinds.end();
}

bool is_built_in(std::string_view api_version) {
  const std::string_view group = group_of(api_version);
  return group.find('.') == std::string_view::npos ||
         std::ranges::find(kGroups, group) != kGroups.end();
}

bool is_kustomization(const yaml::Node& document) {
  const yaml::Node* const kind = document.find("kind");
  const yaml::Node* const version = document.find("apiVersion");
  // kustomize takes a file without either, named kustomization.yaml.
  if (!kind && !version) return document.find("resources") != nullptr;
  return kind && version && version->scalar.starts_with("kustomize.config.k8s.io/");
}

std::string meaning_of(const std::string& kind, const std::string& api_version, Fields& object) {
  const std::string_view group = group_of(api_version);
  if (group == "dapr.io") return of_dapr(kind, object);
  if (group == "security.istio.io") return of_istio(kind, object);
  if (group == "keda.sh" || group == "autoscaling.k8s.io")
    return "nobody scales its target here; --policy names who should";
  return "";
}

}  // namespace thaw
