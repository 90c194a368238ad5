// The requests that a run will bring a function, for policies that know what comes: those of open
// arrivals and of traces, drawn from the same streams of random numbers as the load draws them.
//
// What depends on how the run goes is not known: closed loops, later stages of pipelines, rounds,
// and scripted steps. Memory: 16 bytes a request to come. Errors: none; a trace was read before.
#pragma once

#include <span>
#include <vector>

#include "engine/policy.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class Future {
 public:
  explicit Future(const World& world);

  // By arrival, from the first after `now` on; lives until the end of the run.
  std::span<const FutureRequest> after(TimePoint now, FunctionId function);

 private:
  std::vector<FutureRequest> foresee(FunctionId function) const;

  const World& world_;
  std::vector<std::optional<std::vector<FutureRequest>>> known_;  // once asked for
};

// Whether the scenario has requests for functions that Future leaves out.
bool has_unknown_future(const Scenario& scenario);

}  // namespace thaw::sim
