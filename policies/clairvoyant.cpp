// Knows what comes: keeps an idle instance only if it will be used again before keeping has cost as
// much as a start, and else lets it go at once. What nobody can do, to hold the others against.
//
// Each gap g between two uses costs min(c g, K). With the instance that worked last first, and
// where no request waits, nobody pays less (sim/study/optimum.hpp has the proof). Only a simulated
// world knows the future, and finds it out in arrears (KeepAlive::foresees). Source: the offline
// optimum of ski rental, as in break_even. Governs single instances.
#include "policies/all.hpp"
#include "policies/decided_once.hpp"

namespace thaw {
namespace clairvoyant_detail {

class Clairvoyant final : public DecidedOnce {
 public:
  Clairvoyant(const Spec& spec, Diagnostics& diagnostics) { reconfigure(spec, diagnostics); }

  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override {
    ParamsReader reader(spec.params, diagnostics, "clairvoyant");
    const Duration idle = break_even_point(reader, spec);
    reader.finish();
    decide_for({.idle = idle, .foresees = true}, {ReasonCode::clairvoyant, {seconds(idle)}});
  }
};

constexpr ParamInfo kParams[] = {kStartParam};

}  // namespace clairvoyant_detail

PolicyInfo clairvoyant_policy() {
  using namespace clairvoyant_detail;
  return {.name = "clairvoyant",
          .summary = "knows what comes: an idle instance stays only if that is cheaper in the end",
          .source = "the offline optimum of ski rental; only a simulated world knows the future",
          .params = kParams,
          .governs = Governs::instances,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<Clairvoyant>(spec, diagnostics);
          }};
}

}  // namespace thaw
