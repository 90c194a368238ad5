// What stands in front of functions: takes calls, holds or spreads them, tells when they are
// answered. One kind a file: SlimFaas's gateway, Knative's data path, a plain Service.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/policy.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/workload/door.hpp"
#include "sim/pods.hpp"
#include "sim/requests.hpp"

namespace thaw::sim {

class GatewayListener {
 public:
  virtual ~GatewayListener() = default;
  virtual void answered(RequestId id, const Answer& answer) = 0;
  virtual void activity_at_zero(
      std::size_t function) = 0;                        // a call or a wake found no ready replica
  virtual void path_changed(std::size_t function) = 0;  // what path() says
};

class Gateway {
 public:
  virtual ~Gateway() = default;

  virtual Call resolve(Method method, std::string_view path) const = 0;
  virtual void start() = 0;
  virtual void accept(RequestId id, const Call& call) = 0;
  virtual void abort(RequestId id) = 0;                         // the caller is gone
  virtual void served(RequestId id, const Answer& answer) = 0;  // by its replica
  virtual void dropped(RequestId id) = 0;         // its replica went away in mid-answer
  virtual void readiness_changed(std::size_t) {}  // whether the function has a ready replica
  virtual void pod_ready(const Pod&) {}
  virtual void pod_not_ready(const Pod&) {}  // takes nothing new
  virtual void pod_leaving(const Pod&) {}    // what it has will be dropped, after this

  virtual bool up(const Call& call) const = 0;
  // The process dies: calls under way are forgotten, the caller of crash() answers them. Idle
  // clocks survive only where they are on disk.
  virtual std::vector<RequestId> crash(bool keep_idle_clocks) = 0;

  virtual std::optional<TimePoint> last_activity(std::size_t function) const = 0;

  // For policies that steer the path, and that live on its reports (Wants::load).
  virtual PathFacts path(std::size_t) const { return {}; }
  virtual void steer(std::size_t, PathMode, std::uint16_t /*gateways*/) {}
  // Whether it reports at all; where it does not, the world measures in its place.
  virtual bool reports(std::size_t) const { return false; }
  // Moves what was reported since the last call to the end of `into`.
  virtual void take_load(std::size_t, std::vector<Load>&) {}
};

}  // namespace thaw::sim
