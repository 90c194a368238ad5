// TH205: two that set the replicas of the same workload.
#include <string>
#include <vector>

#include "engine/lint/hpa_metrics.hpp"
#include "engine/lint/rule.hpp"
#include "engine/scenario/slimfaas_annotations.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::lint::two_owners {
namespace {

struct Claim {
  std::string kind, name, ns;  // what it scales
  std::string who, who_name;   // "HorizontalPodAutoscaler", its own name
  Place place;
};

// Knative's Deployments are NAME-00001-deployment, a number for each revision.
std::string revised(const std::string& name) {
  constexpr std::string_view kEnd = "-deployment";
  if (!name.ends_with(kEnd)) return "";
  const std::string revision = name.substr(0, name.size() - kEnd.size());
  const std::size_t dash = revision.rfind('-');
  if (dash == std::string::npos || revision.size() - dash != 6) return "";
  return units::integer(revision.substr(dash + 1)) ? revision.substr(0, dash) : "";
}

// min and max alike are how a function of OpenFaaS is taken out of the alerts' hands.
bool is_scaled_by_alerts(const Workload& function) {
  const auto* const min = function.scale_labels.find("min");
  const auto* const max = function.scale_labels.find("max");
  const auto* const factor = function.scale_labels.find("factor");
  return !(min && max && min->value == max->value) && !(factor && factor->value == "0");
}

void claims_of_autoscalers(const Subject& subject, std::vector<Claim>& claims) {
  for (const HpaObject& hpa : subject.manifests.hpas) {
    if (hpa.target_name.empty() || hpa.name.starts_with("keda-hpa-")) continue;
    claims.push_back(
        {hpa.target_kind, hpa.target_name, hpa.ns, "HorizontalPodAutoscaler", hpa.name, hpa.place});
  }
  for (const Object& object : subject.objects) {
    if (object.kind != "ScaledObject" || !object.api_version.starts_with("keda.sh/")) continue;
    std::string kind = text_at(*object.node, "spec.scaleTargetRef.kind");
    if (kind.empty()) kind = "Deployment";
    claims.push_back({std::move(kind), text_at(*object.node, "spec.scaleTargetRef.name"), object.ns,
                      "KEDA's ScaledObject", object.name, object.place});
  }
}

std::vector<Claim> claims_of(const Subject& subject) {
  std::vector<Claim> claims;
  claims_of_autoscalers(subject, claims);
  for (Claim& claim : claims) {
    const std::string service = revised(claim.name);
    if (!service.empty()) claim.kind = "Service", claim.name = service;
  }
  for (const Workload& workload : subject.manifests.workloads) {
    if (is_slimfaas_function(workload))
      claims.push_back({std::string(name_of(workload.kind)), workload.name, workload.ns, "SlimFaas",
                        "", workload.place});
    if (workload.kind == Workload::Kind::knative_service)
      claims.push_back({"Service", workload.name, workload.ns, "Knative", "", workload.place});
    if (workload.kind == Workload::Kind::openfaas_function && is_scaled_by_alerts(workload))
      claims.push_back(
          {"Deployment", workload.name, workload.ns, "OpenFaaS's alerts", "", workload.place});
  }
  return claims;
}

bool is_clash(const Claim& a, const Claim& b) {
  const bool same_object = a.who == b.who && a.who_name == b.who_name;  // shown twice
  return !same_object && a.kind == b.kind && a.name == b.name && may_share_namespace(a.ns, b.ns);
}

std::string title(const Claim& claim) {
  return claim.who + (claim.who_name.empty() ? "" : " " + claim.who_name);
}

void tell_clashes(const Subject& subject, Report& report) {
  const std::vector<Claim> claims = claims_of(subject);
  for (std::size_t b = 0; b < claims.size(); ++b) {
    for (std::size_t a = 0; a < b; ++a) {
      if (!is_clash(claims[a], claims[b])) continue;
      const bool alerts = claims[b].who == "OpenFaaS's alerts";
      report.add(alerts ? Severity::warning : Severity::error, claims[a].place,
                 title(claims[a]) + " and " + title(claims[b]) + " both set the replicas of " +
                     claims[a].name + ": what one writes the other takes back",
                 alerts ? "com.openfaas.scale.min and .max alike, which leaves it to the other"
                        : "keep one of them",
                 {{claims[b].place, title(claims[b])}});
    }
  }
}

void tell_fixed_replicas(const Subject& subject, Report& report) {
  for (const HpaObject& hpa : subject.manifests.hpas) {
    const Workload* const workload = target_of(hpa, subject.manifests);
    const Object* const object = workload ? object_at(subject, workload->place) : nullptr;
    const yaml::Node* const replicas = object ? at(*object->node, "spec.replicas") : nullptr;
    if (!replicas) continue;
    report.add(Severity::info, replicas->place,
               "spec.replicas " + replicas->scalar + " beside HorizontalPodAutoscaler " + hpa.name +
                   ": every kubectl apply sets the count back to it",
               "leave spec.replicas out; minReplicas is the first count",
               {{hpa.place, "HorizontalPodAutoscaler " + hpa.name}});
  }
}

void check(const Subject& subject, Report& report) {
  tell_clashes(subject, report);
  tell_fixed_replicas(subject, report);
}

}  // namespace

Rule rule() {
  return {"TH205", "two-owners", Severity::error, "two that set the replicas of one workload",
          check};
}

}  // namespace thaw::lint::two_owners
