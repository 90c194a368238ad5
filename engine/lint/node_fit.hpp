// What stands between a workload and the nodes of a scenario's pools, and how many replicas its
// GPUs have room for. Empty nodes are looked at: what others take there is another question.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/scenario/scenario.hpp"

namespace thaw::lint {

enum class LackOf : std::uint8_t {
  toleration,
  kapsule_toleration,  // there is one, of the key without Kapsule's prefix
  label,
  cpu,
  memory,
  resource,
  cards,     // the node has GPUs, and fewer than asked for
  mig_name,  // the resource name of MIG's other strategy
};

struct Lack {
  LackOf of = LackOf::resource;
  std::string name;  // of the taint's or label's key, or of the resource
  std::string text;  // "pool gpu has the taint gpu:NoSchedule, which it does not tolerate"
};

std::vector<Lack> lacks_of(const Workload& workload, const Pool& pool);

// The pool that lacks least, if every pool lacks something.
struct Nearest {
  const Pool* pool = nullptr;
  std::vector<Lack> lacks;

  bool only(LackOf what) const;
};
std::optional<Nearest> nearest_pool(const Scenario& scenario, const Workload& workload);
// Those that lack nothing.
std::vector<const Pool*> hosts_of(const Scenario& scenario, const Workload& workload);

std::string text_of(const Taint& taint);  // "gpu=on:NoSchedule"
bool is_kapsule_key(const std::string& key);
std::string without_kapsule_prefix(const std::string& key);

}  // namespace thaw::lint
