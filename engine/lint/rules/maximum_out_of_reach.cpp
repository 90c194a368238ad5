// TH201: replicas that an autoscaler never asks for, because its metric does not get that high.
#include <algorithm>
#include <vector>

#include "engine/lint/hpa_bounds.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::lint::maximum_out_of_reach {
namespace {

Place place_in(const HpaObject& hpa, std::string_view key) {
  const Params::Entry* const entry = hpa.spec.find(key);
  return entry ? entry->place : hpa.place;
}

std::string number(std::int64_t n) { return std::to_string(n); }

// "at most ceil(100 / 70) = 2"
std::string reach_of(const BoundedMetric& one) {
  const std::string target = milli_text(*one.metric.target);
  if (one.rule.how == HpaRule::How::total) {
    const std::int64_t most = std::max<std::int64_t>((one.rule.most - 1) / one.rule.target + 1, 1);
    return "; AverageValue takes it for a total: at most ceil(" + milli_text(one.rule.most) +
           " / " + target + ") = " + number(most) + " replicas are asked for";
  }
  const Fraction above{one.rule.target * (1000 + one.rule.up), 1'000'000};
  return ", and a replica is added only above " + to_text({1000 + one.rule.up, 1000}) + " \u00d7 " +
         target + " = " + to_text(above);
}

std::string mend_of(const BoundedMetric& one, std::int64_t reach) {
  if (one.rule.how == HpaRule::How::total) {
    return "write type: Value and value: \"" + milli_text(*one.metric.target) +
           "\", as what is averaged is no total; or let the adapter's rule make a sum; or "
           "maxReplicas: " +
           number(std::max(reach, one.rule.min));
  }
  // The largest whole target that the bound still passes with its tolerance.
  const std::int64_t below = (one.rule.most - 1) / (1000 + one.rule.up);
  return below > 0 ? "a target of at most " + number(below) : "a target that the metric can pass";
}

void check_hpa(const HpaObject& hpa, const Subject& subject, Report& report) {
  std::vector<BoundedMetric> all;
  std::vector<HpaRule> rules;
  for (const HpaMetric& metric : metrics_of(hpa, subject.manifests)) {
    auto one = bounded(hpa, metric, subject);
    if (!one || !one->rises) return;  // one that nobody can bound may ask for anything
    rules.push_back(one->rule);
    all.push_back(std::move(*one));
  }
  const std::int64_t reach = most_asked(rules), max = rules.front().max;
  if (reach >= max) return;
  const std::string lost =
      reach + 1 == max ? number(max) + " is" : number(reach + 1) + " to " + number(max) + " are";
  std::string message;
  for (const BoundedMetric& one : all)
    message += (message.empty() ? "" : "; ") + one.why + reach_of(one);
  std::vector<Related> related{{place_in(hpa, "maxReplicas"), "maxReplicas " + number(max)}};
  for (const BoundedMetric& one : all)
    if (one.metric.rule) related.push_back({one.metric.rule->place, "the rule that makes it"});
  report.add(all.front().metric.target_place, message + ", so " + lost + " never reached",
             mend_of(all.front(), reach), std::move(related));
}

void check(const Subject& subject, Report& report) {
  for (const HpaObject& hpa : subject.manifests.hpas) check_hpa(hpa, subject, report);
}

}  // namespace

Rule rule() {
  return {"TH201", "maximum-out-of-reach", Severity::error,
          "replicas that the metric can never ask for", check};
}

}  // namespace thaw::lint::maximum_out_of_reach
