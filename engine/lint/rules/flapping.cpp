// TH202: a steady load under which an autoscaler goes up and down for ever.
//
// Where the metric is one average of all replicas, and the count is asked of that average alone,
// the answer at one count can be another count, and the answer there the first one again. That it
// may fall while one of the replicas is saturated is the other half of the same arithmetic.
#include "engine/lint/hpa_bounds.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::lint::flapping {
namespace {

// Other pods with GPUs in the namespace are part of the same average: then nothing is proved.
bool is_alone(const HpaObject& hpa, const Subject& subject) {
  int others = 0;
  for (const Workload& workload : subject.manifests.workloads) {
    if (!may_share_namespace(workload.ns, hpa.ns) || workload.name == hpa.target_name) continue;
    for (const auto& [name, count] : workload.requests.extended)
      if (name.starts_with("nvidia.com/")) ++others;
  }
  return others == 0;
}

std::string number(std::int64_t n) { return std::to_string(n); }

// "at 1 it rises above 77, at 2 it falls at an average of 70 or less, though …"
std::string turns(const HpaRule& rule, const Flapping& one) {
  const Fall fall = falls_at(rule, one.high);
  return "at " + number(one.low) + " it rises above " + milli_text(rises_above(rule, one.low)) +
         ", at " + number(one.high) + " it falls at " +
         (fall.or_less ? milli_text(fall.at) + " or less" : "less than " + milli_text(fall.at)) +
         ", though one of the " + number(one.high) + " may be saturated";
}

std::string slowed_by(const HpaObject& hpa) {
  const std::int64_t window = number_of(hpa, "behavior.scaleDown.stabilizationWindowSeconds", 300);
  if (window <= 0) return "";
  return "; the " + number(window) + " s of stabilisation only slow it";
}

void check_hpa(const HpaObject& hpa, const Subject& subject, Report& report) {
  const auto metrics = metrics_of(hpa, subject.manifests);
  if (metrics.size() != 1 || metrics.front().is_resource() || !is_alone(hpa, subject)) return;
  const auto one = bounded(hpa, metrics.front(), subject);
  if (!one || !one->rises || !one->falls) return;
  const auto found = flapping_ranges(one->rule);
  if (found.empty()) return;
  const auto of_replicas = [&](const Fraction& load) {
    return to_text({load.above, load.below * one->rule.most});
  };
  std::string message = hpa.target_name + " never comes to rest under a steady load of ";
  for (std::size_t i = 0; i < found.size(); ++i) {
    message += (i == 0 ? "" : ", nor of ") + of_replicas(found[i].from) + " to " +
               of_replicas(found[i].to) + " busy replicas (" + number(found[i].low) + " \u2194 " +
               number(found[i].high) + ")";
  }
  message += ": " + turns(one->rule, found.front()) + slowed_by(hpa);
  report.add(one->metric.target_place, std::move(message),
             "hold the average against a target of type Value, which multiplies it by the replicas "
             "there are, or a sum against AverageValue",
             one->metric.rule ? std::vector<Related>{{one->metric.rule->place,
                                                      "the rule that makes " + one->metric.name}}
                              : std::vector<Related>{});
}

void check(const Subject& subject, Report& report) {
  for (const HpaObject& hpa : subject.manifests.hpas) check_hpa(hpa, subject, report);
}

}  // namespace

Rule rule() {
  return {"TH202", "flapping", Severity::warning,
          "a steady load under which the replicas never come to rest", check};
}

}  // namespace thaw::lint::flapping
