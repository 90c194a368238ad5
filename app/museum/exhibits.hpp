// The museum: known failures, each a folder that shows one and what mends it.
//
// An exhibit has scenario.yaml, mended, and its variant as-it-was.yaml, with the old settings and
// the same workload. Either begins with a comment of one sentence: what mends it, what happened;
// the latter's next line is "# Source: URL". It is shown when the checks of both hold, and
// neither's hold all of the other: a failure that stays with the mended settings would be none of
// the settings, and what mends nothing is no remedy.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

namespace thaw::app {

struct Exhibit {
  std::string name, folder;  // "aks-time-slices", "scenarios/museum/aks-time-slices"
  std::string happened, mended, source;
};

// Those of a folder, by name, or the one that it is itself. Throws InputError.
std::vector<Exhibit> exhibits_in(const std::string& folder);

struct Showing {
  bool ran = false;                     // false: interrupted before
  bool refused = false, broke = false;  // bad input; not run to its end for another reason
  std::vector<std::string> problems;    // why it does not show what it should
  bool held() const { return ran && problems.empty(); }
};

// In the order of `exhibits`, under seed 1; at most `jobs` runs at once.
std::vector<Showing> show(const std::vector<Exhibit>& exhibits, std::size_t jobs,
                          const std::atomic<bool>& interrupted);

}  // namespace thaw::app
