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
    std::string policy;  // as after --policy; empty: what its annotations ask for
    // With `policy`, a bare name then: all of its settings. Not in the file: of who read manifests.
    std::optional<Params> settings;
    bool scaled_by_others = false;  // its calls are answered, and that is all. Not in the file
    std::optional<int> most;        // an operator's cap
    // Of its calls; empty: what its annotations ask for, else the gateway's.
    std::optional<Duration> timeout;
    std::optional<int> per_replica, queue;
    std::optional<bool> hidden;
    std::string service, port;  // where its replicas answer; empty: found
    Place place;
  };
  // Present: calls of functions go through this process.
  struct Gateway {
    // Calls that need no answer at once are taken where there is a file to keep them in.
    struct Async {
      std::string path;
      Bytes body{1 << 20};
      Duration remembered = std::chrono::hours(24);  // keys of calls that are over
      std::vector<std::string> callback_hosts;       // empty: any, by its address
    };
    std::string listen = "127.0.0.1:5000";
    std::string certificate, key;                   // PEM files; both empty: plain HTTP
    Duration timeout = std::chrono::seconds(1200);  // of a call, to its last byte
    int queue = 10'000, per_replica = 0;            // 0: any number
    int connections = 20'000;
    Bytes body{std::int64_t{500} << 20};
    Duration drain = std::chrono::seconds(20);  // what SIGTERM leaves to calls under way
    std::string name = "thaw-gateways";         // the ConfigMap in which they tell each other
    std::optional<Async> async;
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
    std::map<std::string, std::string> labels = {};  // not in the file: of who runs a driver
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
  std::optional<Gateway> gateway;
  Versions versions;
  std::vector<Function> functions;
  bool named_only = false;  // annotations of others are no function. Not in the file
};

// `file` is what errors name.
DriveConfig parse_drive_config(std::string_view text, const std::string& file);
DriveConfig load_drive_config(const std::string& path);

}  // namespace thaw
