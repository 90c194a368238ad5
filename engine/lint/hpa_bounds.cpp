#include "engine/lint/hpa_bounds.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

#include "engine/scenario/units.hpp"

namespace thaw::lint {
namespace {

// Beyond these nothing in a cluster is, and below them no product overflows.
constexpr std::int64_t kMostReplicas = 10'000, kMostRatio = 100;

std::string_view word(MetricRule::Fold fold) {
  switch (fold) {
    case MetricRule::Fold::avg:
      return "avg";
    case MetricRule::Fold::sum:
      return "sum";
    case MetricRule::Fold::max:
      return "max";
    case MetricRule::Fold::min:
      break;
  }
  return "min";
}

struct Bound {
  std::int64_t most = 0;
  std::string why;
};

// A sum grows with what is summed; the others stay within the gauge's own range.
std::optional<Bound> bound_of_rule(const HpaMetric& metric) {
  if (!metric.rule || metric.rule->fold == MetricRule::Fold::sum) return std::nullopt;
  const bool asked = metric.type == "Pods"
                         ? metric.rule->of_pods
                         : metric.rule->of_namespaces && metric.described_kind == "Namespace";
  const auto most = most_of_series(metric.rule->series);
  if (!asked || !most) return std::nullopt;
  const bool article = metric.rule->fold == MetricRule::Fold::avg;
  return Bound{*most, metric.name + " is " + (article ? "an " : "a ") +
                          std::string(word(metric.rule->fold)) + " of " + metric.rule->series +
                          ", at most " + milli_text(*most)};
}

// Limits over requests of the containers that are asked about.
std::optional<Bound> bound_of_resource(const HpaObject& hpa, const HpaMetric& metric,
                                       const Subject& subject) {
  if (metric.target_type != "Utilization") return std::nullopt;
  const Workload* const workload = target_of(hpa, subject.manifests);
  const Object* const object = workload ? object_at(subject, workload->place) : nullptr;
  if (!object) return std::nullopt;
  std::int64_t limits = 0, requests = 0;
  for (const yaml::Node* const container : lasting_containers_of(*object)) {
    const yaml::Node* const name = container->find("name");
    if (!metric.container.empty() && (!name || name->scalar != metric.container)) continue;
    const auto amount = [&](const char* where) {
      const yaml::Node* const resources = at(*container, where);
      const yaml::Node* const found = resources ? resources->find(metric.name) : nullptr;
      return found ? units::kubernetes_milli(found->scalar) : std::nullopt;
    };
    const auto limit = amount("resources.limits");
    if (!limit) return std::nullopt;
    limits += *limit;
    requests += amount("resources.requests").value_or(*limit);
  }
  const bool sane = requests > 0 && limits >= requests && limits / requests <= kMostRatio;
  if (!sane || limits > std::numeric_limits<std::int64_t>::max() / 100) return std::nullopt;
  const std::int64_t per_cent = limits * 100 / requests;  // truncated, as the controller does
  const auto amount = [&](std::int64_t milli) {
    return metric.name == "cpu" ? std::to_string(milli) + "m" : milli_text(milli);
  };
  return Bound{per_cent * 1000, metric.name + " is limited to " + amount(limits) + " of the " +
                                    amount(requests) + " that a pod asks for: at most " +
                                    std::to_string(per_cent) + " %"};
}

struct Direction {
  std::int64_t tolerance = 100;  // in thousandths
  bool allowed = true;
};

Direction direction(const HpaObject& hpa, const std::string& name) {
  Direction made;
  if (const auto* const entry = hpa.spec.find("behavior." + name + ".tolerance"))
    made.tolerance = std::clamp<std::int64_t>(
        units::kubernetes_milli(entry->value).value_or(made.tolerance), 0, 1000);
  if (const auto* const entry = hpa.spec.find("behavior." + name + ".selectPolicy"))
    made.allowed = entry->value != "Disabled";
  return made;
}

}  // namespace

std::optional<BoundedMetric> bounded(const HpaObject& hpa, const HpaMetric& metric,
                                     const Subject& subject) {
  const std::int64_t min = number_of(hpa, "minReplicas", 1);
  const std::int64_t max = number_of(hpa, "maxReplicas", 0);
  if (!metric.target || min < 0 || max < min || max > kMostReplicas) return std::nullopt;
  const auto bound =
      metric.is_resource() ? bound_of_resource(hpa, metric, subject) : bound_of_rule(metric);
  if (!bound) return std::nullopt;
  const Direction up = direction(hpa, "scaleUp"), down = direction(hpa, "scaleDown");
  BoundedMetric made{metric, {}, bound->why, down.allowed, up.allowed};
  made.rule.how = metric.type == "Object" && metric.target_type == "AverageValue"
                      ? HpaRule::How::total
                      : HpaRule::How::proportion;
  // A target far above the bound is as good as any other there.
  made.rule.target = std::min(*metric.target, bound->most * kMostRatio);
  made.rule.most = bound->most;
  made.rule.up = up.tolerance;
  made.rule.down = down.tolerance;
  made.rule.min = std::max<std::int64_t>(min, 1);
  made.rule.max = std::max<std::int64_t>(max, 1);
  return made;
}

}  // namespace thaw::lint
