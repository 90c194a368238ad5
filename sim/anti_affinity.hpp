// Pods that keep off each other's nodes (podAntiAffinity by hostname). Source: Kubernetes,
// "Inter-pod affinity and anti-affinity"; pods count within their own namespace.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/scenario/manifest.hpp"

namespace thaw::sim {

bool selects_labels(const std::vector<LabelRule>& rules,
                    const std::map<std::string, std::string>& labels);

// Whether a required term of either keeps the two off one node.
bool repel(const Workload& a, const Workload& b);

// How much `wanted` would rather not be beside `there`: the weights of its preferred terms.
int reluctance(const Workload& wanted, const Workload& there);

}  // namespace thaw::sim
