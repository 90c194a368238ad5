// The nodes of a scenario's pools. A node counts from when it is Ready first until its object is
// gone, as in the simulator.
//
// Its pool is what its labels say: thaw.dev/pool, or the provider's own. It is ordered when whoever
// runs the cloud says so, else when its object is there. Told of each once: ordered, created (its
// object), ready, allocatable (its GPUs), draining, gone.
// Source of the labels: Scaleway's, Google's and Amazon's documentation, and Karpenter's.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "drivers/observed/view.hpp"

namespace thaw::observed {

struct Node {
  enum class Stage : std::uint8_t { ordered, created, ready, usable, draining };
  std::size_t pool = 0;
  Stage stage = Stage::ordered;
  TimePoint ordered;
  bool was_ready = false;
  std::map<std::string, std::int64_t> allocatable_milli;
};

class Nodes {
 public:
  explicit Nodes(View& view) : view_(view) {}

  void ordered(const std::string& pool, const std::string& name);
  void not_coming(const std::string& name);  // an order that came to nothing
  void apply(const nlohmann::json& object);
  void remove(const nlohmann::json& object);

  const std::map<std::string, Node>& all() const { return nodes_; }  // by name

 private:
  Node* known(const nlohmann::json& object, const std::string& name);
  void tell(const Node& node, const std::string& name, const std::string& what,
            const std::string& words);
  void count(std::size_t pool);

  View& view_;
  std::map<std::string, Node> nodes_;
};

// Empty: none of the labels is there.
std::string pool_of(const nlohmann::json& node);

// Whether a node is Ready and offers what its pool has.
class ReadyNode {
 public:
  explicit ReadyNode(const Scenario& scenario) : scenario_(scenario) {}
  bool operator()(const nlohmann::json& node) const;

 private:
  const Scenario& scenario_;
};

}  // namespace thaw::observed
