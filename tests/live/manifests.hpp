// What the live tests apply.
#pragma once

#include <string>

namespace thaw::live {

struct Manifest {
  std::string name;
  std::string image = "ollama/ollama:0.6";
  int port = 11434;
  int replicas = 1;
  std::string annotations = "{}";  // of its pods, a flow map: what the stand-ins read
  bool gpu = true;                 // one card, and a toleration of the GPU pools' taint
};

std::string deployment(const Manifest& manifest);

// The body of PUT /pools/NAME: one card a node, tainted gpu=true:NoSchedule, from 0 to 2 nodes;
// more_fields begins with a comma.
std::string gpu_pool(const std::string& more_fields = {});

}  // namespace thaw::live
