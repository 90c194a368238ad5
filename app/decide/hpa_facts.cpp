#include "app/decide/hpa_facts.hpp"

#include <array>
#include <cstddef>
#include <limits>
#include <utility>

namespace thaw::app {
namespace {

template <class Value>
struct Named {
  std::string_view name;
  Value value;
};

template <class Value, std::size_t N>
Value one_of(const Fields& input, std::string_view key, const Named<Value> (&known)[N]) {
  const std::string found = input.text(key);
  std::string names;
  for (const Named<Value>& one : known) {
    if (one.name == found) return one.value;
    names += (names.empty() ? "" : ", ") + std::string(one.name);
  }
  input.fail(key, "expected one of " + names + ", found \"" + found + "\"");
}

constexpr std::int32_t kMostReadyPods = 1'000'000;

constexpr Named<MetricSource> kSources[] = {{"Resource", MetricSource::resource},
                                            {"ContainerResource", MetricSource::container_resource},
                                            {"Pods", MetricSource::pods},
                                            {"Object", MetricSource::object},
                                            {"External", MetricSource::external}};
constexpr Named<hpa::TargetType> kTargets[] = {{"Value", hpa::TargetType::value},
                                               {"AverageValue", hpa::TargetType::average_value},
                                               {"Utilization", hpa::TargetType::utilization}};
constexpr Named<hpa::PolicyType> kPolicies[] = {{"Pods", hpa::PolicyType::pods},
                                                {"Percent", hpa::PolicyType::percent}};
constexpr Named<hpa::SelectPolicy> kSelections[] = {{"Max", hpa::SelectPolicy::max},
                                                    {"Min", hpa::SelectPolicy::min},
                                                    {"Disabled", hpa::SelectPolicy::disabled}};
constexpr Named<PodPhase> kPhases[] = {{"Pending", PodPhase::pending},
                                       {"Running", PodPhase::running},
                                       {"Succeeded", PodPhase::succeeded},
                                       {"Failed", PodPhase::failed},
                                       {"Unknown", PodPhase::unknown}};
constexpr Named<Condition> kConditions[] = {{"True", Condition::yes},
                                            {"False", Condition::no},
                                            {"Unknown", Condition::unknown},
                                            {"none", Condition::none}};

std::int64_t milli_of(const Json& value, const Fields& input, std::string_view key) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  if (!value.is_number_integer() ||
      (value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{kMost})) {
    input.fail(key, "expected an integer of 64 bits, found " + value.dump());
  }
  return value.get<std::int64_t>();
}

hpa::GivenRules read_rules(const Fields& input) {
  hpa::GivenRules rules;
  if (input.has("stabilizationWindowSeconds")) {
    rules.window_s = input.integer("stabilizationWindowSeconds", 0, 1'000'000'000);
  }
  if (input.has("selectPolicy")) rules.select = one_of(input, "selectPolicy", kSelections);
  if (input.has("policies")) {
    rules.policies.emplace();
    for (const Fields& one : input.objects("policies")) {
      rules.policies->push_back({one_of(one, "type", kPolicies), one.integer("value"),
                                 one.integer("periodSeconds", 0, 1'000'000'000)});
    }
  }
  if (input.has("tolerance")) {
    rules.tolerance = hpa::parse_tolerance(input.text("tolerance"));
    if (!rules.tolerance) input.fail("tolerance", "expected a quantity of at least 0");
  }
  return rules;
}

}  // namespace

std::int64_t read_milli(const Fields& input, std::string_view key) {
  return milli_of(input.value(key), input, key);
}

std::optional<hpa::Behavior> read_behavior(const Fields& input) {
  if (!input.has("behavior")) return {};
  const Fields behavior = input.object("behavior");
  const auto rules = [&](std::string_view direction) {
    return behavior.has(direction) ? read_rules(behavior.object(direction)) : hpa::GivenRules{};
  };
  return hpa::with_defaults(rules("scaleUp"), rules("scaleDown"));
}

std::vector<hpa::Metric> read_metrics(const Fields& object) {
  std::vector<hpa::Metric> metrics;
  if (object.has("metrics")) {
    for (const Fields& one : object.objects("metrics")) {
      hpa::Metric metric;
      metric.ref.source = one_of(one, "type", kSources);
      metric.ref.name = one.text("name");
      if (one.has("container")) metric.ref.container = one.text("container");
      metric.type = one_of(one, "targetType", kTargets);
      const bool share = metric.type == hpa::TargetType::utilization;
      metric.target = read_milli(one, share ? "targetPercent" : "targetMilli");
      metrics.push_back(std::move(metric));
    }
  }
  if (metrics.empty()) metrics.push_back(hpa::default_metric());
  return metrics;
}

HpaFacts::HpaFacts(const std::vector<hpa::Metric>& metrics, const Fields& step) {
  target_.now = kCaseStart + step.duration("atSeconds");
  for (const hpa::Metric& metric : metrics) {
    if (!metric.ref.container.empty()) container_ = metric.ref.container;
  }
  target_.spec = step.integer("specReplicas");
  target_.status = step.integer("statusReplicas");
  read_pods(step);
  if (step.has("readyPods")) add_plain_pods(step.integer("readyPods", 0, kMostReadyPods));
  const std::vector<Fields> readings =
      step.has("readings") ? step.objects("readings") : std::vector<Fields>{};
  if (readings.size() > metrics.size()) step.fail("readings", "more readings than metrics");
  for (std::size_t i = 0; i < readings.size(); ++i) read_answer(metrics[i], readings[i]);
  connect();
}

HpaFacts::HpaFacts(const hpa::Metric& metric, const Fields& calc) {
  target_.now = kCaseStart;
  // Which of the two a method goes by is up to the calculator.
  target_.spec = target_.status = calc.integer("currentReplicas");
  read_pods(calc);
  read_answer(metric, calc.object("reading"));
  connect();
}

std::uint64_t HpaFacts::id_of(const std::string& pod) {
  return ids_.try_emplace(pod, ids_.size() + 1).first->second;
}

void HpaFacts::read_pods(const Fields& input) {
  if (!input.has("pods")) return;
  for (const Fields& one : input.objects("pods")) {
    PodFacts pod{};
    const std::string name = one.text("name");
    if (ids_.contains(name)) one.fail("name", "two pods named \"" + name + "\"");
    pod.id = id_of(name);
    pod.phase = one.has("phase") ? one_of(one, "phase", kPhases) : PodPhase::running;
    pod.ready = one.has("ready") ? one_of(one, "ready", kConditions) : Condition::yes;
    pod.deleting = one.boolean("deleted", false);
    const Duration age = one.duration("startAgeSeconds", 3600s);
    pod.created = target_.now - age;
    if (!one.boolean("noStartTime", false)) pod.started = pod.created;
    pod.ready_changed = target_.now - one.duration("readyTransitionAgeSeconds", age);
    pods_.push_back(pod);

    resources_.emplace_back();
    requests_.emplace_back();
    if (!one.has("requestsMilli")) continue;
    const Fields requests = one.object("requestsMilli");
    for (const auto& [resource, milli] : one.value("requestsMilli").items()) {
      resources_.back().push_back(resource);
      requests_.back().push_back({{}, {}, read_milli(requests, resource)});
    }
  }
}

void HpaFacts::add_plain_pods(std::int32_t count) {
  for (std::int32_t i = 0; i < count; ++i) {
    const TimePoint started = target_.now - 3600s;
    // Nothing names them: their numbers lie beyond those of the named ones.
    pods_.push_back({.id = (std::uint64_t{1} << 32) + static_cast<std::uint64_t>(i),
                     .phase = PodPhase::running,
                     .ready = Condition::yes,
                     .deleting = false,
                     .unschedulable = false,
                     .created = started,
                     .started = started,
                     .ready_changed = started});
  }
}

void HpaFacts::read_answer(const hpa::Metric& metric, const Fields& reading) {
  MetricFacts answer;
  answer.presence = reading.boolean("error", false) ? Presence::error : Presence::ok;
  answer.taken = target_.now;
  std::vector<Milli>& series = series_.emplace_back();
  std::vector<PodSample>& samples = samples_.emplace_back();
  if (answer.presence == Presence::ok) {
    if (metric.ref.source == MetricSource::object) {
      series.push_back(read_milli(reading, "milli"));
    } else if (metric.ref.source == MetricSource::external) {
      const Json& list = reading.value("seriesMilli");
      if (!list.is_array()) reading.fail("seriesMilli", "expected a list, found " + kind_of(list));
      for (const Json& value : list) series.push_back(milli_of(value, reading, "seriesMilli"));
    } else {
      read_samples(reading, samples);
    }
  }
  answers_.push_back(answer);
}

void HpaFacts::read_samples(const Fields& reading, std::vector<PodSample>& samples) {
  if (!reading.has("pods")) return;
  for (const Fields& one : reading.objects("pods")) {
    samples.push_back({.pod = id_of(one.text("pod")),
                       .value = read_milli(one, "milli"),
                       .taken = target_.now - one.duration("ageSeconds", 0s),
                       .window = one.duration("windowSeconds", 0s)});
  }
}

void HpaFacts::connect() {
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    for (std::size_t k = 0; k < requests_[i].size(); ++k) {
      requests_[i][k].container = container_;
      requests_[i][k].resource = resources_[i][k];
    }
    pods_[i].requests = requests_[i];
  }
  for (std::size_t i = 0; i < answers_.size(); ++i) {
    for (PodSample& sample : samples_[i]) sample.container = container_;
    answers_[i].series = series_[i];
    answers_[i].pods = samples_[i];
  }
  target_.pods = pods_;
}

}  // namespace thaw::app
