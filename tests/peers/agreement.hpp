// A simulated timeline held against the observed one, change by change, as `thaw diff` pairs them.
#pragma once

#include <string>

#include "engine/diff/difference.hpp"

namespace thaw::peers {

struct Agreement {
  bool same_sequence = true;     // every track reaches the same values in the same order
  Duration before{0}, after{0};  // the longest lag of changes before an instant, and from it on
};

// `instant` counts from the start; a change is where the first timeline has it.
Agreement agreement(const diff::Difference& difference, Duration instant);

// How many runs to make of each shape: $THAW_PEERS_RUNS, 1 where it is not set.
int runs();
// In how many of them what is compared has to hold: nine of ten, of fewer than ten all.
int enough_of(int runs);
// "load 1.2": the machine's load average, which every timing is read beside.
std::string load_average();

}  // namespace thaw::peers
