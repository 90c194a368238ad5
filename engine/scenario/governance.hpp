// Who scales each function: what its manifest asks for, or what the command line says instead.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/policy.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw {

// `[FUNCTION=]NAME[:key=value,…]` of the command line, or `[FUNCTION=]exec:COMMAND`: a command is
// taken whole, with its commas, colons and equals signs.
struct PolicyChoice {
  std::string text;
  std::optional<std::string> function;  // empty: every function
  std::string policy;
  Params params;

  static PolicyChoice parse(const std::string& text, Diagnostics& problems);
};

struct Governance {
  Spec spec;
  std::string policy;  // empty: nobody; the replicas stay as the manifest says
};

// One for each function, by its id. A choice for the policy that the manifest asks for anyway
// overrides single settings; a choice for another policy stands alone. A function that is not
// deployed is nobody's.
std::vector<Governance> govern(const Scenario& scenario, const std::vector<PolicyChoice>& choices,
                               Diagnostics& problems);

// The same without peers, and the peers of one of them: all functions' at once are as many as the
// square of their number.
std::vector<Governance> govern_alone(const Scenario& scenario,
                                     const std::vector<PolicyChoice>& choices,
                                     Diagnostics& problems);
std::vector<Spec::Peer> peers_of(const Scenario& scenario, const std::vector<Governance>& all,
                                 const Spec& one);

}  // namespace thaw
