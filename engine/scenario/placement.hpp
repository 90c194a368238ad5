// Which nodes of a pool a pod accepts, by taints and by labels.
//
// Source: Kubernetes' documentation of tolerations and of nodeSelector.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/scenario/scenario.hpp"

namespace thaw {

bool tolerates(const Toleration& toleration, const Taint& taint);
// A taint of effect PreferNoSchedule keeps nobody away.
bool tolerates(const std::vector<Toleration>& tolerations, const std::vector<Taint>& taints);
// `node`: its name; empty for one that is not there yet.
bool selects(const std::map<std::string, std::string>& selector, const Pool& pool,
             const std::string& node);

}  // namespace thaw
