// As break_even, but for a time that is drawn: nobody can ask again just after it.
//
// With B = K / c the time T has the density e^(x / B) / (B (e - 1)) on [0, B]. The expected cost of
// a gap g is then e / (e - 1) = 1.582 times the best, min(c g, K), and no more: for g <= B it is
//   c ∫ x p(x) dx over [0, g] + K ∫ p(x) dx over [0, g] + c g ∫ p(x) dx over [g, B]
//   = K / (e - 1) × [e^(g/B) (g/B - 1) + 1  +  e^(g/B) - 1  +  (g/B) (e - e^(g/B))]
//   = K (g/B) e / (e - 1) = c g e / (e - 1),
// and what is longer than B costs what g = B does. An expectation adds up over gaps whether or not
// they share their luck, so one draw a run is enough, provided that the gaps are not themselves of
// its making: with the instance that worked last first they follow from the requests alone.
// Source: Karlin, Manasse, McGeoch and Owicki, "Competitive randomized algorithms for nonuniform
// problems", Algorithmica 11, 1994. Drawn by inversion from the run's seed, or the setting's.
#include "engine/math.hpp"
#include "engine/random.hpp"
#include "policies/all.hpp"
#include "policies/decided_once.hpp"

namespace thaw {
namespace randomised_break_even_detail {

class RandomisedBreakEven final : public DecidedOnce {
 public:
  RandomisedBreakEven(const Spec& spec, Diagnostics& diagnostics) {
    reconfigure(spec, diagnostics);
  }

  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override {
    ParamsReader reader(spec.params, diagnostics, "randomised_break_even");
    const Duration start = break_even_point(reader, spec);
    std::uint64_t seed = spec.seed;
    reader.ignore("seed");
    if (spec.params.has("seed")) seed = static_cast<std::uint64_t>(reader.integer("seed", 0, 0));
    reader.finish();
    Random random(seed, "randomised_break_even/" + spec.name);
    const double share = math::log(1 + random.uniform() * (math::exp(1) - 1));
    const Duration idle = Distribution::rounded(share * static_cast<double>(start.count()));
    decide_for({.idle = idle}, {ReasonCode::break_even, {seconds(idle), seconds(start)}});
  }
};

constexpr ParamInfo kParams[] = {kStartParam, {"seed", "", "of the draw; else the run's"}};

}  // namespace randomised_break_even_detail

PolicyInfo randomised_break_even_policy() {
  using namespace randomised_break_even_detail;
  return {.name = "randomised_break_even",
          .summary = "as break_even, for a time that is drawn once a run",
          .source = "Karlin et al., Algorithmica 11, 1994: e / (e - 1) of the optimum on average",
          .params = kParams,
          .governs = Governs::instances,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<RandomisedBreakEven>(spec, diagnostics);
          }};
}

}  // namespace thaw
