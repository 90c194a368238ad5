// The cluster's port of a driver that writes, and what keeps it from writing what it should not.
//
// A decision is refused where nothing says that this process may write, and one to scale down
// where something is missing or stale, or to zero while calls are on. One write of a function is
// under way at a time; what is decided meanwhile is decided again after it. Threads: one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "drivers/world/observer.hpp"

namespace thaw::world {

// Writes replicas, without being waited for.
class Scaler {
 public:
  enum class Outcome : std::uint8_t { done, conflict, failed };
  struct Write {
    WorkloadKey target;
    Replicas from, to;
    std::string resource_version;  // of the object that the decision was made on
    Reason why;
  };
  virtual ~Scaler() = default;
  virtual bool may_write() const = 0;
  virtual bool may_grow() const = 0;  // false: what the nodes may cost is spent
  virtual void scale(Write write, std::function<void(Outcome)> done) = 0;
};

class LiveCluster final : public Cluster {
 public:
  // `again`: after a write that did not come about, its function is asked again.
  LiveCluster(Observer& observer, const Inventory& inventory, Scaler& scaler,
              std::function<void(FunctionId)> again)
      : observer_(observer), inventory_(inventory), scaler_(scaler), again_(std::move(again)) {}

  void serve(const Functions& functions);  // forgets what was under way
  const Observation& observe(FunctionId id, const Wants& wants, Cause cause) override;
  std::uint64_t submit(FunctionId id, const Decision& decision) override;

  std::uint64_t held_back() const { return held_back_; }  // refused, for want of facts or right

 private:
  void settle(FunctionId id, std::uint64_t ticket, Scaler::Outcome outcome);

  Observer& observer_;
  const Inventory& inventory_;
  Scaler& scaler_;
  std::function<void(FunctionId)> again_;
  const Functions* functions_ = nullptr;
  std::map<FunctionId, WriteFacts> writes_;
  std::uint64_t tickets_ = 0, held_back_ = 0;
  bool blind_ = false;  // of the observation before the decision
};

}  // namespace thaw::world
