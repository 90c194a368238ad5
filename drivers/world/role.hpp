// What a driver is to its cluster: one that writes while it leads, or a shadow that only looks.
#pragma once

#include <optional>
#include <string>

#include "drivers/http/awaitable.hpp"
#include "drivers/http/message.hpp"
#include "drivers/kubernetes/reader.hpp"
#include "drivers/world/activity.hpp"
#include "drivers/world/control.hpp"
#include "drivers/world/functions.hpp"
#include "drivers/world/observer.hpp"
#include "drivers/world/open_metrics.hpp"
#include "drivers/world/spending.hpp"
#include "drivers/world/watches.hpp"
#include "engine/scenario/drive_config.hpp"

namespace thaw::world {

// What both roles work on; it outlives them.
struct Surroundings {
  const DriveConfig& config;
  const std::string& identity;
  const std::string& address;  // where this process answers HTTP
  kubernetes::Reader& reader;
  const Inventory& inventory;
  const Watches& watches;
  const Clock& clock;
  Observer& observer;
  Control& control;
  Spending& spending;
  Log& log;
  const HeardCalls* heard = nullptr;  // of other gateways; nullptr: none runs here
};

class Role {
 public:
  virtual ~Role() = default;
  virtual Cluster& cluster() = 0;
  virtual void serve(const Functions&) {}
  virtual Awaitable<void> check() = 0;  // before anything: throws std::runtime_error
  virtual void start() = 0;
  virtual Awaitable<void> leave() = 0;  // a clean end; bounded
  virtual void keep_soon() {}
  // Whether what was known at that instant would outlive this process.
  virtual bool kept_since(TimePoint) const { return true; }
  virtual std::string unready() const { return {}; }
  virtual void tell(OpenMetrics&) const {}
  // What this process's gateway has counted until now, for the others.
  virtual void publish(const GatewayCalls&) {}
  virtual Awaitable<void> publish_last(GatewayCalls) { co_return; }
  virtual Awaitable<std::optional<http::Response>> forward(std::string target) = 0;
};

// Until every watch is synced, or `still` is false. Returns whether they are.
Awaitable<bool> until_synced(const Surroundings& around, std::function<bool()> still);
// A pause.
Awaitable<void> pause(boost::asio::any_io_executor executor, Duration length);

}  // namespace thaw::world
