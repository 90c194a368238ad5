// Where the replicas of functions answer: the EndpointSlices of their namespaces.
//
// Slices belong to a function by the pods that they point at, not by labels. Of several Services
// that lead to its pods it is that of the function's own name, else the first by name; the
// configuration may name another, and then its endpoints count whatever they point at. The port is
// the one that the configuration names or numbers, else the slice's only one, else the one called
// http, else the lowest. An endpoint counts that is ready (not said: ready) and whose pod is not
// Terminating; one pod is one replica, by its IPv4 address before its IPv6 one. Threads: one.
// Source: discovery.k8s.io/v1.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "drivers/gateway/routes.hpp"
#include "drivers/world/inventory.hpp"

namespace thaw::world {

struct SliceState {
  struct Port {
    std::string name;
    std::uint16_t number = 0;
  };
  struct Endpoint {
    std::string address, pod;  // pod: empty where it points at something else
    bool ready = true;
  };
  std::string ns, name, service;
  std::vector<Port> ports;  // of TCP
  std::vector<Endpoint> endpoints;
  bool ipv6 = false;
};

SliceState slice_of(const nlohmann::json& object);

class Endpoints {
 public:
  // What the configuration says of one function; empty: found.
  struct Choice {
    std::string service, port;
  };
  explicit Endpoints(std::function<void()> changed) : changed_(std::move(changed)) {}

  void apply(const nlohmann::json& object);
  void remove(const nlohmann::json& object);

  // Whose replicas each Service leads to, as of now: one look for all functions.
  class Look {
   public:
    // By address; `function`: its name, which its Service may have.
    std::vector<gateway::Replica> ready(const WorkloadKey& key, const std::string& function,
                                        const Choice& choice) const;

   private:
    friend class Endpoints;
    using Slices = std::vector<const SliceState*>;
    const Slices* slices_of(const WorkloadKey& key, const std::string& function,
                            const Choice& choice) const;

    const Inventory* inventory_ = nullptr;
    std::map<std::pair<std::string, std::string>, Slices> services_;  // namespace and name
    std::map<WorkloadKey, std::map<std::string, const Slices*>> of_;  // Services with pods of it
  };
  Look look(const Inventory& inventory) const;

 private:
  std::function<void()> changed_;
  std::map<std::pair<std::string, std::string>, SliceState> slices_;  // namespace and name
};

}  // namespace thaw::world
