// Keeps idle instances for as long as the cluster has room; where it has none, the one of least
// priority makes room.
//
// Keeping an instance is caching it. Priority = clock + uses × cost / size: the clock is the
// priority of the last one that went, so that whoever is not used again grows old; uses are all
// those of its function since it last had no instance; cost is what its start costs, size what it
// takes of the room. The world evicts (KeepAlive::worth), this policy says cost / size.
// The paper's claim: more than three times less cold-start overhead than a fixed keep-alive.
// Source: Fuerst and Sharma, "FaasCache: keeping serverless computing alive with greedy-dual
// caching", ASPLOS'21, section 4; Cherkasova's greedy-dual size frequency, 1998. The room is a
// number of instances (cluster.instances), so sizes only weigh. Governs single instances.
#include "policies/all.hpp"
#include "policies/decided_once.hpp"
#include "policies/setting_values.hpp"

namespace thaw {
namespace greedy_dual_detail {

class GreedyDual final : public DecidedOnce {
 public:
  GreedyDual(const Spec& spec, Diagnostics& diagnostics) { reconfigure(spec, diagnostics); }

  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override {
    ParamsReader reader(spec.params, diagnostics, "greedy_dual");
    const double size = read_number(reader, "size", "1", 0, 1e9);
    const double cost_s = seconds(break_even_point(reader, spec));
    reader.finish();
    // Whatever starts for nothing is worth least, and still more than nothing.
    const double worth = std::max(cost_s, 1e-9) / size;
    decide_for({.worth = worth}, {ReasonCode::greedy_dual, {worth}});
  }
};

constexpr ParamInfo kParams[] = {kStartParam,
                                 {"size", "1", "what an instance takes of the cluster's room"}};

}  // namespace greedy_dual_detail

PolicyInfo greedy_dual_policy() {
  using namespace greedy_dual_detail;
  return {.name = "greedy_dual",
          .summary = "idle instances stay while there is room; the one of least worth makes room",
          .source = "FaasCache; Fuerst and Sharma, ASPLOS'21",
          .params = kParams,
          .governs = Governs::instances,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<GreedyDual>(spec, diagnostics);
          }};
}

}  // namespace thaw
