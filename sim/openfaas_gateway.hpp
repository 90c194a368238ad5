// OpenFaaS's gateway: forwards a call to a ready replica, and holds it while there is none.
//
// Of a function it asks the cluster for, at most every 250 ms, whether a replica is available; a
// call that finds none asks again each 100 ms, and after 1000 times it is forwarded all the same.
// The wait counts against the time-outs of the call's connection, which cut it first unless
// somebody raised them. A call under way in a replica goes on when its caller is cut off; here it
// ends with the connection.
// Source: gateway handlers/scaling.go and scaling/function_scaler.go, forwarding_proxy.go.
#pragma once

#include <optional>
#include <vector>

#include "sim/gateway.hpp"
#include "sim/openfaas_settings.hpp"
#include "sim/requests.hpp"
#include "sim/serving.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class OpenFaasGateway final : public Gateway, public Handler {
 public:
  OpenFaasGateway(World& world, Requests& requests, Serving& serving, OpenFaasSettings settings,
                  GatewayListener& listener);

  // /function/NAME/… and /function/NAME.NAMESPACE/…
  Call resolve(Method method, std::string_view path) const override;
  void start() override {}
  void accept(RequestId id, const Call& call) override;
  void abort(RequestId id) override;
  void served(RequestId id, const Answer& answer) override;
  void dropped(RequestId id) override;
  void readiness_changed(std::size_t function) override;

  // Nothing is lost with Prometheus or Alertmanager, and its own end is not modelled.
  bool up(const Call&) const override { return true; }
  std::vector<RequestId> crash(bool) override { return {}; }

  std::optional<TimePoint> last_activity(std::size_t function) const override {
    return functions_[function].last_call;
  }

  void fire(std::uint32_t what, std::uint64_t arg) override;

 private:
  struct Function {
    std::optional<TimePoint> last_call, seen_available;
    std::vector<RequestId> held, sent;
  };
  bool may_go(Function& function, std::size_t index);
  void hold(RequestId id);
  void send(RequestId id);
  void poll(RequestId id);
  bool over_the_watchdogs_limit(const Request& request) const;
  void forget(RequestId id);
  void finish(RequestId id, const Answer& answer);

  World& world_;
  Requests& requests_;
  Serving& serving_;
  OpenFaasSettings settings_;
  GatewayListener& listener_;
  std::vector<Function> functions_;
};

}  // namespace thaw::sim
