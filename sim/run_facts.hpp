// The answers of a simulated run to the terms of an expression.
#pragma once

#include <cstdint>
#include <string>

#include "engine/checks/expression.hpp"
#include "engine/workload/load.hpp"
#include "sim/ledger.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class RunFacts final : public Facts {
 public:
  RunFacts(World& world, Ledger& ledger, const LoadGenerator& load)
      : world_(world), ledger_(ledger), load_(load) {}

  Value value(const Term& term) const override;
  double cost() const;  // until now, in currency units

 private:
  Value count(const Term& term) const;
  Value response(const Term& term) const;
  std::size_t function(const std::string& name) const;
  const Tally& called(const std::string& name) const;  // of a function or a pipeline

  World& world_;
  Ledger& ledger_;
  const LoadGenerator& load_;
};

// Where a gauge's NAME stands: index of the function, or of the pool for nodes.
std::size_t index_of(const Scenario& scenario, Gauge gauge, const std::string& name);

}  // namespace thaw::sim
