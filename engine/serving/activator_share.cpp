#include "engine/serving/activator_share.hpp"

#include <algorithm>

namespace thaw::serving {

ActivatorShare share_of(std::int32_t container_concurrency, std::int32_t pods, std::int32_t index,
                        std::int32_t activators) {
  if (container_concurrency == 0 || index < 0 || activators <= 1 || pods <= 1) {
    return {.first = 0, .count = pods};
  }
  if (activators > pods) return {.first = index % pods, .count = 1};
  const std::int32_t each = pods / activators, left_over = pods % activators;
  return {.first = index * each,
          .count = each,
          .left_over = index < left_over ? each * activators + index : -1};
}

std::int64_t capacity_of(std::int32_t container_concurrency, const ActivatorShare& share) {
  if (container_concurrency == 0) return share.size() > 0 ? kWithoutLimit : 0;
  return std::min(std::int64_t{container_concurrency} * share.size(), kWithoutLimit);
}

std::int64_t capacity_via_cluster_ip(std::int32_t container_concurrency, std::int32_t ready_pods,
                                     std::int32_t activators) {
  if (ready_pods <= 0) return 0;
  if (container_concurrency == 0) return kWithoutLimit;
  const std::int64_t all = std::int64_t{container_concurrency} * ready_pods;
  return std::clamp(all / std::max(1, activators), std::int64_t{1}, kWithoutLimit);
}

}  // namespace thaw::serving
