// Who takes part in `thaw compare`.
#pragma once

#include <string>
#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/scenario/scenario.hpp"
#include "sim/study/compare.hpp"

namespace thaw::app {

// "A;B:k=v,l=w" → its contenders. `;` separates wherever there is one. Without, a comma does, but
// where it goes on with a setting of who has some already: what follows has a `=` before any `:`
// and no policy's name between the two. Whatever follows an exec: is its command.
std::vector<std::string> split_policies(const std::string& list);

// Those that are named, each [FUNCTION=]NAME[:key=value,…], "manifest" or "default"; none named is
// "default": "manifest" and every policy that there is, with the settings of a table. {max} and
// {slots} are filled in from the scenario. One that cannot govern the scenario is there with the
// reason. Errors go to `problems`: a name that is not there, one that is there
// twice, settings of a named contender that its policy refuses.
std::vector<sim::Contender> contenders_of(const Scenario& scenario,
                                          const std::vector<std::string>& named,
                                          Diagnostics& problems);

}  // namespace thaw::app
