// Which workloads of the cluster are functions, and which policy scales each.
//
// A function is a Deployment or StatefulSet that says SlimFaas/Function: "true" of its pods, or one
// that the configuration names. What is wrong with one concerns it alone: it is refused, with the
// reason, and left as it is. Refused as well is what somebody else scales: an HPA, an owner such as
// a Knative Revision, or SlimFaas itself while it runs (a shadow may look at all of those). Where a
// gateway runs, whoever is known is called through it, refused or not, unless what its annotations
// say of calls is nonsense.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drivers/world/activity.hpp"
#include "drivers/world/endpoints.hpp"
#include "drivers/world/inventory.hpp"
#include "engine/policy.hpp"
#include "engine/scenario/drive_config.hpp"

namespace thaw::world {

// The line of policies/all.cpp of that name; nullptr: there is none.
using FindPolicy = const PolicyInfo* (*)(std::string_view name);

struct Function {
  FunctionId id = 0;
  FunctionName name;
  WorkloadKey target;
  std::string policy;
  std::vector<MetricRef> metrics;  // that the policy wants
  std::unique_ptr<ScalingPolicy> scaler;
  std::optional<Replicas> most;
  std::optional<Spec> spec;  // that the policy was made of, where somebody records
};

// How a function is called, whoever scales it.
struct Served {
  gateway::Route route;  // without its replicas
  Endpoints::Choice endpoints;
  bool trusted = true;  // its pods may call what is private
  bool answers = true;  // false: what its annotations say of calls cannot be understood
};

struct Refusal {
  WorkloadKey target;
  std::string why;
};

struct Functions {
  // By FunctionId, those that are refused too: a policy may ask about them as peers.
  std::vector<std::pair<FunctionName, WorkloadKey>> known;
  std::vector<Served> served;      // as `known`
  std::vector<Function> governed;  // by id
  std::vector<Refusal> refused;
};

// `record`: specs are kept.
Functions functions_of(const Inventory& inventory, const DriveConfig& config, FindPolicy find,
                       bool shadow, bool record = false);

}  // namespace thaw::world
