// The watches of a driver: workloads, pods and HPAs of each namespace, told to the inventory; and
// what only some need.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/kubernetes/reflector.hpp"
#include "drivers/world/endpoints.hpp"
#include "drivers/world/heard_calls.hpp"
#include "drivers/world/inventory.hpp"
#include "drivers/world/recording.hpp"
#include "drivers/world/spending.hpp"

namespace thaw::world {

class Watches {
 public:
  // Whom what is told to; nullptr: it is not looked at.
  struct Told {
    Inventory& inventory;
    Spending* nodes = nullptr;
    Endpoints* endpoints = nullptr;
    HeardCalls* calls = nullptr;
    std::string calls_namespace = {}, calls_name = {};  // of their ConfigMap
    std::optional<Recording>* recording = nullptr;      // of nodes, where they are looked at
  };
  Watches(kubernetes::Reader& reader, const std::vector<std::string>& namespaces, const Told& told);
  ~Watches();

  void start();
  void stop();
  bool synced() const;  // all of them
  // What is known holds since then: `now` while every watch is open, else when the oldest broken
  // one was last heard of; the epoch before that.
  TimePoint facts_taken(TimePoint now) const;
  const std::vector<std::unique_ptr<kubernetes::Reflector>>& all() const { return reflectors_; }
  std::string trouble() const;  // of those that are not synced, for /readyz; empty: none

 private:
  kubernetes::Reader& reader_;
  std::vector<std::unique_ptr<kubernetes::Sink>> sinks_;
  std::vector<std::unique_ptr<kubernetes::Reflector>> reflectors_;
};

}  // namespace thaw::world
