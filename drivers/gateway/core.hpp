// What all conversations share: the settings, the functions, the clockwork, and each other.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "drivers/gateway/balancer.hpp"
#include "drivers/gateway/gateway.hpp"
#include "drivers/gateway/kept.hpp"
#include "drivers/gateway/ring.hpp"
#include "drivers/gateway/wheel.hpp"

namespace thaw::gateway {

class Caller;
class Call;

struct Every;     // tags of rings
struct Headless;  // callers without a whole head

struct Core {
  Core(Settings set, Gateway::Hooks told, boost::asio::any_io_executor runs)
      : settings(std::move(set)),
        hooks(std::move(told)),
        executor(std::move(runs)),
        wheel(now()),
        kept(settings.kept_connections) {}

  bool inside(const std::string& address) const {
    return routes && std::ranges::binary_search(routes->inside, address);
  }

  Settings settings;
  Gateway::Hooks hooks;
  boost::asio::any_io_executor executor;
  Wheel wheel;
  Balancer balancer;
  Kept kept;
  std::shared_ptr<const Routes> routes;
  std::size_t connections = 0;  // of callers
  std::size_t bodies = 0;       // bytes of bodies that are read whole, and not answered yet
  bool draining = false;

  Ring<Caller, Every> callers;
  Ring<Caller, Headless> headless;  // the longest first
  Ring<Call, Every> calls;
};

}  // namespace thaw::gateway
