// The outermost hop, simulated: what engine/workload/entrance.hpp says of a path, and its timeout.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/workload/door.hpp"
#include "sim/gateway.hpp"
#include "sim/requests.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class IngressListener {
 public:
  virtual ~IngressListener() = default;
  virtual void replied(RequestId id, const Answer& answer) = 0;  // the last byte reached the client
};

class Ingress final : public Handler, public Door {
 public:
  // `gateways`: the workloads of those with paths of their own.
  Ingress(World& world, Requests& requests, Gateway& gateway, std::vector<const Workload*> gateways,
          IngressListener& listener);

  Route resolve(Method method, std::string_view path) override;
  void accept(RequestId id, const Route& route) override;
  void answered(RequestId id, const Answer& answer);  // by the gateway
  void gateway_crashed(const std::vector<RequestId>& orphans);

  void fire(std::uint32_t what, std::uint64_t arg) override;

 private:
  World& world_;
  Requests& requests_;
  Gateway& gateway_;
  std::vector<const Workload*> gateways_;
  IngressListener& listener_;
};

}  // namespace thaw::sim
