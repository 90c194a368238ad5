// The answers of a cluster to what checks and steps ask: from what is observed of it, and from what
// became of the calls. The same questions as sim/run_facts.hpp answers.
#pragma once

#include <string>

#include "drivers/loadgen/loadgen.hpp"
#include "drivers/observed/bill.hpp"
#include "drivers/observed/view.hpp"
#include "engine/checks/expression.hpp"

namespace thaw::trial {

class TrialFacts final : public Facts {
 public:
  TrialFacts(const observed::View& view, observed::Bill& bill, const loadgen::LoadGenerator& load)
      : view_(view), bill_(bill), load_(load) {}

  Value value(const Term& term) const override;

 private:
  const TimeWeighted& gauge(const Term& term) const;
  const workload::Tally& called(const std::string& name) const;
  Value count(const Term& term) const;
  Value response(const Term& term) const;

  const observed::View& view_;
  observed::Bill& bill_;
  const loadgen::LoadGenerator& load_;
};

}  // namespace thaw::trial
