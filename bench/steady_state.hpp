// A policy by its name with its function in a steady state: three replicas, 25 requests in flight,
// a report a second, a metric at its target. What it is shown is made beforehand, so that asking
// costs what the policy costs. The test that counts allocations asks in the same way.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "policies/all.hpp"

namespace thaw {

using SettingList = std::vector<std::pair<const char*, const char*>>;

inline const SettingList kConcurrencySettings = {{"target", "10"}};
// AverageValue 70 of a Service's metric, as a manifest writes it.
inline const SettingList kHpaSettings = {{"metrics.0.type", "Object"},
                                         {"metrics.0.object.describedObject.kind", "Service"},
                                         {"metrics.0.object.describedObject.name", "svc"},
                                         {"metrics.0.object.metric.name", "load"},
                                         {"metrics.0.object.target.type", "AverageValue"},
                                         {"metrics.0.object.target.averageValue", "70"},
                                         {"minReplicas", "1"},
                                         {"maxReplicas", "10"}};

class SteadyState {
 public:
  static constexpr std::int32_t kReplicas = 3;
  static constexpr double kInFlight = 25;  // at a target of 10: three replicas

  SteadyState(const std::string& name, const SettingList& settings) {
    Spec spec;
    spec.name = "f";
    for (const auto& [key, value] : settings) spec.params.set(key, value, {});
    policy_ = find_policy(name)->make(spec, diagnostics_);
    seen_.now = seen_.facts_taken = kBegin;
    seen_.cause = Cause::start;
    seen_.spec = seen_.status = seen_.ready = Replicas(kReplicas);
    seen_.in_flight = static_cast<std::uint32_t>(kInFlight);
    seen_.last_activity = kBegin;
    seen_.path.mode = PathMode::proxy;
    seen_.path.proxied_since = kBegin - std::chrono::hours(1);
    for (std::uint64_t id = 1; id <= kReplicas; ++id)
      pods_.push_back({.id = id,
                       .phase = PodPhase::running,
                       .ready = Condition::yes,
                       .deleting = false,
                       .unschedulable = false,
                       .created = kBegin - std::chrono::hours(1),
                       .started = kBegin - std::chrono::hours(1),
                       .ready_changed = kBegin - std::chrono::hours(1)});
    seen_.pods = pods_;
    metrics_.resize(policy_->wants().metrics.size());
    for (MetricFacts& metric : metrics_) metric = {Presence::ok, kBegin, series_, {}};
    seen_.metrics = metrics_;
    ask();
  }

  // Moves to the instant the policy asked for (a second later where it asked for none) and asks it.
  Decision ask() {
    const Decision decision = policy_->decide(seen_);
    const TimePoint next = decision.ask_again == TimePoint::never()
                               ? seen_.now + std::chrono::seconds(1)
                               : decision.ask_again;
    report_until(next);
    for (MetricFacts& metric : metrics_) metric.taken = next;
    seen_.now = seen_.facts_taken = next;
    seen_.last_activity = next;
    seen_.cause = Cause::timer;
    if (decision.desired) seen_.spec = seen_.status = seen_.ready = *decision.desired;
    if (decision.path) {
      seen_.path.mode = *decision.path;
      seen_.path.gateway_answers = *decision.path == PathMode::proxy;
    }
    return decision;
  }

  std::string problem() const {
    try {
      diagnostics_.throw_if_any();
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }

 private:
  static constexpr TimePoint kBegin{std::chrono::seconds(1767571200)};  // 2026-01-05T00:00:00Z
  static constexpr std::size_t kMostReports = 60;

  // The reports of the whole seconds since the last question, the latest of them if there are many.
  void report_until(TimePoint next) {
    const auto second = std::chrono::seconds(1);
    const auto passed =
        static_cast<std::size_t>((next.since_epoch / second) - (seen_.now.since_epoch / second));
    const std::size_t count = std::min(passed, kMostReports);
    const TimePoint last{next.since_epoch / second * second};
    for (std::size_t i = 0; i < count; ++i) {
      reports_[i] = {.at = last - second * static_cast<std::int64_t>(count - 1 - i),
                     .concurrency = kInFlight,
                     .requests = kInFlight,
                     .completions = kInFlight,
                     .from_replicas = true};
    }
    seen_.load = std::span(reports_.data(), count);
  }

  Diagnostics diagnostics_;
  std::unique_ptr<ScalingPolicy> policy_;
  Observation seen_{};
  std::vector<PodFacts> pods_;
  std::array<Load, kMostReports> reports_{};
  std::array<Milli, 1> series_{200'000};  // 200 / 70 per replica: three of them
  std::vector<MetricFacts> metrics_;
};

}  // namespace thaw
