// The SlimFaas gateway: holds calls while a function is cold, sends them to a replica, wakes, tells
// status.
//
// It sees readiness as of its last poll of the cluster. A held call looks at that picture on its
// own small grid, and once its wait is over it is sent anyway: what is ready then, answers. The
// idle clock is refreshed while a call is held or in flight and while a wake is under way; the
// refreshes are computed when they are asked for, not fired.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/gateway.hpp"
#include "sim/gateway_settings.hpp"
#include "sim/requests.hpp"
#include "sim/serving.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class SlimFaasGateway final : public Gateway, public Handler {
 public:
  SlimFaasGateway(World& world, Requests& requests, Serving& serving, GatewaySettings settings,
                  GatewayListener& listener);

  Call resolve(Method method, std::string_view path) const override;
  void start() override;  // now is the anchor of its poll grid
  void accept(RequestId id, const Call& call) override;
  void abort(RequestId id) override;
  void served(RequestId id, const Answer& answer) override;
  void dropped(RequestId id) override;
  void readiness_changed(std::size_t function) override;

  bool up(const Call&) const override { return up_; }
  std::vector<RequestId> crash(bool keep_idle_clocks) override;

  std::optional<TimePoint> last_activity(std::size_t function) const override;
  const GatewaySettings& settings() const { return settings_; }

  void fire(std::uint32_t what, std::uint64_t arg) override;

 private:
  struct Function {
    std::optional<TimePoint> last_touch;
    std::optional<TimePoint> wake_since,
        wake_end;  // wake_end: its last refresh, once a pod was seen ready
    std::vector<RequestId> held, sent;
    bool seen_ready = false;  // as of the last poll
  };
  void hold(RequestId id);
  void send(RequestId id, bool waited_out);
  void pick_again(RequestId id, int tries_left);
  void set_picking(RequestId id, bool picking);
  void finish(RequestId id, const Answer& answer, bool touch);
  void forget(RequestId id);
  void wake(std::size_t function);
  void poll(std::size_t function);
  void release(RequestId id);
  bool may_go(std::size_t function) const;
  void touch(std::size_t function, TimePoint t);
  void note(std::size_t function, TimePoint by_own_clock);
  TimePoint next_poll() const;
  TimePoint refreshed(RequestId id, Duration period) const;

  World& world_;
  Requests& requests_;
  Serving& serving_;
  GatewaySettings settings_;
  GatewayListener& listener_;
  std::vector<Function> functions_;
  TimePoint started_{};
  bool up_ = false;
};

}  // namespace thaw::sim
