// A test report for people, for programs, and for what shows test results (JUnit).
//
// None holds a time of day, a duration of this machine or its name: the same scenarios give the
// same bytes. Seconds are simulated ones. Errors: none.
#pragma once

#include <string>

#include "app/test/result.hpp"

namespace thaw::app {

// A line a scenario, below it what did not hold, and a line for all; colour only if asked.
std::string to_text(const TestReport& report, bool colour);

// One document, indented by two, a newline at the end.
std::string to_json(const TestReport& report);

// JUnit XML: a suite a scenario; in it the cases "runs", "decisions" and one a check.
std::string to_junit(const TestReport& report);

// What is wrong with the decisions of a scenario and how it is mended; empty if nothing is.
std::string decisions_problem(const ScenarioTest& test);

}  // namespace thaw::app
