// What is asked for: .spec.replicas of the functions' Deployments and StatefulSets, whoever writes
// it. Where thaw itself decides, its decisions come with their reasons (decided); where somebody
// else does, each change of the number is a decision.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "drivers/observed/view.hpp"
#include "engine/policy.hpp"

namespace thaw::observed {

class Workloads {
 public:
  // `driven`: of each function, whether thaw decides.
  Workloads(View& view, std::vector<bool> driven)
      : view_(view), driven_(std::move(driven)), functions_(driven_.size()) {}

  void apply(const nlohmann::json& object);
  // A line where what is decided is news, as in a simulated run.
  void decided(std::size_t function, Replicas was, const Decision& capped);

  bool known(std::size_t function) const { return functions_[function].desired.has_value(); }
  std::int64_t scale_ups(std::size_t function) const { return functions_[function].ups; }
  std::int64_t scale_downs(std::size_t function) const { return functions_[function].downs; }

 private:
  struct Function {
    std::optional<std::int64_t> desired;
    std::optional<std::pair<Replicas, ReasonCode>> told;
    std::int64_t ups = 0, downs = 0;
  };
  View& view_;
  std::vector<bool> driven_;
  std::vector<Function> functions_;
};

}  // namespace thaw::observed
