// The Deployment controller: brings the pods of each function to its .spec.replicas.
//
// Which pods go first follows the ReplicaSet controller's ranking: without a node before bound, not
// Ready before Ready, younger before older.
#pragma once

#include <vector>

#include "sim/pods.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class Deployments final : public Handler {
 public:
  Deployments(World& world, Pods& pods);

  void start();  // as the manifests say
  void scale(std::size_t function, Replicas replicas);
  Replicas spec(std::size_t function) const { return spec_[function]; }
  void wake(std::size_t function);  // its pods changed
  std::int64_t scale_ups(std::size_t function) const { return ups_[function]; }
  std::int64_t scale_downs(std::size_t function) const { return downs_[function]; }

  void fire(std::uint32_t what, std::uint64_t function) override;

 private:
  void tell_refused(std::size_t function);

  World& world_;
  Pods& pods_;
  std::vector<Replicas> spec_;
  std::vector<bool> due_;
  std::vector<std::int64_t> ups_, downs_;
};

}  // namespace thaw::sim
