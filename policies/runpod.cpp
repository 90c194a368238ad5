// RunPod's serverless workers: one more when requests wait too long, or by their number.
//
// Once a second, and at once when a call finds no worker:
//   QUEUE_DELAY    the first request gets a worker at once; after that each that has waited for
//                  longer than scalerValue seconds gets one
//   REQUEST_COUNT  ceil((in queue + in progress) / scalerValue)
//   between        workersMin ("active") and workersMax; a worker that has had nothing to do for
//                  idleTimeout seconds goes
// Who has waited for how long is reckoned from the queue's length and the arrivals, in order.
// Kept over a restart: when workers were last in use. Source: the RunPod documentation (endpoint
// settings, 2026): defaults 4 s, 5 s, 0 active and 3 at most; names as in its API. The scaler
// itself is closed: how often it looks is not published, a second is an assumption.
// Not modelled: flashBoot, workers that have the image and are not billed, workers' own queues.
#include <algorithm>
#include <cmath>

#include "policies/all.hpp"
#include "policies/demand/bounds.hpp"
#include "policies/demand/queue_age.hpp"
#include "policies/demand/ticks.hpp"
#include "policies/demand/workers.hpp"

namespace thaw {
namespace runpod_detail {

constexpr Duration kTick{1s};

class RunPod final : public ScalingPolicy {
 public:
  RunPod(const Spec& spec, Diagnostics& diagnostics) { reconfigure(spec, diagnostics); }

  Wants wants() const override { return {.arrivals_at_zero = true, .load = true}; }
  Decision decide(const Observation& seen) override;
  void look(const Observation& seen) override {
    for (const Load& report : seen.load) queue_.add(report);
  }
  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override;
  void save(StateWriter& out) const override {
    out.version(1);
    workers_.save(out);
  }
  bool restore(const StateReader& in) override {
    if (in.version() != 1) return false;
    workers_.restore(in);
    return true;
  }

 private:
  Decision scale(const Observation& seen);
  std::int64_t asked(const Observation& seen) const;

  bool by_delay_ = true;
  std::int64_t scaler_value_ = 4;
  Bounds bounds_;
  Duration idle_{5s};
  Ticks ticks_;
  QueueAge queue_;
  Workers workers_;
};

void RunPod::reconfigure(const Spec& spec, Diagnostics& diagnostics) {
  ParamsReader reader(spec.params, diagnostics, "runpod");
  by_delay_ =
      reader.one_of("scalerType", "QUEUE_DELAY", {"QUEUE_DELAY", "REQUEST_COUNT"}) == "QUEUE_DELAY";
  scaler_value_ = reader.integer("scalerValue", 4, 1, QueueAge::kLongest);
  bounds_ = Bounds::read(reader, "workersMin", "workersMax", 3);
  idle_ = std::chrono::seconds(reader.integer("idleTimeout", 5, 1, 3'600));
  if (reader.boolean("flashBoot", false))
    diagnostics.notice(spec.name + ": flashBoot is not modelled; a cold start takes its stages");
  reader.finish();
  workers_.resize(bounds_.max);
}

std::int64_t RunPod::asked(const Observation& seen) const {
  const std::int64_t all = std::int64_t{seen.in_flight} + seen.queued;
  if (!by_delay_) return (all + scaler_value_ - 1) / scaler_value_;
  if (all == 0) return 0;
  const double late = queue_.waiting_longer(seen.queued, scaler_value_, seen.now);
  const std::int64_t in_use = std::min<std::int64_t>(seen.in_flight, seen.ready.count);
  return std::max<std::int64_t>(1, in_use + static_cast<std::int64_t>(std::ceil(late)));
}

Decision RunPod::scale(const Observation& seen) {
  const std::int64_t wanted = asked(seen);
  const bool called = seen.cause == Cause::arrival_at_zero ||
                      (seen.last_activity && seen.now - *seen.last_activity < kTick);
  const auto capped = static_cast<std::int32_t>(std::min<std::int64_t>(wanted, bounds_.max));
  workers_.use(std::max(capped, called ? 1 : 0), seen.now);
  // One that is on its way has somebody who waits for it.
  if (seen.queued > 0) workers_.use(std::min(seen.spec.count, bounds_.max), seen.now);
  const std::int32_t kept = workers_.kept(idle_, seen.now);
  const std::int32_t desired = bounds_.within(std::max(capped, kept));
  const Limit limit = wanted > bounds_.max                           ? Limit::max
                      : desired == bounds_.min && kept < bounds_.min ? Limit::min
                                                                     : Limit::none;
  Decision decision;
  if (Replicas(desired) != seen.spec) decision.desired = Replicas(desired);
  decision.why = {
      ReasonCode::queue_delay,
      {static_cast<double>(seen.queued), queue_.oldest_s(seen.queued, seen.now),
       static_cast<double>(desired), static_cast<double>(limit), static_cast<double>(desired)}};
  return decision;
}

Decision RunPod::decide(const Observation& seen) {
  ticks_.begins(seen, kTick);
  look(seen);
  Decision decision{.why = {ReasonCode::waiting_for_tick, {}}};
  if (ticks_.take(seen.now) || seen.cause == Cause::arrival_at_zero) decision = scale(seen);
  decision.ask_again = ticks_.next(seen, decision);
  return decision;
}

constexpr ParamInfo kParams[] = {
    {"scalerType", "QUEUE_DELAY", "QUEUE_DELAY or REQUEST_COUNT"},
    {"scalerValue", "4", "seconds that a request may wait, or requests of one worker"},
    {"workersMin", "0", "active workers: always there"},
    {"workersMax", "3", "workers at most"},
    {"idleTimeout", "5", "seconds for which a worker stays that has nothing to do"},
    {"flashBoot", "false", "not modelled"},
};

}  // namespace runpod_detail

PolicyInfo runpod_policy() {
  using namespace runpod_detail;
  return {.name = "runpod",
          .summary = "a worker more when requests wait too long, or by their number (RunPod)",
          .source = "RunPod documentation, endpoint settings, 2026; the scaler is closed source",
          .params = kParams,
          .governs = Governs::replicas,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<RunPod>(spec, diagnostics);
          }};
}

}  // namespace thaw
