// summary.json of a run on a cluster: the simulated run's fields, from what was observed.
#pragma once

#include <string>
#include <vector>

#include "drivers/loadgen/loadgen.hpp"
#include "drivers/observed/bill.hpp"
#include "drivers/observed/view.hpp"
#include "drivers/observed/workloads.hpp"
#include "engine/checks/checker.hpp"
#include "engine/report/summary.hpp"

namespace thaw::trial {

struct SummaryParts {
  const observed::View& view;
  const observed::Bill& bill;  // settled
  const observed::Workloads& workloads;
  const loadgen::LoadGenerator& load;
  const Checker& checker;
  const std::vector<std::string>& scaled_by;  // of each function
  std::vector<std::string> notices;
  std::uint64_t seed = 1;
};

Summary summary_of(const SummaryParts& parts);

}  // namespace thaw::trial
