// Holds one number of replicas, whatever happens: the ruler that other policies are held against.
//
// Set once, and put back if something else changed it. Keeps nothing over a restart: its number is
// a setting.
#include <limits>

#include "policies/all.hpp"
#include "policies/put_back.hpp"

namespace thaw {
namespace fixed_detail {

class Fixed final : public ScalingPolicy {
 public:
  Fixed(const Spec& spec, Diagnostics& diagnostics) { reconfigure(spec, diagnostics); }

  Wants wants() const override { return {.pods = true, .peers = {}, .metrics = {}}; }
  Decision decide(const Observation& seen) override {
    if (seen.cause == Cause::start) writes_.forget();
    Decision decision;
    decision.desired = writes_.towards(replicas_, seen);
    decision.ask_again = writes_.ask_again();
    decision.why = {ReasonCode::fixed, {static_cast<double>(replicas_.count)}};
    return decision;
  }
  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override {
    ParamsReader reader(spec.params, diagnostics, "fixed");
    replicas_ = Replicas(static_cast<std::int32_t>(
        reader.integer("replicas", 1, 0, std::numeric_limits<std::int32_t>::max())));
    reader.finish();
  }
  void save(StateWriter& out) const override { out.version(1); }
  bool restore(const StateReader& in) override { return in.version() == 1; }

 private:
  Replicas replicas_;
  PutBack writes_;
};

constexpr ParamInfo kParams[] = {{"replicas", "1", "how many there are"}};

}  // namespace fixed_detail

PolicyInfo fixed_policy() {
  using namespace fixed_detail;
  return {.name = "fixed",
          .summary = "always the same number of replicas",
          .source = "a Deployment without an autoscaler",
          .params = kParams,
          .governs = Governs::replicas,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<Fixed>(spec, diagnostics);
          }};
}

}  // namespace thaw
