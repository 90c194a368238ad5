// The outermost hop: an nginx Ingress in front of the gateway, with its read timeout, or the mesh's
// gateway, whose VirtualServices take the paths that they name. Else calls meet the gateway
// directly. Answers are modelled as arriving whole, so the time between two
// reads is the time to the answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/gateway.hpp"
#include "sim/requests.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

// How one path of the load travels; resolved once.
struct Route {
  bool through_ingress = false;
  Duration read_timeout{};
  std::optional<Answer> refused;  // no rule for the path, or no Service behind it
  Call call;
};

class IngressListener {
 public:
  virtual ~IngressListener() = default;
  virtual void replied(RequestId id, const Answer& answer) = 0;  // the last byte reached the client
};

class Ingress final : public Handler {
 public:
  // `gateways`: the workloads of those with paths of their own.
  Ingress(World& world, Requests& requests, Gateway& gateway, std::vector<const Workload*> gateways,
          IngressListener& listener);

  Route resolve(Method method, std::string_view path) const;
  void accept(RequestId id, const Route& route);
  void answered(RequestId id, const Answer& answer);  // by the gateway
  void gateway_crashed(const std::vector<RequestId>& orphans);

  void fire(std::uint32_t what, std::uint64_t arg) override;

 private:
  const IngressRule* rule_for(std::string_view path, const IngressObject*& object) const;
  bool leads_to(const Workload& workload, const IngressRule& rule, const std::string& ns) const;
  std::optional<std::size_t> function_behind(const IngressRule& rule, const std::string& ns) const;

  World& world_;
  Requests& requests_;
  Gateway& gateway_;
  std::vector<const Workload*> gateways_;
  IngressListener& listener_;
};

}  // namespace thaw::sim
