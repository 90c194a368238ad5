// Cases of the HorizontalPodAutoscaler: one metric (calc), limits alone (normalize), whole passes
// of its controller (reconcile). The formats are those of tests/conformance/hpa.json.
#include "app/decide/cases.hpp"
#include "app/decide/fields.hpp"
#include "app/decide/hpa_facts.hpp"
#include "policies/hpa/autoscaler.hpp"

namespace thaw::app {
namespace {

struct Method {
  std::string_view name;
  MetricSource source;
  hpa::TargetType type;
};

constexpr Method kMethods[] = {
    {"ObjectValue", MetricSource::object, hpa::TargetType::value},
    {"ObjectAverageValue", MetricSource::object, hpa::TargetType::average_value},
    {"ExternalValue", MetricSource::external, hpa::TargetType::value},
    {"ExternalAverageValue", MetricSource::external, hpa::TargetType::average_value},
    {"PodsAverageValue", MetricSource::pods, hpa::TargetType::average_value},
    {"ResourceAverageValue", MetricSource::resource, hpa::TargetType::average_value},
    {"ResourceUtilization", MetricSource::resource, hpa::TargetType::utilization},
};

hpa::Metric metric_of_calc(const Fields& input) {
  const std::string method = input.text("method");
  for (const Method& known : kMethods) {
    if (known.name != method) continue;
    hpa::Metric metric;
    metric.ref.source = known.source;
    if (known.source == MetricSource::resource) {
      metric.ref.name = input.has("resource") ? input.text("resource") : "cpu";
    }
    metric.type = known.type;
    metric.target = read_milli(input, "target");
    return metric;
  }
  input.fail("method", "unknown method \"" + method + "\"");
}

std::vector<hpa::Recommendation> read_recommendations(const Fields& input, std::string_view key) {
  std::vector<hpa::Recommendation> entries;
  if (!input.has(key)) return entries;
  for (const Fields& one : input.objects(key)) {
    entries.push_back({kCaseStart - one.duration("ageSeconds"), one.integer("replicas")});
  }
  return entries;
}

std::vector<hpa::ScaleEvent> read_events(const Fields& input, std::string_view key) {
  std::vector<hpa::ScaleEvent> entries;
  if (!input.has(key)) return entries;
  for (const Fields& one : input.objects(key)) {
    entries.push_back({kCaseStart - one.duration("ageSeconds"), one.integer("change")});
  }
  return entries;
}

hpa::History read_history(const Fields& input) {
  return {hpa::Slots(read_recommendations(input, "recommendations")),
          hpa::Slots(read_events(input, "scaleUpEvents")),
          hpa::Slots(read_events(input, "scaleDownEvents"))};
}

Json true_or_false(bool status) { return status ? "True" : "False"; }

std::string_view name_of(hpa::ScaleCause cause) {
  switch (cause) {
    case hpa::ScaleCause::metric_above_target:
      return "metricAboveTarget";
    case hpa::ScaleCause::all_metrics_below_target:
      return "allMetricsBelowTarget";
    case hpa::ScaleCause::current_above_max:
      return "currentAboveMax";
    case hpa::ScaleCause::current_below_min:
      return "currentBelowMin";
    case hpa::ScaleCause::none:
      break;
  }
  return "none";
}

Json decided_proposals(const hpa::HpaSpec& spec, std::span<const hpa::Proposal> proposals) {
  Json list = Json::array();
  for (std::size_t i = 0; i < proposals.size(); ++i) {
    const hpa::Proposal& proposal = proposals[i];
    Json one = Json::object();
    if (proposal.failed) {
      one["error"] = true;
    } else {
      one["replicas"] = proposal.replicas;
      one[spec.metrics[i].type == hpa::TargetType::value ? "valueMilli" : "averageValueMilli"] =
          proposal.usage;
      if (proposal.utilization) one["averageUtilization"] = *proposal.utilization;
    }
    list.push_back(std::move(one));
  }
  return list;
}

// A condition that was never set is null.
Json decided_conditions(const hpa::Conditions& conditions) {
  const auto one = [](const std::optional<hpa::ConditionState>& condition) -> Json {
    if (!condition) return nullptr;
    return Json::array({true_or_false(condition->status), condition->reason});
  };
  return {{"AbleToScale", one(conditions.able_to_scale)},
          {"ScalingActive", one(conditions.scaling_active)},
          {"ScalingLimited", one(conditions.scaling_limited)},
          {"ScaledToZero", one(conditions.scaled_to_zero)}};
}

// What a case leaves out says something too: no cause without a rescale, no proposals where no
// metric was consulted, no condition that was never set. The reported average of no replicas means
// nothing.
Json expected_of(const Fields& step, std::int32_t status_replicas) {
  Json expected = step.value("expect");
  if (!expected.is_object()) step.fail("expect", "expected an object");
  for (const char* key : {"proposals", "cause"}) {
    if (!expected.contains(key)) expected[key] = nullptr;
  }
  if (auto found = expected.find("conditions"); found != expected.end() && found->is_object()) {
    for (const char* type : {"AbleToScale", "ScalingActive", "ScalingLimited", "ScaledToZero"}) {
      if (!found->contains(type)) (*found)[type] = nullptr;
    }
  }
  if (status_replicas != 0 || !expected["proposals"].is_array()) return expected;
  for (Json& proposal : expected["proposals"]) {
    if (proposal.is_object()) proposal.erase("averageValueMilli");
  }
  return expected;
}

hpa::Autoscaler read_autoscaler(const Fields& input) {
  const Fields flags = input.object("controller");
  hpa::Controller controller;
  controller.tolerance = flags.number("tolerance", controller.tolerance);
  controller.downscale_stabilization =
      flags.duration("downscaleStabilizationSeconds", controller.downscale_stabilization);
  controller.cpu_initialization =
      flags.duration("cpuInitializationPeriodSeconds", controller.cpu_initialization);
  controller.initial_readiness_delay =
      flags.duration("initialReadinessDelaySeconds", controller.initial_readiness_delay);
  controller.scale_to_zero = flags.boolean("scaleToZeroEnabled", controller.scale_to_zero);

  const Fields object = input.object("hpa");
  hpa::HpaSpec spec;
  spec.min = object.integer_or("minReplicas", 1);
  spec.max = object.integer("maxReplicas");
  spec.behavior = read_behavior(object);
  spec.metrics = read_metrics(object);

  hpa::Autoscaler autoscaler(std::move(spec), controller);
  if (input.has("initial")) {
    const Fields initial = input.object("initial");
    autoscaler.set_history(read_history(initial));
    if (initial.has("scaledToZero")) autoscaler.set_scaled_to_zero(initial.boolean("scaledToZero"));
  }
  return autoscaler;
}

Verdict decide_step(hpa::Autoscaler& autoscaler, const Fields& step) {
  const HpaFacts facts(autoscaler.spec().metrics, step);
  const hpa::Outcome outcome = autoscaler.reconcile(facts.target(), facts.answers());
  if (outcome.rescaled && step.has("writtenAfterSeconds")) {
    autoscaler.write_done(facts.target().now + step.duration("writtenAfterSeconds"));
  }
  Json decided;
  decided["error"] = outcome.error;
  decided["proposals"] = nullptr;
  if (!outcome.proposals.empty()) {
    decided["proposals"] = decided_proposals(autoscaler.spec(), outcome.proposals);
  }
  decided["desiredReplicas"] = outcome.desired;
  decided["rescaled"] = outcome.rescaled;
  decided["cause"] = nullptr;
  if (outcome.rescaled) decided["cause"] = name_of(outcome.cause);
  decided["conditions"] = decided_conditions(autoscaler.conditions());
  return judge(step.value("atSeconds"), expected_of(step, facts.target().status),
               std::move(decided));
}

}  // namespace

std::vector<Verdict> decide_hpa_calc(const Json& input) {
  const Fields fields(input);
  const hpa::Metric metric = metric_of_calc(fields);
  const HpaFacts facts(metric, fields);
  hpa::ReplicaCalculator calculator(fields.duration("cpuInitializationPeriodSeconds"),
                                    fields.duration("initialReadinessDelaySeconds"));
  const hpa::Proposal proposal =
      calculator.propose(metric, facts.answers()[0], facts.target(),
                         {fields.number("toleranceUp"), fields.number("toleranceDown")});
  Json decided;
  decided["error"] = proposal.failed;
  decided["replicas"] = proposal.replicas;
  decided["usageMilli"] = proposal.usage;
  decided["utilization"] = proposal.utilization.value_or(0);
  return {judge(nullptr, fields.value("expect"), std::move(decided))};
}

std::vector<Verdict> decide_hpa_normalize(const Json& input) {
  const Fields fields(input);
  const hpa::Wanted wanted{kCaseStart,
                           fields.integer("currentReplicas"),
                           fields.integer("metricDesired"),
                           fields.integer("minReplicas"),
                           fields.integer("maxReplicas"),
                           fields.duration("downscaleStabilizationSeconds")};
  hpa::History history = read_history(fields);
  const auto behavior = read_behavior(fields);
  const hpa::Normalized normalized =
      behavior ? normalize(wanted, *behavior, history) : normalize(wanted, history.recommendations);
  Json decided;
  decided["desiredReplicas"] = normalized.desired;
  decided["ableToScaleReason"] = normalized.able_to_scale;
  decided["scalingLimited"] = true_or_false(normalized.bound != hpa::Bound::none);
  decided["scalingLimitedReason"] = reason_of(normalized.bound);
  decided["recommendationsAfter"] = Json::array();
  for (const hpa::Recommendation& entry : history.recommendations.entries()) {
    decided["recommendationsAfter"].push_back(
        {{"ageSeconds", seconds(kCaseStart - entry.at)}, {"replicas", entry.replicas}});
  }
  return {judge(nullptr, fields.value("expect"), std::move(decided))};
}

std::vector<Verdict> decide_hpa_reconcile(const Json& input) {
  const Fields fields(input);
  hpa::Autoscaler autoscaler = read_autoscaler(fields);
  std::vector<Verdict> verdicts;
  for (const Fields& step : fields.objects("steps")) {
    verdicts.push_back(decide_step(autoscaler, step));
  }
  return verdicts;
}

}  // namespace thaw::app
