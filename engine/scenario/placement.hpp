// Which nodes of a pool a pod accepts, by taints and by labels, and how many of it have room on
// one.
//
// Source: Kubernetes' documentation of tolerations and of nodeSelector.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
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
// By its GPUs alone; empty: it asks for none.
std::optional<std::int64_t> room_on_node(const Workload& workload, const Pool& pool);
std::int64_t card_mib(const Pool& pool);  // memory of one card

}  // namespace thaw
