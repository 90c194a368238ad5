// The configuration of `thaw drive`: which cluster, which namespaces, who scales what.
//
// Read as strictly as a scenario: every problem with file:line:column and the key path, all at
// once, as InputError. Durations are at least as long as said at the key. A Deployment annotated
// SlimFaas/Function: "true" is a function without being named here.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/time.hpp"
#include "engine/version.hpp"

namespace thaw {

struct DriveConfig {
  struct Function {
    std::string name;  // of the function and, unless said, of its Deployment
    std::string ns = "default";
    std::string workload;  // empty: `name`
    bool stateful = false;
    std::string policy;       // as after --policy; empty: what its annotations ask for
    std::optional<int> most;  // an operator's cap
    Place place;
  };
  struct Lease {
    std::string name = "thaw";
    std::string ns;  // empty: POD_NAMESPACE, else the first of `namespaces`
    Duration duration = std::chrono::seconds(15), renew = std::chrono::seconds(10),
             retry = std::chrono::seconds(2);
  };
  struct StateMap {
    std::string name = "thaw-state";
    std::string ns;  // empty: as the Lease's
    Duration every = std::chrono::seconds(5);
  };
  struct MetricsStore {
    std::string prometheus;  // base URL; empty: none
    Duration scrape = std::chrono::seconds(15), poll = std::chrono::seconds(15);
  };
  // What the cluster's nodes may cost; beyond that nothing is scaled up.
  struct Spending {
    Nanomoney most = 0;
    std::string currency;
    Duration per = std::chrono::hours(24);      // counted anew after so long
    std::map<std::string, Nanomoney> per_hour;  // by the nodes' instance type
  };
  std::string kubeconfig, context;  // empty: as kubectl finds them, else the pod's own account
  std::vector<std::string> namespaces;
  std::string listen = "127.0.0.1:8080";
  Lease lease;
  StateMap state;
  MetricsStore metrics;
  std::optional<Spending> spending;
  Versions versions;
  std::vector<Function> functions;
};

// `file` is what errors name.
DriveConfig parse_drive_config(std::string_view text, const std::string& file);
DriveConfig load_drive_config(const std::string& path);

}  // namespace thaw
