// A node pool of GKE, as the user's own `gcloud container node-pools create …` makes it.
//
// Source: gcloud's reference for the flags, GKE's documentation for the labels and the taint that
// it gives nodes by itself. Flags that say nothing about nodes, placement or size are passed over;
// others that are not used are one notice.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/scenario/shell.hpp"

namespace thaw {

// Every node of GKE bears it, with the name of its pool.
inline constexpr const char* kGkePoolLabel = "cloud.google.com/gke-nodepool";

struct GkeNodePool {
  std::string name;
  std::string machine_type;
  Place place;              // of the command
  Place machine_place;      // of its machine type, or of the command
  Place accelerator_place;  // of its accelerator, or of the command
  int gpus = 0;             // of one node; 0: the command says none
  std::string gpu_model;
  Bytes gpu_memory{};     // 0: not known
  std::string partition;  // MIG profile; empty: whole cards
  int nodes_min = 0, nodes_max = 0;
  std::map<std::string, std::string> labels;
  std::vector<Taint> taints;  // those of the command
};

// Where the arguments of `gcloud [alpha|beta] container node-pools create` begin among the words,
// behind a prompt or not; empty: it is another command.
std::optional<std::size_t> node_pool_arguments(const ShellCommand& command);

// GKE's name of a card, such as nvidia-tesla-a100, as Machine::gpu_model; empty: not known.
std::string gke_gpu_model(std::string_view type);

// The only such command of a shell file; empty if there is none. What is wrong with it is told.
std::optional<GkeNodePool> read_gke_node_pool(const std::string& file, const Place& blame,
                                              Diagnostics& problems);

// What each of its nodes is: what the scenario has written, or the machine of that name; with the
// command's cards.
Machine machine_of(const GkeNodePool& pool, const std::optional<Machine>& written,
                   Diagnostics& problems);

// GKE keeps others off the nodes with GPUs where the cluster has nodes without.
void taint_gpu_nodes(std::vector<Pool>& pools);
// Its admission lets pods that ask for GPUs tolerate that.
void tolerate_own_resources(Manifests& manifests, const std::vector<Pool>& pools);

}  // namespace thaw
