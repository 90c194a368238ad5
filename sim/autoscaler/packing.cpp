#include "sim/autoscaler/packing.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace thaw::sim {

Packing::Packing(const std::vector<Pool>& pools, std::vector<std::int64_t> vacancies,
                 std::vector<PlannedNode> there)
    : pools_(pools), vacancies_(std::move(vacancies)), there_(std::move(there)) {}

bool Packing::join(Claim& claim, const Workload& pod) const {
  Claim joined = claim;
  reserve(joined.used, pod.requests);
  std::erase_if(joined.pools, [&](std::size_t pool) {
    PlannedNode node = planned(pools_[pool]);
    node.used = claim.used;
    node.pods = claim.pods;
    return !accepts(node, pod);
  });
  if (joined.pools.empty()) return false;
  joined.pods.push_back(&pod);
  claim = std::move(joined);
  return true;
}

// A pool is still to be had while fewer claims than its vacancies have nothing else left.
bool Packing::open(const Workload& pod, std::vector<Claim>& claims) const {
  Claim fresh;
  for (std::size_t pool = 0; pool < pools_.size(); ++pool) {
    const auto taken = std::count_if(claims.begin(), claims.end(), [&](const Claim& claim) {
      return claim.pools.front() == pool;
    });
    if (taken < vacancies_[pool]) fresh.pools.push_back(pool);
  }
  std::stable_sort(fresh.pools.begin(), fresh.pools.end(), [&](std::size_t a, std::size_t b) {
    return pools_[a].machine.price.per_hour < pools_[b].machine.price.per_hour;
  });
  if (!join(fresh, pod)) return false;
  claims.push_back(std::move(fresh));
  return true;
}

Packing::Result Packing::pack(std::vector<const Workload*> pods) {
  std::stable_sort(pods.begin(), pods.end(), [](const Workload* a, const Workload* b) {
    return std::tuple(b->requests.cpu.count, b->requests.memory.count) <
           std::tuple(a->requests.cpu.count, a->requests.memory.count);
  });
  Result result;
  for (const Workload* pod : pods) {
    if (PlannedNode* const home = first_fit(there_, *pod)) {
      place(*home, *pod);
      const auto index = static_cast<std::size_t>(home - there_.data());
      if (std::find(result.used.begin(), result.used.end(), index) == result.used.end())
        result.used.push_back(index);
      continue;
    }
    std::vector<Claim*> by_pods;
    for (Claim& claim : result.claims) by_pods.push_back(&claim);
    std::stable_sort(by_pods.begin(), by_pods.end(), [](const Claim* a, const Claim* b) {
      return a->pods.size() < b->pods.size();
    });
    const bool joined = std::any_of(by_pods.begin(), by_pods.end(),
                                    [&](Claim* claim) { return join(*claim, *pod); });
    if (!joined && !open(*pod, result.claims)) result.left.push_back(pod);
  }
  return result;
}

}  // namespace thaw::sim
