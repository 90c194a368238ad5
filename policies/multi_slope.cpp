// Leaves an idle instance at lower and lower levels: ready, its weights in host memory, its image
// on the node, nothing.
//
// Level i costs keep_i a second and start_i to serve from, so an idle time t costs keep_i t +
// start_i at best, for the best i: f(t), the lower envelope of these lines, from ready (start 0) to
// nothing (keep 0). The instance stands at the level whose line is the lowest at t. What it has
// paid for keeping by then is the integral of f's slope, f(t) - f(0) = f(t); a start from there
// adds start_i <= f(t). So it pays at most twice the best, whenever it is asked again; with two
// levels this is break_even.
// Source: Irani, Shukla and Gupta, "Online strategies for dynamic power management in systems with
// multiple power-saving states", ACM TECS 2, 2003; multi-slope ski rental: Lotker, Patt-Shamir and
// Rawitz, STACS 2008. Governs single instances; says so once, at the start.
#include "policies/all.hpp"
#include "policies/decided_once.hpp"

namespace thaw {
namespace multi_slope_detail {

class MultiSlope final : public DecidedOnce {
 public:
  MultiSlope(const Spec& spec, Diagnostics& diagnostics) { reconfigure(spec, diagnostics); }

  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override {
    ParamsReader reader(spec.params, diagnostics, "multi_slope");
    idle_ = break_even_point(reader, spec);
    reader.finish();
    rests_.clear();
    if (!spec.params.has("start") && spec.levels.size() > 2 && spec.levels.back().keep_per_s > 0)
      go_down(spec.levels);
    const Duration gone = rests_.empty() ? idle_ : rests_.back().until;
    decide_for({.idle = idle_, .rests = rests_}, {ReasonCode::step_down, {0, seconds(gone)}});
  }

 private:
  // From ready along the envelope: next is the line that crosses the present one first; of those
  // that cross it at once the lowest.
  void go_down(const std::vector<Level>& levels) {
    std::size_t at = levels.size() - 1;
    double since_s = 0;
    while (at > 0) {
      std::size_t next = 0;
      double first_s = crossing(levels[at], levels[0]);
      for (std::size_t lower = 1; lower < at; ++lower) {
        if (levels[lower].keep_per_s >= levels[at].keep_per_s) continue;
        const double cross_s = crossing(levels[at], levels[lower]);
        if (cross_s >= first_s) continue;
        first_s = cross_s;
        next = lower;
      }
      since_s = std::max(since_s, first_s);
      const Duration until = Distribution::rounded(since_s * 1e9);
      if (at == levels.size() - 1) {
        idle_ = until;
      } else {
        rests_.push_back({at, until});
      }
      at = next;
    }
  }

  static double crossing(const Level& upper, const Level& lower) {
    return (lower.start_cost - upper.start_cost) / (upper.keep_per_s - lower.keep_per_s);
  }

  Duration idle_{};
  std::vector<Rest> rests_;
};

constexpr ParamInfo kParams[] = {kStartParam};

}  // namespace multi_slope_detail

PolicyInfo multi_slope_policy() {
  using namespace multi_slope_detail;
  return {
      .name = "multi_slope",
      .summary = "leaves an idle instance at lower and lower levels, as long as each is cheapest",
      .source = "Irani et al., TECS 2003; Lotker et al., STACS 2008: at most twice the optimum",
      .params = kParams,
      .governs = Governs::instances,
      .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
        return std::make_unique<MultiSlope>(spec, diagnostics);
      }};
}

}  // namespace thaw
