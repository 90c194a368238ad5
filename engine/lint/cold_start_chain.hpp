// What a cold start takes: each stage with where its time comes from, and the whole of them.
//
// The whole is not the sum of the stages' percentiles, which would be too long: it is drawn, 4,096
// times with a fixed seed, from the scenario's own distributions, each stage independent of the
// others as in a run. So the numbers are the same everywhere, and p95 is off by some 1 % of the
// spread. Downloads are alone on their links. Units: durations. Errors: none.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/scenario/scenario.hpp"

namespace thaw::lint {

// Draws of a duration, in order.
class Sample {
 public:
  static constexpr std::size_t kDraws = 4096;
  Sample() : draws_(kDraws) {}

  void add(const Distribution& duration, const std::string& purpose);  // independent of the rest
  void sort();
  Duration quantile(double p) const;         // of a sorted one; 0 < p < 1
  double ratio_above(Duration limit) const;  // of a sorted one

 private:
  std::vector<Duration> draws_;
};

struct ColdStart {
  struct Stage {
    std::string name, source;  // "node", "cluster.pools.gpu.provisioning, a guess"
    Duration median{}, p95{};
  };
  std::vector<Stage> stages;  // in the order in which they pass; those below 50 ms are left out
  Sample whole;
  bool with_node = false;  // no node with what the function needs is always there
};

// Of a function of a manifest; empty where no pool can ever take it.
std::optional<ColdStart> cold_start_of(const Scenario& scenario, const FunctionSpec& function);

// "10min53s (p50), 12min58s (p95): node 10min (cluster.pools.gpu.provisioning), …"
std::string to_text(const ColdStart& chain);

// For messages: to a tenth of a second below a minute, else to the second.
std::string rough(Duration duration);
// "37 %"; "under 1 %" and "over 99 %" where rounding would say none or all.
std::string per_cent(double ratio);

}  // namespace thaw::lint
