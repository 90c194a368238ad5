// What one run shows and leaves behind, whichever world it was in.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "engine/report/output.hpp"
#include "engine/report/summary.hpp"
#include "engine/report/timeline.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw::app {

std::uint64_t requests_of(const Summary& summary);

// Of this process and its children so far.
Performance measure(std::uint64_t events, std::uint64_t requests,
                    std::chrono::steady_clock::time_point began);

// Writes the files where `out` names a folder, and prints: `format` json the summary alone, else
// timeline and summary.
void tell_results(const Scenario& scenario, const Summary& summary, const Timeline& timeline,
                  const std::string& series_csv, const Performance& performance,
                  const std::string& out, const std::string& format);

}  // namespace thaw::app
