// A plain Kubernetes Service: a call goes to a ready replica, or is refused. Nobody holds it and
// nobody wakes anything.
#pragma once

#include <vector>

#include "sim/gateway.hpp"
#include "sim/serving.hpp"

namespace thaw::sim {

class ServiceGateway final : public Gateway {
 public:
  ServiceGateway(World& world, Requests& requests, Serving& serving, GatewayListener& listener);

  Call resolve(Method method, std::string_view path) const override;
  void start() override {}
  void accept(RequestId id, const Call& call) override;
  void abort(RequestId id) override { serving_.withdraw(id); }
  void served(RequestId id) override { listener_.answered(id, {}); }
  void dropped(RequestId id) override {
    listener_.answered(id, {502, Outcome::failed, CutBy::replica});
  }

  // kube-proxy is in the kernel of every node: it does not die with a controller.
  bool up(const Call&) const override { return true; }
  std::vector<RequestId> crash(bool) override { return {}; }

  std::optional<TimePoint> last_activity(std::size_t function) const override {
    return last_call_[function];
  }

 private:
  World& world_;
  Requests& requests_;
  Serving& serving_;
  GatewayListener& listener_;
  std::vector<std::optional<TimePoint>> last_call_;
};

}  // namespace thaw::sim
