// thaw run --explain FUNCTION@TIME: one decision, with what it saw, its formula and its limits.
//
// The scenario is run again up to that instant, and the last decision at or before it is told.
// Units: TIME is a duration from the start, "12min30s". Errors: InputError for a text of another
// form, a function that is not there, and one that nobody scales.
#pragma once

#include <string>
#include <vector>

#include "engine/scenario/scenario.hpp"
#include "sim/simulation.hpp"

namespace thaw::app {

// The id of a function; InputError at `option` with the nearest name when there is none.
FunctionId function_named(const Scenario& scenario, const std::string& name,
                          const std::string& option);

// Returns the exit code.
int explain(const Scenario& scenario, sim::RunOptions options, const std::string& text);

// The decision as a table for people; instants count from `start`.
std::string to_text(const sim::DecisionSeen& one, const sim::Governor& governor, TimePoint start);

}  // namespace thaw::app
