// Keeps each idle instance for a fixed time after its last request, and then lets it go.
//
// Source: the fixed keep-alive of the public platforms (10 min in Azure Functions and OpenWhisk),
// as Shahrad et al., "Serverless in the Wild", ATC'20, section 2, describes it. Governs single
// instances; says so once, at the start.
#include "engine/scenario/units.hpp"
#include "policies/all.hpp"
#include "policies/decided_once.hpp"

namespace thaw {
namespace keep_alive_detail {

class FixedKeepAlive final : public DecidedOnce {
 public:
  FixedKeepAlive(const Spec& spec, Diagnostics& diagnostics) { reconfigure(spec, diagnostics); }

  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override {
    ParamsReader reader(spec.params, diagnostics, "keep_alive");
    const std::string text = reader.text("idle", "600s");
    const auto idle = units::duration(text);
    if (!idle) reader.error("idle", "expected a duration such as 600s, found \"" + text + "\"");
    reader.finish();
    const Duration kept = idle.value_or(Duration{0});
    decide_for({.idle = kept}, {ReasonCode::keep_alive, {seconds(kept)}});
  }
};

constexpr ParamInfo kParams[] = {{"idle", "600s", "how long an idle instance stays"}};

}  // namespace keep_alive_detail

PolicyInfo keep_alive_policy() {
  using namespace keep_alive_detail;
  return {.name = "keep_alive",
          .summary = "a fixed idle timeout for each single instance",
          .source = "fixed keep-alive of public platforms; Shahrad et al., ATC'20",
          .params = kParams,
          .governs = Governs::instances,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<FixedKeepAlive>(spec, diagnostics);
          }};
}

}  // namespace thaw
