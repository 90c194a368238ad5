// What adds nodes to the pools and takes them away, as a scenario sets it.
//
// Source of the names, the meaning and the defaults: cluster-autoscaler 1.36 (its FAQ and flags);
// Karpenter 1.14 (its pages Settings and Disruption). Durations are at least 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/time.hpp"

namespace thaw {

// Which of the pools that would help are grown; several are asked one after the other, and what is
// left is drawn.
enum class Expander : std::uint8_t { random, most_pods, least_waste, least_nodes, price, priority };

// A number, or a part of a whole that is rounded as whoever reads it does.
struct CountOrRatio {
  std::int64_t count = 0;
  std::optional<double> ratio;  // instead
};

// Of Karpenter alone. All pools that may grow are the machine types of one NodePool.
struct KarpenterSettings {
  enum class Consolidates : std::uint8_t { empty, empty_or_underutilized };
  Duration batch_idle = std::chrono::seconds(1), batch_max = std::chrono::seconds(10);
  Consolidates policy = Consolidates::empty_or_underutilized;
  std::optional<Duration> consolidate_after = Duration{0};         // empty: Never
  std::optional<Duration> expire_after = std::chrono::hours(720);  // empty: Never
  CountOrRatio budget{0, 0.1};                                     // nodes disrupted at once
};

struct NodeAutoscaler {
  enum class Kind : std::uint8_t { cluster_autoscaler, karpenter };
  bool enabled = true;
  std::string preset = "kapsule";
  Kind kind = Kind::cluster_autoscaler;

  Duration scan = std::chrono::seconds(10);  // of Karpenter: between two looks at what to disrupt
  Duration deletion = std::chrono::seconds(60);        // of a VM, billed
  Duration provision_time = std::chrono::minutes(15);  // from the order to the Node object
  Duration startup_time = std::chrono::minutes(15);    // from there to all that it has

  std::vector<Expander> expanders{Expander::least_waste};
  int nodes_per_scale_up = 1000;
  Duration new_pod_delay{};
  Duration backoff_initial = std::chrono::minutes(5), backoff_max = std::chrono::minutes(30);
  Duration backoff_reset = std::chrono::hours(3);

  bool scale_down = true;
  Duration unneeded = std::chrono::minutes(10), unready = std::chrono::minutes(20);
  Duration delay_after_add = std::chrono::minutes(10), delay_after_delete{};
  Duration delay_after_failure = std::chrono::minutes(3);
  Duration taint_delay = std::chrono::seconds(5);
  Duration grace_max = std::chrono::seconds(600), eviction_max = std::chrono::minutes(2);
  Duration unremovable_recheck = std::chrono::minutes(5);
  int removals_at_once = 10, drains_at_once = 1;
  double utilisation_threshold_ratio = 0.5, gpu_utilisation_threshold_ratio = 0.5;
  double unready_max_ratio = 0.45;
  int unready_ok = 3;
  bool local_storage_blocks = true;

  bool packs = false;  // the scheduler fills the fullest node first (GKE's optimize-utilization)
  KarpenterSettings karpenter;
};

// Machines that the cloud may take back. Each lives for an exponential time of its own (`mean`),
// or goes at an instant that a fault names.
struct Spot {
  std::optional<Duration> mean;  // empty: only by faults
  Duration notice = std::chrono::seconds(30);
};

}  // namespace thaw
