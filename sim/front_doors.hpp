// Every way into the cluster as one: each function is behind SlimFaas's gateway or OpenFaaS's, on
// Knative's data path, or a plain Service, by what its manifest is.
#pragma once

#include <memory>
#include <vector>

#include "engine/diagnostic.hpp"
#include "sim/gateway.hpp"
#include "sim/serving.hpp"

namespace thaw::sim {

class FrontDoors final : public Gateway {
 public:
  FrontDoors(World& world, Requests& requests, Serving& serving, GatewayListener& listener,
             Diagnostics& diagnostics);
  ~FrontDoors() override;

  Call resolve(Method method, std::string_view path) const override;
  void start() override;
  void accept(RequestId id, const Call& call) override;
  void abort(RequestId id) override { of(id).abort(id); }
  void served(RequestId id, const Answer& answer) override { of(id).served(id, answer); }
  void dropped(RequestId id) override { of(id).dropped(id); }
  void readiness_changed(std::size_t function) override;
  void pod_ready(const Pod& pod) override { of_function_[pod.function]->pod_ready(pod); }
  void pod_not_ready(const Pod& pod) override { of_function_[pod.function]->pod_not_ready(pod); }
  void pod_leaving(const Pod& pod) override { of_function_[pod.function]->pod_leaving(pod); }

  bool up(const Call& call) const override { return door_of(call).up(call); }
  std::vector<RequestId> crash(bool keep_idle_clocks) override;

  std::optional<TimePoint> last_activity(std::size_t function) const override {
    return of_function_[function]->last_activity(function);
  }
  PathFacts path(std::size_t function) const override {
    return of_function_[function]->path(function);
  }
  void steer(std::size_t function, PathMode mode, std::uint16_t gateways) override {
    of_function_[function]->steer(function, mode, gateways);
  }
  bool reports(std::size_t function) const override {
    return of_function_[function]->reports(function);
  }
  void take_load(std::size_t function, std::vector<Load>& into) override {
    of_function_[function]->take_load(function, into);
  }

 private:
  Gateway& of(RequestId id) { return *of_function_[requests_.get(id).function]; }
  Gateway& door_of(const Call& call) const;

  Requests& requests_;
  std::unique_ptr<Gateway> slimfaas_, openfaas_, knative_,
      service_;  // empty where nobody is behind it
  std::vector<Gateway*> of_function_;
};

}  // namespace thaw::sim
