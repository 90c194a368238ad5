// Parts of a summary that every kind of run makes in the same way. Units: seconds. Errors: none.
#pragma once

#include <optional>
#include <vector>

#include "engine/checks/checker.hpp"
#include "engine/report/summary.hpp"
#include "engine/statistics/sketch.hpp"

namespace thaw {

std::optional<Summary::Spread> spread_of(const Sketch& sketch);  // empty: nothing was counted
std::vector<Summary::Bin> bins_of(const Sketch& sketch);
std::vector<Summary::CheckResult> results_of(const Checker& checker, TimePoint start);

}  // namespace thaw
