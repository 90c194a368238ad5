#include "drivers/world/endpoints.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "drivers/kubernetes/json_fields.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::world {
namespace {

using kubernetes::field;
using kubernetes::Json;
using kubernetes::number_at;
using kubernetes::text_at;

std::optional<std::uint16_t> number_of(const std::string& text) {
  const auto number = units::integer(text);
  if (!number || *number < 1 || *number > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

std::optional<std::uint16_t> port_of(const SliceState& slice, const std::string& chosen) {
  if (const auto number = number_of(chosen)) return number;
  const auto named = [&](const std::string& name) -> std::optional<std::uint16_t> {
    for (const SliceState::Port& port : slice.ports)
      if (port.name == name) return port.number;
    return std::nullopt;
  };
  if (!chosen.empty()) return named(chosen);
  if (slice.ports.empty()) return std::nullopt;
  if (slice.ports.size() == 1) return slice.ports.front().number;
  if (const auto http = named("http")) return http;
  const auto by_number = [](const auto& a, const auto& b) { return a.number < b.number; };
  return std::min_element(slice.ports.begin(), slice.ports.end(), by_number)->number;
}

}  // namespace

SliceState slice_of(const Json& object) {
  SliceState slice;
  slice.ns = text_at(object, {"metadata", "namespace"});
  slice.name = text_at(object, {"metadata", "name"});
  slice.service = text_at(object, {"metadata", "labels", "kubernetes.io/service-name"});
  const std::string family = text_at(object, {"addressType"});
  slice.ipv6 = family == "IPv6";
  if (family != "IPv4" && family != "IPv6") return slice;  // a name, which nothing here looks up
  if (const Json* const ports = field(object, {"ports"}); ports && ports->is_array())
    for (const Json& port : *ports) {
      const std::string protocol = text_at(port, {"protocol"});
      const std::int64_t number = number_at(port, {"port"});
      if ((protocol.empty() || protocol == "TCP") && number > 0 && number <= 65535)
        slice.ports.push_back({text_at(port, {"name"}), static_cast<std::uint16_t>(number)});
    }
  if (const Json* const endpoints = field(object, {"endpoints"});
      endpoints && endpoints->is_array())
    for (const Json& one : *endpoints) {
      const Json* const addresses = field(one, {"addresses"});
      if (!addresses || !addresses->is_array() || addresses->empty()) continue;
      if (!addresses->front().is_string()) continue;
      const Json* const ready = field(one, {"conditions", "ready"});
      const bool of_pod = text_at(one, {"targetRef", "kind"}) == "Pod";
      slice.endpoints.push_back({addresses->front().get<std::string>(),
                                 of_pod ? text_at(one, {"targetRef", "name"}) : std::string(),
                                 !ready || !ready->is_boolean() || ready->get<bool>()});
    }
  return slice;
}

void Endpoints::apply(const Json& object) {
  SliceState slice = slice_of(object);
  const auto key = std::pair(slice.ns, slice.name);
  slices_.insert_or_assign(key, std::move(slice));
  changed_();
}

void Endpoints::remove(const Json& object) {
  if (slices_.erase(
          {text_at(object, {"metadata", "namespace"}), text_at(object, {"metadata", "name"})}) > 0)
    changed_();
}

Endpoints::Look Endpoints::look(const Inventory& inventory) const {
  Look look;
  look.inventory_ = &inventory;
  for (const bool ipv6 : {false, true})
    for (const auto& [key, slice] : slices_)
      if (slice.ipv6 == ipv6) look.services_[{slice.ns, slice.service}].push_back(&slice);
  for (const auto& [service, slices] : look.services_)
    for (const SliceState* const slice : slices)
      for (const SliceState::Endpoint& endpoint : slice->endpoints)
        if (const auto* const pod = inventory.find_pod(slice->ns, endpoint.pod))
          look.of_[*pod->state.owner].emplace(service.second, &slices);
  return look;
}

const Endpoints::Look::Slices* Endpoints::Look::slices_of(const WorkloadKey& key,
                                                          const std::string& function,
                                                          const Choice& choice) const {
  if (!choice.service.empty()) {
    const auto named = services_.find({key.ns, choice.service});
    return named == services_.end() ? nullptr : &named->second;
  }
  const auto own = of_.find(key);
  if (own == of_.end()) return nullptr;
  const auto of_its_name = own->second.find(function);
  return of_its_name != own->second.end() ? of_its_name->second : own->second.begin()->second;
}

std::vector<gateway::Replica> Endpoints::Look::ready(const WorkloadKey& key,
                                                     const std::string& function,
                                                     const Choice& choice) const {
  const Slices* const slices = slices_of(key, function, choice);
  std::map<std::string, gateway::Replica> by_address;
  std::set<std::string> pods;
  for (const SliceState* const slice : slices ? *slices : Slices{}) {
    const auto port = port_of(*slice, choice.port);
    if (!port) continue;
    for (const SliceState::Endpoint& endpoint : slice->endpoints) {
      if (!endpoint.ready) continue;
      const auto* const pod = inventory_->find_pod(slice->ns, endpoint.pod);
      if (pod && pod->state.deleting) continue;
      if (choice.service.empty() && (!pod || *pod->state.owner != key)) continue;
      if (by_address.contains(endpoint.address)) continue;
      if (!endpoint.pod.empty() && !pods.insert(endpoint.pod).second) continue;
      by_address[endpoint.address] = {endpoint.pod, endpoint.address, *port};
    }
  }
  std::vector<gateway::Replica> all;
  for (auto& [address, replica] : by_address) all.push_back(std::move(replica));
  return all;
}

}  // namespace thaw::world
