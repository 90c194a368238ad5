// count(KIND, NAME) of an expression, whichever world is asked: events of the timeline so far, or
// calls of a function or a pipeline.
#pragma once

#include <optional>

#include "engine/checks/expression.hpp"
#include "engine/report/timeline.hpp"
#include "engine/workload/tally.hpp"

namespace thaw {

// Empty: its KIND is none of events.
std::optional<double> events_counted(const Timeline& timeline, const Term& term);
double calls_counted(const workload::Tally& tally, const Term& term);

}  // namespace thaw
