// The stages of a cold start on nodes of one pool, as a scenario has them: what `thaw lint` warns
// of and what economics.hpp prices. Downloads are alone on their links.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/scenario/scenario.hpp"

namespace thaw {

struct ColdStartStage {
  // What is there before it: nothing, a machine that is ordered and billed, a node, the image.
  enum class After : std::uint8_t { nothing, order, node, image };
  std::string name, key;  // "node", "cluster.pools.gpu.provisioning"
  Distribution duration;
  After after = After::image;
  bool moves_model = false;
};

// In the order in which they pass. Where the pool always has a node, its images are there as well.
std::vector<ColdStartStage> cold_start_stages(const Scenario& scenario,
                                              const FunctionSpec& function, const Pool& pool);

// Of two pools, whether a node of the first is there sooner.
bool is_quicker(const Pool& pool, const Pool& than);

}  // namespace thaw
