// TH207: functions of OpenFaaS whose alert cannot add a replica.
//
// APIHighInvocationRate counts completions with code 200 and fires strictly above five a second,
// whatever the function. Source: faas-netes, chart/openfaas/templates/prometheus-cfg.yaml.
#include <algorithm>
#include <string>

#include "engine/lint/hpa_algebra.hpp"
#include "engine/lint/hpa_metrics.hpp"
#include "engine/lint/rule.hpp"
#include "engine/scenario/openfaas.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::lint::alert_never_fires {
namespace {

constexpr std::int64_t kThreshold = 5;  // completions a second
constexpr std::int64_t kMostReplicas = 1'000'000;

const Params::Entry* label(const Workload& function, std::string_view key) {
  return function.scale_labels.find(key);
}

std::int64_t number(const Params::Entry* entry, std::int64_t missing) {
  return entry ? units::integer(entry->value).value_or(missing) : missing;
}

void check_labels(const Workload& function, const Subject& subject, Report& report) {
  const Params::Entry* const factor = label(function, "factor");
  const Params::Entry* const min = label(function, "min");
  const Params::Entry* const max = label(function, "max");
  if (!factor || !max) return;
  const std::int64_t least = number(min, 1), most = number(max, 0), step = number(factor, 0);
  if (least == most && step > 0) {
    report.add(factor->place,
               "com.openfaas.scale.factor " + factor->value +
                   " adds nothing: min and max are both " + max->value,
               "a max above min, or no factor");
  }
  const bool classic = subject.scenario && is_classic_openfaas(subject.versions());
  if (classic && step == 0 && least < most) {
    report.add(Severity::info, factor->place,
               "with com.openfaas.scale.factor 0 no alert adds a replica: max " + max->value +
                   " is never reached",
               "a factor of 1 to 100: per cent of max that each notification adds");
  }
}

bool has_autoscaler(const Workload& function, const Manifests& manifests) {
  return std::ranges::any_of(
      manifests.hpas, [&](const HpaObject& hpa) { return target_of(hpa, manifests) == &function; });
}

// What the function's least replicas complete at most, a second; only of functions whose labels say
// that it is to grow.
void check_rate(const FunctionSpec& spec, const Subject& subject, Report& report) {
  const Manifests& manifests = subject.scenario->manifests;
  if (spec.standalone || !spec.policy.empty()) return;
  const Workload& function = manifests.workloads[spec.workload];
  const Params::Entry* const max = label(function, "max");
  const Params::Entry* const stated = max ? max : label(function, "factor");
  if (function.kind != Workload::Kind::openfaas_function || !stated) return;
  if (!function.refused.empty() || has_autoscaler(function, manifests)) return;
  const std::int64_t min = std::max<std::int64_t>(number(label(function, "min"), 1), 1);
  if (min > kMostReplicas || (max && number(max, 0) <= min)) return;
  const double mean_ns = spec.service.duration.mean();
  // Those that share a replica evenly complete no more together than one alone.
  const int slots = spec.service.discipline == Discipline::ps ? 1 : spec.service.slots;
  if (mean_ns <= 0 || static_cast<double>(min * slots) * 1e9 > kThreshold * mean_ns) return;
  const auto mean = static_cast<std::int64_t>(mean_ns / 1e6 + 0.5);
  if (mean <= 0) return;
  report.add(stated->place,
             std::to_string(min) + (min == 1 ? " replica completes" : " replicas complete") +
                 " at most " + std::to_string(min * slots) + " / " + milli_text(mean) +
                 " s = " + to_text({min * slots * 1000, mean}) + " calls a second of " +
                 function.name + " on average, and its alert fires above " +
                 std::to_string(kThreshold) + ": it never gets a further replica",
             "scale on what is in flight (Knative, an autoscaler on a queue), or a higher "
             "com.openfaas.scale.min",
             {{spec.place, "its service time"}});
}

void check(const Subject& subject, Report& report) {
  for (const Workload& workload : subject.manifests.workloads)
    if (workload.kind == Workload::Kind::openfaas_function) check_labels(workload, subject, report);
  if (!subject.scenario) return;
  for (const FunctionSpec& function : subject.scenario->functions)
    check_rate(function, subject, report);
}

}  // namespace

Rule rule() {
  return {"TH207", "alert-never-fires", Severity::warning,
          "an alert of OpenFaaS that cannot add a replica", check};
}

}  // namespace thaw::lint::alert_never_fires
