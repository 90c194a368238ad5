// Many runs of one scenario, each with its own seed, as one summary.
//
// Every number becomes the mean over the replications in which it exists, and `ci95.<same path>`
// its 95 % interval [low, high] (Student's t; statistics/estimate.hpp). A check holds if it holds
// in all; held_in counts them. Words are replication 0's; notices are those of all, each once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/report/precision.hpp"

namespace thaw {

struct Replications {
  std::string json;
  std::string text;
  bool held = true;
  WidestMean widest;  // of what the text shows
};

// `summaries`: summary.json of each replication, in order; at least one. `precision`: the share
// that was asked for; a notice says where it was not reached.
Replications merge_replications(const std::vector<std::string>& summaries, bool colour,
                                std::optional<double> precision = std::nullopt);

}  // namespace thaw
