// TH204: metrics of an autoscaler that have no value, so that the count stays as it is.
#include <algorithm>
#include <vector>

#include "engine/lint/hpa_metrics.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::lint::metric_not_there {
namespace {

constexpr std::string_view kStays = "; the count stays as it is";

// Where slices of a card are what the pods run on: "pool gpu (1g.5gb)"; empty if they may not.
std::string slices_of(const Workload& workload, const Subject& subject) {
  for (const auto& [name, count] : workload.requests.extended)
    if (name.starts_with("nvidia.com/mig-")) return name;
  if (!subject.scenario) return "";
  std::string pools;
  for (const Pool& pool : subject.scenario->cluster.pools) {
    if (pool.machine.gpus == 0) continue;
    if (pool.gpu_sharing.mode != GpuSharing::Mode::mig) return "";
    pools += (pools.empty() ? "pool " : ", ") + pool.name + " (" + pool.gpu_sharing.profile + ")";
  }
  return pools;
}

void check_slices(const HpaObject& hpa, const HpaMetric& metric, const Subject& subject,
                  Report& report) {
  const std::string_view series = metric.series();
  const bool of_cards = series.starts_with("DCGM_FI_DEV_") && series.ends_with("_UTIL");
  const Workload* const workload = target_of(hpa, subject.manifests);
  if (!of_cards || !workload) return;
  const std::string slices = slices_of(*workload, subject);
  if (slices.empty()) return;
  std::vector<Related> related;
  if (metric.rule) related.push_back({metric.rule->place, "the rule that makes it"});
  report.add(metric.name_place,
             std::string(series) + " is a reading of whole cards and is not there for slices of " +
                 "MIG, on which " + workload->name + " runs: " + slices + std::string(kStays),
             "scale on DCGM_FI_PROF_GR_ENGINE_ACTIVE, which each slice has: from 0 to 1, so that "
             "70 % is 700m",
             std::move(related));
}

// What the adapters of the set make, as far as it can be listed; `all`: nothing else is made.
struct Made {
  std::vector<std::string> names;
  bool all = true;
};

// The name that a rule gives; empty: it depends on the series it finds.
std::string name_made(const yaml::Node& rule) {
  const std::string as = text_at(rule, "name.as"), matches = text_at(rule, "name.matches");
  const std::string query = text_at(rule, "seriesQuery");
  std::string series = query.substr(0, query.find('{'));
  const bool plain = !series.empty() && series.find_first_of("=~\" ") == std::string::npos;
  if (as.find('$') != std::string::npos) return "";
  if (!as.empty()) return as;
  return plain && matches.empty() ? series : "";
}

Made made_by_adapters(const Subject& subject) {
  Made made;
  for (const Values& values : subject.values) {
    if (values.chart != "prometheus-adapter") continue;
    // The chart's own rules make a metric of every series that has a namespace.
    made.all &= text_at(*values.node, "rules.default") == "false";
    const yaml::Node* const rules = at(*values.node, "rules.custom");
    if (!rules) continue;
    for (const yaml::Node& rule : rules->list) {
      std::string name = name_made(rule);
      made.all &= !name.empty();
      if (!name.empty()) made.names.push_back(std::move(name));
    }
  }
  return made;
}

void check_made(const HpaMetric& metric, const Subject& subject, Report& report) {
  if (metric.rule || (metric.type != "Object" && metric.type != "Pods")) return;
  const Made made = made_by_adapters(subject);
  if (made.names.empty() || std::ranges::find(made.names, metric.name) != made.names.end()) return;
  const std::string near = nearest(metric.name, made.names);
  if (near.empty() && !made.all) return;
  std::string known;
  for (const std::string& name : made.names) known += (known.empty() ? "" : ", ") + name;
  report.add(made.all ? Severity::error : Severity::warning, metric.name_place,
             "no rule of prometheus-adapter makes " + metric.name + ", only " + known +
                 std::string(kStays),
             near.empty() ? "a rule of the adapter that makes it" : "write " + near);
}

void check_described(const HpaObject& hpa, const HpaMetric& metric, Report& report) {
  if (!metric.rule) return;
  const std::vector<Related> rule{{metric.rule->place, "the rule that makes it"}};
  const bool pods = metric.type == "Pods" || metric.described_kind == "Pod";
  const bool ns = metric.described_kind == "Namespace";
  const std::string makes = metric.rule->of_namespaces ? "namespaces" : "pods";
  if ((pods && !metric.rule->of_pods) || (ns && !metric.rule->of_namespaces)) {
    report.add(metric.name_place,
               "the adapter makes " + metric.name + " of " + makes + ", and it is asked of " +
                   (pods ? "pods" : "a namespace") + std::string(kStays),
               pods ? "resources.overrides with pod: {resource: pod} in the rule"
                    : "resources.overrides with namespace: {resource: namespace} in the rule",
               rule);
  } else if (ns && !hpa.ns.empty() && metric.described_name != hpa.ns) {
    report.add(Severity::warning, metric.name_place,
               "the metric of namespace " + metric.described_name +
                   " is named, and the controller asks for its own namespace's, " + hpa.ns +
                   ", whatever the name says",
               "an autoscaler in the namespace that is measured");
  }
}

bool asks(const yaml::Node& container, const std::string& resource) {
  for (const char* const where : {"resources.requests", "resources.limits"}) {
    const yaml::Node* const amounts = at(container, where);
    if (amounts && amounts->find(resource)) return true;  // a limit stands for a missing request
  }
  return false;
}

void check_requests(const HpaObject& hpa, const HpaMetric& metric, const Subject& subject,
                    Report& report) {
  if (!metric.is_resource() || metric.target_type != "Utilization") return;
  const Workload* const workload = target_of(hpa, subject.manifests);
  const Object* const object = workload ? object_at(subject, workload->place) : nullptr;
  const bool defaulted = std::ranges::any_of(subject.objects, [&](const Object& other) {
    return other.kind == "LimitRange" && may_share_namespace(other.ns, hpa.ns);
  });
  if (!object || defaulted) return;
  const yaml::Node* const of_pod = at(*object->node, "spec.template.spec");
  if (of_pod && metric.container.empty() && asks(*of_pod, metric.name)) return;
  std::vector<Related> without;
  for (const yaml::Node* const container : lasting_containers_of(*object)) {
    const std::string name = text_at(*container, "name");
    if (!metric.container.empty() && name != metric.container) continue;
    if (!asks(*container, metric.name))
      without.push_back({container->place, "container " + name + " has no request"});
  }
  if (without.empty()) return;
  // Before `without` is given away.
  std::string message = "utilisation of " + metric.name + " is a share of the requests, and " +
                        workload->name + " has none in " + std::to_string(without.size()) +
                        (without.size() == 1 ? " container" : " containers") + std::string(kStays);
  report.add(subject.scenario ? Severity::error : Severity::warning, metric.name_place,
             std::move(message),
             "resources.requests." + metric.name + " in every container, sidecars too",
             std::move(without));
}

void check(const Subject& subject, Report& report) {
  for (const HpaObject& hpa : subject.manifests.hpas) {
    for (const HpaMetric& metric : metrics_of(hpa, subject.manifests)) {
      check_slices(hpa, metric, subject, report);
      check_made(metric, subject, report);
      check_described(hpa, metric, report);
      check_requests(hpa, metric, subject, report);
    }
  }
}

}  // namespace

Rule rule() {
  return {"TH204", "metric-not-there", Severity::error,
          "a metric of an autoscaler that never has a value", check};
}

}  // namespace thaw::lint::metric_not_there
