// Cases of Knative's decider: its evaluations, its windows, and both together.
#include <algorithm>
#include <utility>

#include "app/decide/cases.hpp"
#include "app/decide/fields.hpp"
#include "policies/knative/bucket_window.hpp"
#include "policies/knative/decider.hpp"

namespace thaw::app {
namespace {

using knative::Aggregation;
using knative::BucketWindow;
using knative::Decider;
using knative::DeciderSpec;

// Time 0 of a case lies on a multiple of 10 s.
constexpr TimePoint kZero{1'000'000'000s};
constexpr std::int32_t kMostBuckets = 1'000'000;

DeciderSpec spec_of(const Fields& spec) {
  const auto whole_seconds = [&spec](std::string_view key) {
    return std::chrono::seconds(spec.integer(key, 0, kMostBuckets));
  };
  return {.max_scale_up_rate = spec.number("maxScaleUpRate"),
          .max_scale_down_rate = spec.number("maxScaleDownRate"),
          .target_value = spec.number("targetValue"),
          .total_value = spec.number("totalValue"),
          .target_burst_capacity = spec.number("targetBurstCapacity"),
          .panic_threshold = spec.number("panicThreshold"),
          .stable_window = whole_seconds("stableWindowSeconds"),
          .scale_down_delay = whole_seconds("scaleDownDelaySeconds"),
          .activation_scale = spec.integer_or("activationScale", 0),
          .reachable = spec.boolean("reachable", true)};
}

Decider decider_of(const Fields& one_case, const DeciderSpec& spec) {
  Decider::Panic panic;
  if (one_case.has("initial")) {
    const Fields initial = one_case.object("initial");
    if (initial.boolean("panicking", false)) {
      panic.since = kZero - initial.duration("panicSinceSeconds", 0s);
    }
    panic.most_pods = initial.integer_or("maxPanicPods", 0);
  }
  return Decider(spec, panic);
}

Json decided_by(const Decider& decider, const knative::Evaluation& evaluation) {
  return {{"valid", evaluation.valid},
          {"desiredPodCount", evaluation.desired},
          {"excessBurstCapacity", evaluation.excess_burst_capacity},
          {"panicking", decider.panic().since.has_value()},
          {"maxPanicPods", decider.panic().most_pods}};
}

// A result that is not valid has no numbers.
Json expected_of(const Fields& step) {
  Json expected = step.object("expect").json();
  if (expected.value("valid", Json(true)) == false) {
    expected.erase("desiredPodCount");
    expected.erase("excessBurstCapacity");
  }
  return expected;
}

Aggregation aggregation_of(const Fields& one_case) {
  const std::string name = one_case.text("algorithm");
  if (name == "linear") return Aggregation::linear;
  if (name == "weighted-exponential") return Aggregation::weighted_exponential;
  one_case.fail("algorithm", "expected linear or weighted-exponential, found \"" + name + "\"");
}

Duration window_of(const Fields& fields, std::string_view key) {
  return std::chrono::seconds(fields.integer(key, 1, kMostBuckets));
}

// What a pipeline's stats give in one of its windows, up to a tick.
struct Windows {
  BucketWindow stable, panic;
  bool rps;

  void record(const Fields& stat) {
    const double value = rps ? stat.number("requests", 0) - stat.number("proxiedRequests", 0)
                             : stat.number("concurrency", 0) - stat.number("proxiedConcurrency", 0);
    const TimePoint at = kZero + stat.duration("atSeconds");
    stable.record(at, value);
    panic.record(at, value);
  }

  // Nothing is known where replicas are scraped and none has reported.
  std::optional<knative::Averages> read(TimePoint now, bool scrapes) const {
    if (!stable.empty(now)) return knative::Averages{stable.average(now), panic.average(now)};
    return scrapes ? std::nullopt : std::optional(knative::Averages{});
  }
};

}  // namespace

std::vector<Verdict> decide_decider(const Json& input) {
  const Fields one_case(input);
  Decider decider = decider_of(one_case, spec_of(one_case.object("spec")));
  std::vector<Verdict> verdicts;
  for (const Fields& step : one_case.objects("steps")) {
    if (step.has("spec")) decider.update(spec_of(step.object("spec")));
    std::optional<knative::Averages> averages;
    if (!step.boolean("noData", false)) {
      averages = {step.number("stable"), step.number("panic")};
    }
    const TimePoint now = kZero + step.duration("atSeconds");
    const auto evaluation = decider.evaluate(now, step.integer("readyPods", 0), averages);
    verdicts.push_back(
        judge(step.value("atSeconds"), expected_of(step), decided_by(decider, evaluation)));
  }
  return verdicts;
}

std::vector<Verdict> decide_window(const Json& input) {
  const Fields one_case(input);
  BucketWindow window(aggregation_of(one_case), window_of(one_case, "windowSeconds"),
                      window_of(one_case, "granularitySeconds"));
  std::vector<Verdict> verdicts;
  for (const Fields& op : one_case.objects("ops")) {
    const TimePoint at = kZero + op.duration("atSeconds");
    if (op.has("record")) {
      window.record(at, op.number("record"));
    } else if (op.has("resizeWindowSeconds")) {
      window.resize(window_of(op, "resizeWindowSeconds"), at);
    } else if (op.has("expectAverage")) {  // else it has no value upstream
      verdicts.push_back(
          judge(op.value("atSeconds"),
                {{"average", op.number("expectAverage")}, {"empty", op.boolean("expectEmpty")}},
                {{"average", window.average(at)}, {"empty", window.empty(at)}}));
    }
  }
  return verdicts;
}

std::vector<Verdict> decide_pipeline(const Json& input) {
  const Fields one_case(input);
  const Fields spec_fields = one_case.object("spec");
  const DeciderSpec spec = spec_of(spec_fields);
  const Aggregation aggregation = aggregation_of(one_case);
  const bool scrapes = one_case.boolean("hasScrapeTarget");
  Windows windows{BucketWindow(aggregation, window_of(spec_fields, "stableWindowSeconds")),
                  BucketWindow(aggregation, window_of(one_case, "panicWindowSeconds")),
                  spec_fields.text("scalingMetric") == "rps"};
  Decider decider = decider_of(one_case, spec);
  const std::vector<Fields> stats = one_case.objects("stats");
  std::size_t recorded = 0;
  std::vector<Verdict> verdicts;
  for (const Fields& tick : one_case.objects("ticks")) {
    const Duration at = tick.duration("atSeconds");
    while (recorded < stats.size() && stats[recorded].duration("atSeconds") <= at) {
      windows.record(stats[recorded++]);
    }
    const TimePoint now = kZero + at;
    const auto averages = windows.read(now, scrapes);
    const auto evaluation = decider.evaluate(now, tick.integer("readyPods", 0), averages);
    Json expected = expected_of(tick), decided = decided_by(decider, evaluation);
    expected["stable"] = tick.number("expectStable");
    expected["panic"] = tick.number("expectPanic");
    const knative::Averages known = averages.value_or(knative::Averages{});
    decided["stable"] = known.stable;
    decided["panic"] = known.panic;
    verdicts.push_back(judge(tick.value("atSeconds"), std::move(expected), std::move(decided)));
  }
  return verdicts;
}

}  // namespace thaw::app
