// One story for both Karpenters: machine types and their prices, a Deployment of one-GPU pods, and
// how many of them there are when. From the same numbers come the scenario of the simulated one and
// what the real one reads.
#pragma once

#include <string>
#include <vector>

#include "engine/time.hpp"

namespace thaw::peers {

struct MachineType {
  std::string name;
  int gpus;  // 8 CPUs and 32 GiB for each
  double price_per_hour;
};

struct Shape {
  std::string name;
  std::vector<MachineType> types;
  std::string consolidation;  // consolidationPolicy
  int consolidate_after_s = 0;
  // Pods from the start until `first_s`, in the minute after that, and from then on 0.
  int first = 0, first_s = 0, then = 0;
  // When each number is asked for, in seconds from the start.
  std::vector<std::pair<int, int>> scales() const;
};

// Pods take 500 ms to start and 100 ms to stop, machines 3 s to become nodes.
void write_scenario(const Shape& shape, const std::string& folder);
std::string deployment(const Shape& shape, int replicas);

// What the kwok provider sells, as its INSTANCE_TYPES_FILE_PATH has it; and the NodePool that buys.
std::string instance_types(const Shape& shape);
std::string node_pool(const Shape& shape);

}  // namespace thaw::peers
