// What thaw takes the place of on a cluster where it drives the functions, and what is there
// already where the run goes through the cluster's own gateway: SlimFaas, and the gateway, alerts
// and metrics store of OpenFaaS; with the Services, accounts and roles that are theirs alone.
//
// Two autoscalers on one function would fight, and two gateways would count half of the calls each.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/scenario/objects.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw::applied {

// Of the workload with this index, why it is left out.
std::map<std::size_t, std::string> replaced_workloads(
    const Scenario& scenario, const std::function<bool(const FunctionSpec&)>& driven,
    bool gateway_is_there);

// Whether the selector finds pods of this workload.
bool leads_to(const ServiceObject& service, const Workload& workload);

// Of the object with this index, why it is left out: workloads of the map, and what is only theirs.
std::map<std::size_t, std::string> replaced_objects(
    const Scenario& scenario, const std::vector<RawObject>& objects,
    const std::map<std::size_t, std::string>& workloads);

// A manifest's object and what was read from it have the same place.
bool is_same(const Place& a, const Place& b);

}  // namespace thaw::applied
