// Parts of a summary that every kind of run makes in the same way. Units: seconds. Errors: none.
#pragma once

#include <optional>
#include <vector>

#include "engine/checks/checker.hpp"
#include "engine/report/summary.hpp"
#include "engine/statistics/sketch.hpp"
#include "engine/workload/tally.hpp"

namespace thaw {

std::optional<Summary::Spread> spread_of(const Sketch& sketch);  // empty: nothing was counted
std::vector<Summary::Bin> bins_of(const Sketch& sketch);
Summary::Requests requests_of(const workload::Tally& tally);
// What became of a function's calls: how many, how long, and what was spent in vain.
void add_calls(const workload::Tally& tally, Summary::Function& function);
std::vector<Summary::CheckResult> results_of(const Checker& checker, TimePoint start);

}  // namespace thaw
