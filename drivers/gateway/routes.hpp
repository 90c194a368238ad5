// What the gateway knows of the functions: where their replicas are, and what each call may cost.
//
// An immutable snapshot, made anew by whoever watches the cluster and handed to Gateway::route.
// Sources: SlimFaas's annotations (visibility, Configuration, NumberParallelRequest), OpenFaaS's
// paths.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/time.hpp"

namespace thaw::gateway {

// Namespace and name.
using FunctionName = std::pair<std::string, std::string>;

// A replica that is ready: a pod, where it listens.
struct Replica {
  std::string pod;
  std::string address;  // an IP
  std::uint16_t port = 0;
  friend bool operator==(const Replica&, const Replica&) = default;
};

// Who may call: a private path answers 404 to callers from outside the namespace's own pods.
struct Visibility {
  bool hidden = false;                              // where no prefix fits
  std::vector<std::pair<std::string, bool>> paths;  // prefix, hidden; the first that fits, any case
};

// How calls that need no answer at once are delivered.
struct AsyncDelivery {
  std::uint32_t parallel = 10;     // at once, over all replicas
  std::uint32_t per_replica = 10;  // at once, for each ready replica
  Duration timeout = std::chrono::seconds(120);
  std::vector<Duration> retries = {std::chrono::seconds(2), std::chrono::seconds(4),
                                   std::chrono::seconds(8)};
  std::vector<int> retried = {500, 502, 503};  // statuses
};

struct Route {
  FunctionName name;
  Visibility visibility;
  Duration timeout = std::chrono::seconds(1200);  // from a call's arrival to its last byte
  std::uint32_t per_replica = 0;                  // in service at once on one; 0: any number
  std::uint32_t queue = 10'000;                   // calls that may wait for a replica
  AsyncDelivery async;
  std::vector<Replica> ready;
};

struct Routes {
  std::vector<Route> functions;     // by name
  std::vector<std::string> inside;  // addresses of pods that may call what is private, sorted
};

}  // namespace thaw::gateway
