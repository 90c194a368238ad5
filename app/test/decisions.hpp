// The decisions of a scenario as a text that is kept beside it: FOLDER/decisions/scenario.txt, for
// a variant FOLDER/decisions/VARIANT.txt.
//
// One line a decision, to the millisecond: "33min26.96s  ollama  1 → 0  idle_timeout". A scenario
// without decisions has no file. Errors: std::runtime_error for a file that the system refuses.
#pragma once

#include <cstdint>
#include <string>

#include "app/test/result.hpp"
#include "engine/report/timeline.hpp"
#include "engine/time.hpp"

namespace thaw::app {

// The seed that baselines are of; decisions under another one are not compared.
inline constexpr std::uint64_t kBaselineSeed = 1;

std::string baseline_of(const std::string& scenario_file);
DecisionTest test_decisions(const std::string& scenario_file, const Timeline& timeline,
                            TimePoint start, std::uint64_t seed);

// Makes the baselines of all scenarios that ran what they just decided: written beside, then
// renamed; removed where nothing is decided any more.
void write_decisions(TestReport& report);

}  // namespace thaw::app
