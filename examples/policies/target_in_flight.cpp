// Keeps a chosen number of requests in flight for each replica.
//
// Every 15 s, and at once for a request that finds no replica: ceil(in flight / target), at most
// `max`. Source: Little's law; Knative's autoscaler without its windows.
#include <algorithm>

#include "policies/all.hpp"

namespace thaw {
namespace target_in_flight_detail {

class TargetInFlight final : public ScalingPolicy {
 public:
  TargetInFlight(const Spec& spec, Diagnostics& diagnostics) { reconfigure(spec, diagnostics); }

  Wants wants() const override { return {.arrivals_at_zero = true}; }
  Decision decide(const Observation& seen) override {
    const std::int64_t in_flight = std::int64_t{seen.in_flight} + seen.queued;
    const std::int64_t asked = (in_flight + target_ - 1) / target_;
    const std::int64_t desired = std::min(asked, max_);
    const auto number = [](auto n) { return static_cast<double>(n); };
    const Limit limit = desired < asked ? Limit::max : Limit::none;
    return {.desired = Replicas(static_cast<std::int32_t>(desired)),
            .ask_again = seen.now + 15s,
            .why = {ReasonCode::metric_trigger,
                    {0, number(in_flight), number(target_), number(asked), number(limit),
                     number(max_)}}};
  }
  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override {
    ParamsReader reader(spec.params, diagnostics, "target_in_flight");
    target_ = reader.integer("target", 10, 1);
    max_ = reader.integer("max", 5, 1, 1'000);
    reader.finish();
  }
  void save(StateWriter& out) const override { out.version(1); }  // it remembers nothing
  bool restore(const StateReader& in) override { return in.version() == 1; }

 private:
  std::int64_t target_ = 10, max_ = 5;
};

constexpr ParamInfo kParams[] = {{"target", "10", "requests in flight of one replica"},
                                 {"max", "5", "most replicas"}};

}  // namespace target_in_flight_detail

PolicyInfo target_in_flight_policy() {
  using namespace target_in_flight_detail;
  return {.name = "target_in_flight",
          .summary = "a chosen number of requests in flight for each replica",
          .source = "Little's law",
          .params = kParams,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<TargetInFlight>(spec, diagnostics);
          }};
}

}  // namespace thaw
