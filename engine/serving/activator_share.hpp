// Which replicas an activator of several sends its requests to, and how many it may have there at
// once.
//
// Each activator, by its place among all sorted by address, takes an equal share of the replicas,
// also sorted; those left over go one each to the first ones. Where there is no limit of
// concurrency there is nothing to share: each takes all.
// Units: replicas and requests; indices from 0. Errors: none.
// Source: Knative Serving, pkg/activator/net/throttler.go, 1.23.
#pragma once

#include <cstdint>

namespace thaw::serving {

inline constexpr std::int32_t kUnknownActivator = -1;  // not (yet) among the known addresses

// Replicas [first, first + count) and, if any, one of those left over.
struct ActivatorShare {
  std::int32_t first = 0, count = 0;
  std::int32_t left_over = -1;  // -1: none

  std::int32_t size() const { return count + (left_over >= 0 ? 1 : 0); }
  bool has(std::int32_t pod) const {
    return (pod >= first && pod < first + count) || (pod >= 0 && pod == left_over);
  }
};

ActivatorShare share_of(std::int32_t container_concurrency, std::int32_t pods, std::int32_t index,
                        std::int32_t activators);

// Where nothing limits concurrency, capacity is there or it is not.
inline constexpr std::int64_t kWithoutLimit = 2'147'483'647;

// Replicas are addressed one by one: room in each of its own.
std::int64_t capacity_of(std::int32_t container_concurrency, const ActivatorShare& share);
// They are addressed as one (a cluster IP): an equal part of all room, at least 1 where there is
// any.
std::int64_t capacity_via_cluster_ip(std::int32_t container_concurrency, std::int32_t ready_pods,
                                     std::int32_t activators);

}  // namespace thaw::serving
