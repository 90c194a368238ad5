// OpenFaaS's Community Edition: an alert on the rate of completions adds a share of the maximum,
// again and again while it fires, and its end brings the function back to the minimum in one step.
//
//   counter     read at each scrape; rate = Prometheus' rate() over the window
//   rule        at each evaluation: rate > threshold, strictly, for `for` -> the alert fires
//   group       told after group-wait; then looked at each group-interval: a change is told, and an
//               unchanged alert once repeat-interval is over
//   firing      spec -> min(spec + ceil(max / 100 × factor), max)
//   resolved    spec -> min
// Edition ce also puts a function at 0 back to 1 and one above 5 back to 5, whoever set it. Either
// edition wakes a function that is called at zero. All grids count from the start.
// Kept over a restart: nothing. The gateway's counter, Prometheus' samples and alerts and
// Alertmanager's groups live in memory or on volumes that go with the pod; an alert that was firing
// and whose load is gone by then is never resolved, and the replicas stay.
// Source: openfaas/faas gateway handlers/alerthandler.go, faas-netes chart and informers;
// Prometheus and Alertmanager as named in policies/openfaas. Not modelled: that all functions share
// one group.
#include <algorithm>

#include "policies/all.hpp"
#include "policies/openfaas/alert_settings.hpp"
#include "policies/openfaas/scraped_counter.hpp"
#include "policies/put_back.hpp"

namespace thaw {
namespace alert_factor_detail {

class AlertFactor final : public ScalingPolicy {
 public:
  AlertFactor(const Spec& spec, Diagnostics& diagnostics) { reconfigure(spec, diagnostics); }

  Wants wants() const override {
    return {.arrivals_at_zero = true, .pods = true, .peers = {}, .load = true, .metrics = {}};
  }
  Decision decide(const Observation& seen) override;
  void look(const Observation& seen) override {
    for (const Load& report : seen.load) counter_.add(report);
  }
  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override;
  void save(StateWriter& out) const override { out.version(1); }
  bool restore(const StateReader& in) override { return in.version() == 1; }

 private:
  void begin(TimePoint now);
  void evaluate();
  std::int32_t told(AlertStatus status, std::int32_t spec);
  std::optional<Replicas> corrected(const Observation& seen);

  AlertSettings settings_;
  std::optional<TimePoint> started_;
  TimePoint evaluation_;  // the next
  ScrapedCounter counter_;
  AlertRule rule_;
  NotificationGroup group_;
  double rate_ = 0;  // at the last evaluation
  PutBack correction_;
  Reason why_;
};

void AlertFactor::reconfigure(const Spec& spec, Diagnostics& diagnostics) {
  settings_ = AlertSettings::read(spec, diagnostics);
  rule_.hold(settings_.hold);
  counter_.change(settings_.scrape, settings_.window);
  group_.change(settings_.group);
}

void AlertFactor::begin(TimePoint now) {
  started_ = now;
  evaluation_ = now + settings_.evaluation;
  counter_.begin(now, settings_.scrape, settings_.window);
  rule_ = {};
  rule_.hold(settings_.hold);
  group_.begin(now, settings_.group);
  rate_ = 0;
  correction_.forget();
}

void AlertFactor::evaluate() {
  const auto rate = counter_.rate(evaluation_);
  rate_ = rate.value_or(0);
  const auto sent = rule_.evaluate(evaluation_, rate && *rate > settings_.threshold);
  if (sent) group_.insert(*sent, rule_.fired_at(), evaluation_);
  evaluation_ = evaluation_ + settings_.evaluation;
}

// What the gateway makes of a notification.
std::int32_t AlertFactor::told(AlertStatus status, std::int32_t spec) {
  const std::int32_t step = settings_.step();
  if (status == AlertStatus::resolved || step == 0) {
    why_ = {ReasonCode::alert_resolved, {static_cast<double>(settings_.min)}};
    return settings_.min;
  }
  const auto raised = std::min<std::int64_t>(std::int64_t{spec} + step, settings_.max);
  why_ = {ReasonCode::alert_firing,
          {rate_, settings_.threshold, static_cast<double>(spec), static_cast<double>(step),
           static_cast<double>(raised)}};
  return static_cast<std::int32_t>(raised);
}

// What does not wait for an alert: a call at zero, and the bounds that CE's informer keeps.
std::optional<Replicas> AlertFactor::corrected(const Observation& seen) {
  const std::int32_t spec = seen.spec.count;
  const std::int32_t at_least = std::max(settings_.min, 1);
  if (spec == 0 && (seen.cause == Cause::arrival_at_zero || seen.queued > 0)) {
    why_ = {ReasonCode::wake, {0, static_cast<double>(at_least)}};
    return correction_.towards(Replicas(at_least), seen);
  }
  if (spec == 0 && settings_.community) {
    why_ = {ReasonCode::below_min, {0, 1, 1}};
    return correction_.towards(Replicas(1), seen);
  }
  if (settings_.community && settings_.capped && spec > AlertSettings::kCap) {
    why_ = {ReasonCode::operator_cap, {static_cast<double>(spec), AlertSettings::kCap}};
    return correction_.towards(Replicas(AlertSettings::kCap), seen);
  }
  correction_.forget();
  return std::nullopt;
}

Decision AlertFactor::decide(const Observation& seen) {
  if (seen.cause == Cause::start || !started_) begin(seen.now);
  look(seen);
  why_ = {ReasonCode::waiting_for_tick, {}};
  std::int32_t spec = seen.spec.count;
  for (;;) {
    const TimePoint next = std::min({evaluation_, group_.due(), group_.maintenance_due()});
    if (next > seen.now) break;
    if (next == evaluation_) {
      evaluate();
    } else if (next == group_.due()) {
      if (const auto status = group_.flush()) spec = told(*status, spec);
    } else {
      group_.maintain();
    }
  }
  Decision decision;
  if (spec != seen.spec.count) {
    decision.desired = Replicas(spec);
  } else {
    decision.desired = corrected(seen);
  }
  decision.why = why_;
  decision.ask_again = std::min(evaluation_, correction_.ask_again());
  if (!group_.empty()) decision.ask_again = std::min(decision.ask_again, group_.due());
  return decision;
}

}  // namespace alert_factor_detail

PolicyInfo alert_factor_policy() {
  using namespace alert_factor_detail;
  return {.name = "alert_factor",
          .summary = "a step up per notification of a rate alert, back to min after it (OpenFaaS)",
          .source = "OpenFaaS gateway 0.27 and faas-netes chart; Prometheus 3, Alertmanager",
          .params = AlertSettings::documented(),
          .governs = Governs::replicas,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<AlertFactor>(spec, diagnostics);
          }};
}

}  // namespace thaw
