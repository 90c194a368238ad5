// A plain Kubernetes Service: a call goes to a ready replica, or is refused. Nobody holds it and
// nobody wakes anything.
//
// kube-proxy spreads connections, and each call is one of its own: with `dispatch: random` and
// `queue: replica` it takes any ready replica, blind to how many wait there. The other orders are
// those of a proxy that looks, and see a free slot first.
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
  void served(RequestId id, const Answer& answer) override { listener_.answered(id, answer); }
  void pod_ready(const Pod& pod) override;
  void pod_not_ready(const Pod& pod) override;
  void pod_leaving(const Pod& pod) override { pod_not_ready(pod); }
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
  std::vector<std::vector<PodId>> endpoints_;  // of each function, in the order of readiness
  std::vector<Random> choice_;                 // of each function
};

}  // namespace thaw::sim
