// What of a scenario is put on a cluster, and in which order; nothing is asked or written here.
//
// A kind that the cluster serves is applied as it is. A Knative Service that it does not serve, a
// function of OpenFaaS and a chart become a Deployment and a Service (realised.hpp). Left out, each
// with a notice: what thaw takes the place of (SlimFaas, the gateway and the alerts of OpenFaaS,
// the autoscaler of a function that thaw drives, with the Services and accounts that are theirs
// alone), kinds that are not served, and what belongs to a controller that is not there.
//
// Each object carries the labels app.kubernetes.io/managed-by: thaw and thaw.dev/run, its pods'
// template thaw.dev/run and, of a function, thaw.dev/function.
// Errors: InputError for a function that no manifest deploys alone (standalone, or with a count),
// and for kinds that a run does not put on a cluster.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "drivers/applied/discovery.hpp"
#include "engine/scenario/objects.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw::applied {

inline constexpr const char* kManagedBy = "app.kubernetes.io/managed-by";
inline constexpr const char* kRunLabel = "thaw.dev/run";
inline constexpr const char* kFunctionLabel = "thaw.dev/function";

// One object, as it is sent, but for its owner.
struct Planned {
  Resource resource;
  std::string ns;    // empty: the cluster's
  std::string name;  // empty with generateName
  std::string json;
  bool shared = false;  // one that is there already with the same content is used as it is
};

// Where a function of the scenario is found on the cluster.
struct FunctionOn {
  std::size_t function = 0;  // index into Scenario::functions
  std::string name, ns;      // of its workload, and its namespace
  std::string kind;          // "Deployment", "StatefulSet", "Service" of Knative,
                             // "Function" of OpenFaaS, "Pod"; empty: OpenFaaS refuses it
  bool realised = false;
  std::string service;     // that leads to its pods; empty: none does
  int port = 0;            // of that Service
  int container_port = 0;  // behind it; 0: nobody said
};

bool makes_pods(const Resource& resource);  // a Deployment, a Knative Service, a Pod and their kin

struct Plan {
  std::string scenario, run;
  std::vector<std::string> namespaces;  // where its objects are, by name
  std::vector<Planned> objects;         // in the order in which they are made
  std::vector<FunctionOn> functions;    // as the scenario's
  std::vector<std::string> notices;
};

struct PlanSettings {
  std::string run = {};  // id: see new_run_id
  // Whether thaw scales this function; null: all of them.
  std::function<bool(const FunctionSpec&)> driven = {};
  bool gateway_is_there = false;  // what serves the functions, and scales the others of them
  // Added to the pod template of each workload; they win over what a manifest says.
  std::function<std::map<std::string, std::string>(const Workload&)> annotations = {};
  bool ingresses = true;  // the cluster has an IngressClass
};

Plan plan(const Scenario& scenario, const std::vector<RawObject>& objects, const Served& served,
          const PlanSettings& settings);

// The same after asking the cluster what it serves, and whether it has an IngressClass.
Awaitable<Plan> plan_for(kubernetes::Reader& reader, const Scenario& scenario,
                         const std::vector<RawObject>& objects, PlanSettings settings);

}  // namespace thaw::applied
