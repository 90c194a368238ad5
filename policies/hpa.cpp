// Kubernetes' HorizontalPodAutoscaler, autoscaling/v2: replicas by how far metrics are from their
// targets.
//
// Once a sync period, from the instant it comes into being (with 1.37 at once, before one period
// later), whatever happens to its pods in between:
//   each metric    -> replicas in proportion to usage / target; none near enough to 1 (tolerance)
//   the largest    -> held back by recent recommendations, by the rate of change, by min and max
// A metric that cannot be read never takes replicas away. Settings are the manifest's spec,
// flattened
// ("metrics.0.resource.target.averageUtilization"), and the controller-manager's flags and gates.
// Over a restart only the condition ScaledToZero is kept, as in the API server; recommendations and
// past changes are the controller's memory, and lost. Source: Kubernetes' horizontal controller,
// 1.33 to 1.37. Not modelled: conflicts of a write, shared or invalid selectors.
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "policies/all.hpp"
#include "policies/hpa/autoscaler.hpp"
#include "policies/hpa/settings.hpp"

namespace thaw {
namespace hpa_detail {

class Hpa final : public ScalingPolicy {
 public:
  Hpa(const Spec& spec, Diagnostics& diagnostics)
      : settings_(read(spec, diagnostics)), autoscaler_(settings_.hpa, settings_.controller) {
    name_metrics();
  }

  Wants wants() const override { return {.pods = true, .peers = {}, .metrics = metrics_}; }
  Decision decide(const Observation& seen) override;
  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override;
  void save(StateWriter& out) const override;
  bool restore(const StateReader& in) override;

 private:
  static hpa::Settings read(const Spec& spec, Diagnostics& diagnostics);
  void name_metrics();
  void begin(TimePoint now);
  void hear_of_write(const Observation& seen);
  bool is_due(const Observation& seen) const;
  TimePoint next_pass(TimePoint now) const;

  hpa::Settings settings_;
  hpa::Autoscaler autoscaler_;
  std::vector<MetricRef> metrics_;
  std::optional<TimePoint> born_;  // passes count from here
  // The last write before that of the last pass; empty if that one wrote nothing.
  std::optional<std::uint64_t> write_before_;
};

hpa::Settings Hpa::read(const Spec& spec, Diagnostics& diagnostics) {
  ParamsReader reader(spec.params, diagnostics, "hpa");
  hpa::Settings settings = hpa::Settings::read(spec, reader, diagnostics);
  reader.finish();
  return settings;
}

void Hpa::reconfigure(const Spec& spec, Diagnostics& diagnostics) {
  settings_ = read(spec, diagnostics);
  autoscaler_.reconfigure(settings_.hpa, settings_.controller);
  name_metrics();
}

void Hpa::name_metrics() {
  metrics_.clear();
  for (const hpa::Metric& metric : settings_.hpa.metrics) metrics_.push_back(metric.ref);
}

// The controller came up, or the autoscaler was made: nothing is remembered.
void Hpa::begin(TimePoint now) {
  autoscaler_.forget();
  write_before_.reset();
  born_ = now + settings_.sync_offset;
}

bool Hpa::is_due(const Observation& seen) const {
  if (seen.cause == Cause::timer) return true;
  return seen.cause == Cause::start && settings_.sync_at_once && seen.now >= *born_;
}

TimePoint Hpa::next_pass(TimePoint now) const {
  const Duration period = settings_.controller.sync_period;
  const bool set_back = now < *born_ - settings_.sync_offset;  // the clock, to before the start
  if (now < *born_ && !set_back) return settings_.sync_at_once ? *born_ : *born_ + period;
  return now - (now - *born_) % period + period;
}

// What became of the last pass's write, as far as it is known by now.
void Hpa::hear_of_write(const Observation& seen) {
  const WriteFacts& last = seen.last_write;
  if (!write_before_ || *write_before_ == last.ticket || last.state == WriteState::pending) return;
  if (last.state == WriteState::refused || last.state == WriteState::unknown) {
    autoscaler_.write_failed();
  } else if (seen.cause == Cause::pods) {
    // The poke of the write itself: .spec.replicas changed just now.
    autoscaler_.write_done(seen.now);
  }
  write_before_.reset();
}

Decision Hpa::decide(const Observation& seen) {
  if (seen.cause == Cause::start || !born_) begin(seen.now);
  hear_of_write(seen);
  if (!is_due(seen)) {
    return {.ask_again = next_pass(seen.now), .why = {ReasonCode::waiting_for_tick, {}}};
  }

  const hpa::Outcome outcome = autoscaler_.reconcile(
      {seen.now, seen.spec.count, seen.status.count, seen.pods}, seen.metrics);
  Decision decision{.ask_again = next_pass(seen.now), .why = outcome.why};
  write_before_.reset();
  if (outcome.rescaled) {
    decision.desired = Replicas(outcome.desired);
    write_before_ = seen.last_write.ticket;
  }
  return decision;
}

void Hpa::save(StateWriter& out) const {
  out.version(1);
  if (const auto& zeroed = autoscaler_.conditions().scaled_to_zero) {
    out.field("scaled_to_zero", zeroed->status ? 1 : 0);
  }
}

bool Hpa::restore(const StateReader& in) {
  if (in.version() != 1) return false;
  const auto zeroed = in.field("scaled_to_zero");
  autoscaler_.set_scaled_to_zero(zeroed ? std::optional(*zeroed != 0) : std::nullopt);
  return true;
}

}  // namespace hpa_detail

PolicyInfo hpa_policy() {
  using namespace hpa_detail;
  return {.name = "hpa",
          .summary = "replicas in proportion to metrics over their targets (Kubernetes)",
          .source = "Kubernetes HorizontalPodAutoscaler, autoscaling/v2, 1.33 to 1.37",
          .params = hpa::Settings::documented(),
          .governs = Governs::replicas,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<Hpa>(spec, diagnostics);
          }};
}

}  // namespace thaw
