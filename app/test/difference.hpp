// What changed between two lists of lines, for people: a unified difference.
#pragma once

#include <string>
#include <vector>

namespace thaw::app {

// Hunks of "@@ -FIRST,COUNT +FIRST,COUNT @@", then lines that begin with ' ', '-' (only before) or
// '+' (only after), three common lines around each change. Empty when both are the same. The
// fewest changes, unless both lists are very long: then what lies between the common beginning
// and the common end is told as replaced.
std::vector<std::string> difference(const std::vector<std::string>& before,
                                    const std::vector<std::string>& after);

}  // namespace thaw::app
