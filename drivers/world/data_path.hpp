// The gateway of a driver: what the cluster says goes to it as routes, and what it sees of calls
// comes back as activity, load and wakes.
//
// Calls that need no answer at once, where they are taken, count as well: those that wait as
// waiting, those that a function said it goes on with as in service.
//
// Routes are made anew when functions, endpoints
// or pods have changed: 2 ms later, so that what comes together is taken together, and 50 ms apart.
// Threads: all here runs on the control thread; what the gateway's own thread tells is posted to
// it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "drivers/gateway/async/attachment.hpp"
#include "drivers/gateway/gateway.hpp"
#include "drivers/world/calls.hpp"
#include "drivers/world/endpoints.hpp"
#include "drivers/world/functions.hpp"
#include "drivers/world/live_clock.hpp"
#include "drivers/world/log.hpp"
#include "engine/scenario/drive_config.hpp"

namespace thaw::world {

class DataPath {
 public:
  struct Ports {
    boost::asio::any_io_executor executor;  // of the control thread
    const LiveClock& clock;
    const Inventory& inventory;
    const Endpoints& endpoints;
    const Functions& functions;
    Calls& calls;
    std::string identity;
    TimePoint since;  // it begins to count
    std::function<void(const FunctionName&)> wanted;
    std::function<Awaitable<http::Response>(http::Request)> pages;
    Log& log;
  };
  // http::Failure when it cannot listen, StoreError for the file of calls.
  DataPath(const DriveConfig::Gateway& config, Ports ports);

  void route_soon();
  void look();  // at the calls, into `calls`
  // What is under way comes to its end, for so long at most.
  Awaitable<void> drain(Duration within);

  // For the private pages.
  Awaitable<http::Response> dead_letters(http::Request request);

  const std::vector<gateway::Traffic>& traffic() const { return traffic_; }  // as last looked at
  const gateway::async::Metrics* async() const { return async_ ? &async_metrics_ : nullptr; }
  const GatewayCalls& own() const { return own_; }  // the same
  std::uint16_t port() const { return gateway_->port(); }
  bool routed() const { return routes_ != nullptr; }

 private:
  Awaitable<void> route();
  void tell_unreached();

  Ports ports_;
  std::vector<gateway::Traffic> traffic_;
  GatewayCalls own_;
  std::shared_ptr<const gateway::Routes> routes_;
  TimePoint routed_, checked_;
  std::map<FunctionName, bool> unreached_;  // ready, and without an address; whether that was told
  bool route_due_ = false;
  gateway::async::Metrics async_metrics_;              // as last looked at
  std::shared_ptr<gateway::async::Attachment> async_;  // nullptr: none are taken
  std::shared_ptr<gateway::Gateway> gateway_;          // last: its thread ends first
};

}  // namespace thaw::world
