// Keeps an idle instance until that has cost as much as another start, and then lets it go.
//
// With c the price of keeping one for a second and K that of a start, an instance stays for K / c.
// Never more than twice what anybody could pay who knew the future: each gap g between two uses of
// an instance costs at best min(c g, K); here c g if g <= K / c, and else K for keeping and K for
// the start. No rule without chance does better: whoever lets go after a time T is asked again just
// then.
// Source: ski rental; Karlin, Manasse, Rudolph and Sleator, "Competitive snoopy caching",
// Algorithmica 3, 1988. The factor holds for the instance that worked last first (recently_idle),
// and where no request waits. Governs single instances; says so once, at the start.
#include "policies/all.hpp"
#include "policies/decided_once.hpp"

namespace thaw {
namespace break_even_detail {

class BreakEven final : public DecidedOnce {
 public:
  BreakEven(const Spec& spec, Diagnostics& diagnostics) { reconfigure(spec, diagnostics); }

  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override {
    ParamsReader reader(spec.params, diagnostics, "break_even");
    const Duration idle = break_even_point(reader, spec);
    reader.finish();
    decide_for({.idle = idle}, {ReasonCode::break_even, {seconds(idle), seconds(idle)}});
  }
};

constexpr ParamInfo kParams[] = {kStartParam};

}  // namespace break_even_detail

PolicyInfo break_even_policy() {
  using namespace break_even_detail;
  return {.name = "break_even",
          .summary = "an idle instance stays until that has cost as much as another start",
          .source = "ski rental; Karlin et al., Algorithmica 3, 1988: at most twice the optimum",
          .params = kParams,
          .governs = Governs::instances,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<BreakEven>(spec, diagnostics);
          }};
}

}  // namespace thaw
