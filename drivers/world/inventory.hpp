// What is in the cluster, as the watches tell it: workloads, their pods, and who else scales them.
//
// Threads: one; a listener is called from within apply and remove, after the inventory has changed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "drivers/pace.hpp"
#include "drivers/world/objects.hpp"
#include "drivers/world/starts.hpp"

namespace thaw::world {

class Inventory {
 public:
  struct Pod {
    std::uint64_t id;  // as long as this process lives
    PodState state;
  };
  using Pods = std::map<std::uint64_t, Pod>;

  class Listener {
   public:
    virtual ~Listener() = default;
    // `settings`: more than its replicas or its status; also when it is gone.
    virtual void workload_changed(const WorkloadKey& key, bool settings) = 0;
    virtual void pods_changed(const WorkloadKey& key) = 0;
  };
  // `pace`: what the server's times of day are in scenario time; empty: themselves.
  explicit Inventory(Listener& listener, std::optional<Pace> pace = {})
      : listener_(listener), pace_(pace) {}

  void apply_workload(const nlohmann::json& object, bool stateful);
  void remove_workload(const nlohmann::json& object, bool stateful);
  void apply_pod(const nlohmann::json& object);
  void remove_pod(const nlohmann::json& object);
  void apply_hpa(const nlohmann::json& object);
  void remove_hpa(const nlohmann::json& object);

  const std::map<WorkloadKey, WorkloadState>& workloads() const { return workloads_; }
  const WorkloadState* find(const WorkloadKey& key) const;  // nullptr: not there
  const Pods& pods_of(const WorkloadKey& key) const;
  Replicas ready(const WorkloadKey& key) const;  // Ready and not Terminating
  std::optional<std::uint64_t> id_of_pod(std::string_view ns, std::string_view name) const;
  const Pod* find_pod(std::string_view ns, std::string_view name) const;  // nullptr: not there
  const std::map<std::pair<std::string, std::string>, HpaState>& hpas() const { return hpas_; }
  std::size_t pods() const { return owners_.size(); }
  const Starts& starts() const { return starts_; }

 private:
  Listener& listener_;
  std::optional<Pace> pace_;
  std::map<WorkloadKey, WorkloadState> workloads_;
  std::map<WorkloadKey, Pods> pods_;
  // By uid: of whom it is, and its id. A pod of nobody is not kept.
  std::unordered_map<std::string, std::pair<WorkloadKey, std::uint64_t>> owners_;
  // By "NAMESPACE/NAME": of whom a pod is, and its id.
  std::map<std::string, std::pair<WorkloadKey, std::uint64_t>, std::less<>> names_;
  std::map<std::pair<std::string, std::string>, HpaState> hpas_;  // by namespace and name
  std::uint64_t next_pod_ = 1;
  Starts starts_;
};

}  // namespace thaw::world
