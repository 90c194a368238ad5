#include "policies/knative/settings.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "policies/knative/settings_reader.hpp"

namespace thaw::knative {
namespace {

constexpr double kLeastTarget = 0.01;
constexpr Duration kShortestWindow = 6s, kLongestWindow = 1h;
// Utilisation is a setting only for concurrency.
constexpr double kRpsUtilisation = 0.7;

template <class T>
void set(T& target, std::optional<T> value) {
  if (value) target = *value;
}

SettingsReader::Accepts<double> at_least(double least) {
  return [least](double value) { return value >= least; };
}
SettingsReader::Accepts<double> more_than(double bound) {
  return [bound](double value) { return value > bound; };
}
SettingsReader::Accepts<double> within(double least, double most) {
  return [least, most](double value) { return value >= least && value <= most; };
}
bool is_burst_capacity(double value) { return value >= 0 || value == -1; }

void check_scales(const ClusterConfig& c, SettingsReader& reader) {
  if (c.initial_scale == 0 && !c.allow_zero_initial_scale) {
    reader.problem("initial-scale", "0 needs allow-zero-initial-scale");
  }
  if (c.max_scale > 0 && c.min_scale > c.max_scale) {
    reader.problem("max-scale", "expected at least min-scale (" + std::to_string(c.min_scale) +
                                    ") or 0, found " + std::to_string(c.max_scale));
  }
  if (c.max_scale_limit > 0 && (c.max_scale < 1 || c.max_scale > c.max_scale_limit)) {
    reader.problem("max-scale", "expected 1 to max-scale-limit (" +
                                    std::to_string(c.max_scale_limit) + "), found " +
                                    std::to_string(c.max_scale));
  }
}

void check_scales(const Annotations& a, const ClusterConfig& cluster, SettingsReader& reader) {
  const std::int32_t least = a.min_scale.value_or(0), most = a.max_scale.value_or(0);
  if (most != 0 && most < least) {
    reader.problem("max-scale",
                   std::to_string(most) + " is less than min-scale " + std::to_string(least));
  }
  const std::int32_t limit = cluster.max_scale_limit;
  if (a.max_scale && limit > 0 && (most == 0 || most > limit)) {
    reader.problem("max-scale", "expected 1 to max-scale-limit (" + std::to_string(limit) +
                                    "), found " + std::to_string(most));
  }
  if (a.activation_scale &&
      (least > *a.activation_scale || (most != 0 && most < *a.activation_scale))) {
    reader.problem("activation-scale", "expected a number between min-scale and max-scale, found " +
                                           std::to_string(*a.activation_scale));
  }
  if (a.initial_scale == 0 && !cluster.allow_zero_initial_scale) {
    reader.problem("initial-scale", "0 is not allowed by the cluster (allow-zero-initial-scale)");
  }
}

ScalingMetric read_metric(SettingsReader& reader) {
  const std::string metric = reader.text("metric").value_or("concurrency");
  if (metric == "rps") return ScalingMetric::rps;
  if (metric != "concurrency") {
    reader.problem("metric", "expected concurrency or rps, found \"" + metric + "\"");
  }
  return ScalingMetric::concurrency;
}

Aggregation read_aggregation(SettingsReader& reader) {
  const std::string key = "metric-aggregation-algorithm";
  const std::string algorithm = reader.text(key).value_or("linear");
  if (algorithm == "weighted-exponential" || algorithm == "weightedExponential") {
    return Aggregation::weighted_exponential;
  }
  if (algorithm != "linear" && !algorithm.empty()) {
    reader.problem(key, "expected linear or weighted-exponential, found \"" + algorithm + "\"");
  }
  return Aggregation::linear;
}

Duration panic_window_of(Duration stable, double percentage) {
  const double whole = std::round(seconds(stable) * percentage / 100);
  return std::chrono::seconds(std::llround(std::clamp(whole, 1.0, seconds(kLongestWindow) * 1e3)));
}

}  // namespace

std::string_view name_of(ScalingMetric metric) {
  return metric == ScalingMetric::rps ? "rps" : "concurrency";
}

ClusterConfig ClusterConfig::read(const Texts& config_map, std::vector<Problem>& problems) {
  SettingsReader reader(config_map, problems);
  ClusterConfig c;
  set(c.scale_to_zero, reader.boolean("enable-scale-to-zero"));
  set(c.allow_zero_initial_scale, reader.boolean("allow-zero-initial-scale"));
  set(c.initial_scale, reader.integer("initial-scale", 0));
  set(c.min_scale, reader.integer("min-scale", 0));
  set(c.max_scale, reader.integer("max-scale", 0));
  set(c.max_scale_limit, reader.integer("max-scale-limit", 0));

  const auto percentage =
      reader.number("container-concurrency-target-percentage", "a number above 0, at most 100",
                    [](double v) { return v > 0 && v <= 100; });
  if (percentage) c.concurrency_utilisation = *percentage > 1 ? *percentage / 100 : *percentage;
  set(c.concurrency_target, reader.number("container-concurrency-target-default",
                                          "a number of at least 0.01", at_least(kLeastTarget)));
  if (c.concurrency_utilisation * c.concurrency_target < kLeastTarget) {
    reader.problem("container-concurrency-target-default",
                   "expected a target of at least 0.01 after the target percentage");
  }
  set(c.rps_target, reader.number("requests-per-second-target-default", "a number of at least 0.01",
                                  at_least(kLeastTarget)));
  set(c.target_burst_capacity,
      reader.number("target-burst-capacity", "a number of at least 0, or -1", is_burst_capacity));
  set(c.activator_capacity,
      reader.number("activator-capacity", "a number of at least 1", at_least(1)));
  set(c.max_scale_up_rate, reader.number("max-scale-up-rate", "a number above 1", more_than(1)));
  set(c.max_scale_down_rate,
      reader.number("max-scale-down-rate", "a number above 1", more_than(1)));
  set(c.panic_window_percentage,
      reader.number("panic-window-percentage", "a number from 1 to 100", within(1, 100)));
  set(c.panic_threshold_percentage,
      reader.number("panic-threshold-percentage", "a number", [](double) { return true; }));

  set(c.stable_window, reader.duration("stable-window", kShortestWindow, kLongestWindow, true));
  set(c.scale_to_zero_grace_period,
      reader.duration("scale-to-zero-grace-period", 1ns, Duration::max(), false));
  set(c.pod_retention_period,
      reader.duration("scale-to-zero-pod-retention-period", 0s, Duration::max(), false));
  set(c.scale_down_delay, reader.duration("scale-down-delay", 0s, Duration::max(), true));
  check_scales(c, reader);
  return c;
}

Annotations Annotations::read(const Texts& annotations, const ClusterConfig& cluster,
                              std::vector<Problem>& problems) {
  SettingsReader reader(annotations, problems);
  reader.or_camel_case();
  Annotations a;
  a.metric = read_metric(reader);
  a.aggregation = read_aggregation(reader);
  a.target = reader.number("target", "a number of at least 0.01", at_least(kLeastTarget));
  a.target_utilization_percentage =
      reader.number("target-utilization-percentage", "a number from 1 to 100", within(1, 100));
  a.target_burst_capacity =
      reader.number("target-burst-capacity", "a number of at least 0, or -1", is_burst_capacity);
  a.panic_window_percentage =
      reader.number("panic-window-percentage", "a number from 1 to 100", within(1, 100));
  a.panic_threshold_percentage =
      reader.number("panic-threshold-percentage", "a number from 110 to 1000", within(110, 1000));
  a.min_scale = reader.integer("min-scale", 0);
  a.max_scale = reader.integer("max-scale", 0);
  a.initial_scale = reader.integer("initial-scale", 0);
  a.activation_scale = reader.integer("activation-scale", 2);
  a.window = reader.duration("window", kShortestWindow, kLongestWindow, true);
  a.scale_down_delay = reader.duration("scale-down-delay", 0s, kLongestWindow, true);
  a.pod_retention_period =
      reader.duration("scale-to-zero-pod-retention-period", 0s, kLongestWindow, false);
  a.progress_deadline = reader.duration("progress-deadline", 0s, Duration::max(), true);
  check_scales(a, cluster, reader);
  return a;
}

Settings resolve(const ClusterConfig& cluster, const Annotations& a, const Revision& revision) {
  const bool rps = a.metric == ScalingMetric::rps;
  const double capacity = revision.container_concurrency;
  double total = cluster.rps_target;
  if (!rps) total = capacity > 0 ? capacity : cluster.concurrency_target;
  if (a.target) total = !rps && capacity > 0 ? std::min(*a.target, capacity) : *a.target;

  Settings s;
  s.metric = a.metric;
  s.aggregation = a.aggregation;
  s.utilisation = rps ? kRpsUtilisation : cluster.concurrency_utilisation;
  if (a.target_utilization_percentage) s.utilisation = *a.target_utilization_percentage / 100;

  DeciderSpec& d = s.decider;
  d.total_value = total;
  d.target_value = std::max(kLeastTarget, total * s.utilisation);
  d.max_scale_up_rate = cluster.max_scale_up_rate;
  d.max_scale_down_rate = cluster.max_scale_down_rate;
  d.target_burst_capacity = a.target_burst_capacity.value_or(cluster.target_burst_capacity);
  d.panic_threshold =
      a.panic_threshold_percentage.value_or(cluster.panic_threshold_percentage) / 100;
  d.stable_window = a.window.value_or(cluster.stable_window);
  d.scale_down_delay = a.scale_down_delay.value_or(cluster.scale_down_delay);
  d.activation_scale = a.activation_scale.value_or(0);
  d.reachable = revision.reachable;

  s.panic_window = panic_window_of(
      d.stable_window, a.panic_window_percentage.value_or(cluster.panic_window_percentage));
  s.min_scale = revision.reachable ? a.min_scale.value_or(cluster.min_scale) : 0;
  s.max_scale = a.max_scale.value_or(cluster.max_scale);
  const bool initial_allowed = a.initial_scale != 0 || cluster.allow_zero_initial_scale;
  s.initial_scale =
      initial_allowed ? a.initial_scale.value_or(cluster.initial_scale) : cluster.initial_scale;
  s.activator_capacity = cluster.activator_capacity;
  s.scale_to_zero = cluster.scale_to_zero;
  s.scale_to_zero_grace_period = cluster.scale_to_zero_grace_period;
  s.pod_retention_period = !revision.reachable
                               ? Duration{0}
                               : a.pod_retention_period.value_or(cluster.pod_retention_period);
  s.progress_deadline = a.progress_deadline.value_or(revision.progress_deadline);
  return s;
}

}  // namespace thaw::knative
