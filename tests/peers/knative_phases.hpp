// When the real autoscaler looked and scraped and when its activator reported, from the
// autoscaler's own log.
#pragma once

#include <chrono>
#include <string>

#include "tests/peers/knative_shape.hpp"

namespace thaw::peers {

// Of a run that began at `start` and whose revision is at zero, so that no call pokes the
// autoscaler between two ticks any more. Errors: std::runtime_error where the log does not tell of
// tick, report and scrape.
Phase phase_in(const std::string& log, std::chrono::system_clock::time_point start);

// Whether a few hundredths of a second more or less change nothing: report, tick and scrape are
// apart from each other, and none is at the end of a second, where two reports of a second may
// count in one and the next has none.
bool is_clear(const Phase& phase);

}  // namespace thaw::peers
