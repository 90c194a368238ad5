// Modal's autoscaler: a container for each input, a buffer beyond, and idle ones for a window.
//
// Once a second, and at once when a call finds no container:
//   in use   ceil((inputs in progress + waiting) / target_inputs)
//   buffer   buffer_containers more while anything is in use
//   between  min_containers and max_containers; what has been idle for scaledown_window goes
// Kept over a restart: when containers were last in use. Source: the Modal documentation (guide
// "Scaling out" and "Cold start performance", reference of app.function and concurrent, 2026):
// scaledown_window 60 s unless set, 20 min at most; one input a container unless @concurrent has a
// target. The autoscaler itself is closed ("quickly and frequently"): a second is an assumption.
// Not modelled: memory snapshots, single_use_containers.
#include <algorithm>

#include "policies/all.hpp"
#include "policies/demand/ticks.hpp"
#include "policies/demand/workers.hpp"
#include "policies/setting_values.hpp"

namespace thaw {
namespace modal_detail {

constexpr Duration kTick{1s}, kLongestWindow{20min};
constexpr std::int32_t kNoLimit = 10'000;

class Modal final : public ScalingPolicy {
 public:
  Modal(const Spec& spec, Diagnostics& diagnostics) { reconfigure(spec, diagnostics); }

  Wants wants() const override { return {.arrivals_at_zero = true, .requests = true}; }
  Decision decide(const Observation& seen) override;
  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override;
  void save(StateWriter& out) const override {
    out.version(1);
    containers_.save(out);
  }
  bool restore(const StateReader& in) override {
    if (in.version() != 1) return false;
    containers_.restore(in);
    return true;
  }

 private:
  Decision scale(const Observation& seen);

  std::int32_t min_ = 0, max_ = kNoLimit, buffer_ = 0;
  std::int64_t inputs_ = 1;
  Duration window_{60s};
  Ticks ticks_;
  Workers containers_;
};

void Modal::reconfigure(const Spec& spec, Diagnostics& diagnostics) {
  ParamsReader reader(spec.params, diagnostics, "modal");
  min_ = static_cast<std::int32_t>(reader.integer("min_containers", 0, 0, kNoLimit));
  const auto most = static_cast<std::int32_t>(reader.integer("max_containers", 0, 0, kNoLimit));
  max_ = most == 0 ? kNoLimit : most;
  if (min_ > max_) {
    reader.error("min_containers", "expected at most max_containers " + std::to_string(max_) +
                                       ", found " + std::to_string(min_));
  }
  buffer_ = static_cast<std::int32_t>(reader.integer("buffer_containers", 0, 0, kNoLimit));
  inputs_ = reader.integer("target_inputs", 1, 1, 100'000);
  window_ = read_duration(reader, "scaledown_window", "60s", 1s);
  if (window_ > kLongestWindow)
    reader.error("scaledown_window", "expected at most 20min, found " + to_text(window_));
  reader.finish();
  containers_.resize(max_);
}

Decision Modal::scale(const Observation& seen) {
  const std::int64_t all = std::int64_t{seen.in_flight} + seen.queued;
  const bool called = seen.cause == Cause::arrival_at_zero ||
                      (seen.last_activity && seen.now - *seen.last_activity < kTick);
  const std::int64_t in_use = std::max<std::int64_t>((all + inputs_ - 1) / inputs_, called);
  const std::int64_t asked = in_use > 0 ? in_use + buffer_ : 0;
  const auto capped = static_cast<std::int32_t>(std::min<std::int64_t>(asked, max_));
  containers_.use(capped, seen.now);
  const std::int32_t kept = containers_.kept(window_, seen.now);
  const std::int32_t desired = std::clamp(std::max(capped, kept), min_, max_);
  const Limit limit = asked > max_                     ? Limit::max
                      : desired == min_ && kept < min_ ? Limit::min
                                                       : Limit::none;
  Decision decision;
  if (Replicas(desired) != seen.spec) decision.desired = Replicas(desired);
  decision.why = {
      ReasonCode::buffer,
      {static_cast<double>(in_use), static_cast<double>(buffer_), static_cast<double>(desired),
       static_cast<double>(limit), static_cast<double>(desired)}};
  return decision;
}

Decision Modal::decide(const Observation& seen) {
  ticks_.begins(seen, kTick);
  Decision decision{.why = {ReasonCode::waiting_for_tick, {}}};
  if (ticks_.take(seen.now) || seen.cause == Cause::arrival_at_zero) decision = scale(seen);
  decision.ask_again = ticks_.next(seen, decision);
  return decision;
}

constexpr ParamInfo kParams[] = {
    {"min_containers", "0", "containers at least"},
    {"max_containers", "0", "containers at most; 0: any number"},
    {"buffer_containers", "0", "so many more while anything is in use"},
    {"scaledown_window", "60s", "how long an idle container stays; at most 20min"},
    {"target_inputs", "1", "inputs of one container, as in @concurrent"},
};

}  // namespace modal_detail

PolicyInfo modal_policy() {
  using namespace modal_detail;
  return {.name = "modal",
          .summary = "a container for each input and a buffer, kept for a window (Modal)",
          .source = "Modal documentation, scaling out, 2026; the autoscaler is closed source",
          .params = kParams,
          .governs = Governs::replicas,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<Modal>(spec, diagnostics);
          }};
}

}  // namespace thaw
