#include "drivers/world/data_path.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdlib>
#include <thread>
#include <utility>

#include "drivers/world/heard_calls.hpp"
#include "drivers/world/role.hpp"
#include "drivers/world/routes.hpp"
#include "drivers/world/spawn.hpp"

namespace thaw::world {
namespace {

namespace asio = boost::asio;

constexpr Duration kRouteAfter = std::chrono::milliseconds(2),
                   kRoutesApart = std::chrono::milliseconds(50);
constexpr Duration kBetweenChecks = std::chrono::seconds(5);
// Functions that are woken together are looked at together.
constexpr Duration kLookedJustNow = std::chrono::milliseconds(20);

gateway::Settings settings_of(const DriveConfig::Gateway& config) {
  gateway::Settings settings;
  settings.listen = config.listen;
  settings.certificate = config.certificate;
  settings.key = config.key;
  settings.connections = static_cast<std::size_t>(config.connections);
  settings.body = static_cast<std::uint64_t>(config.body.count);
  if (config.async) settings.async_body = static_cast<std::uint64_t>(config.async->body.count);
  return settings;
}

gateway::async::Settings settings_of(const DriveConfig::Gateway::Async& config) {
  gateway::async::Settings settings;
  settings.path = config.path;
  settings.body = static_cast<std::size_t>(config.body.count);
  settings.memory.length = config.remembered;
  settings.callback_hosts = config.callback_hosts;
  return settings;
}

void count(const gateway::async::Metrics& async, GatewayCalls& calls) {
  for (const auto& [delivery, taken] : async.functions) {
    CallCounts& counted = calls.functions[delivery.function];
    counted.queued += static_cast<std::int64_t>(delivery.queued);
    counted.in_flight += static_cast<std::int64_t>(delivery.awaiting);
    if (delivery.last_activity)
      counted.last_activity = std::max(counted.last_activity.value_or(*delivery.last_activity),
                                       *delivery.last_activity);
  }
}

std::vector<std::string> own_addresses() {
  const char* const own = std::getenv("POD_IP");
  return own && *own ? std::vector<std::string>{own} : std::vector<std::string>{};
}

}  // namespace

DataPath::DataPath(const DriveConfig::Gateway& config, Ports ports) : ports_(std::move(ports)) {
  gateway::Gateway::Hooks hooks;
  hooks.now = [this] { return ports_.clock.real_now(); };
  hooks.wanted = [this](const FunctionName& function) {
    asio::post(ports_.executor, [this, function] {
      if (gateway_ && ports_.clock.real_now() - own_.at > kLookedJustNow) look();
      ports_.wanted(function);
    });
  };
  hooks.pages = [this](http::Request request) -> Awaitable<http::Response> {
    http::Response response;
    if (async_ && request.target.starts_with(gateway::async::kCallback)) {
      response = co_await async_->callback(std::move(request));
      co_return response;
    }
    response = co_await asio::co_spawn(ports_.executor, ports_.pages(std::move(request)),
                                       asio::use_awaitable);
    co_return response;
  };
  hooks.warn = [this](const std::string& what) {
    asio::post(ports_.executor, [this, what] { ports_.log.warning("gateway", what); });
  };
  if (config.async) {
    async_ = std::make_shared<gateway::async::Attachment>(
        settings_of(*config.async),
        gateway::async::Async::Hooks{hooks.wanted, hooks.now, hooks.warn});
    async_->attach(hooks);
  }
  gateway_ = std::make_shared<gateway::Gateway>(settings_of(config), std::move(hooks));
  if (async_) async_->begin(*gateway_);
}

Awaitable<http::Response> DataPath::dead_letters(http::Request request) {
  if (async_) return async_->dead_letters(std::move(request));
  const auto none = []() -> Awaitable<http::Response> {
    co_return http::Response{404, {}, "there is no gateway.async in the configuration\n"};
  };
  return none();
}

void DataPath::route_soon() {
  if (route_due_) return;
  route_due_ = true;
  spawn(ports_.executor, route());
}

Awaitable<void> DataPath::route() {
  const TimePoint now = ports_.clock.real_now();
  co_await pause(ports_.executor, std::max(now + kRouteAfter, routed_ + kRoutesApart) - now);
  route_due_ = false;
  routed_ = ports_.clock.real_now();
  routes_ = std::make_shared<const gateway::Routes>(
      routes_of(ports_.functions, ports_.inventory, ports_.endpoints, own_addresses()));
  gateway_->route(routes_);
  if (async_) async_->routed();
}

// Ready replicas that no Service leads to are waited for in vain: at the second look it is told.
void DataPath::tell_unreached() {
  std::map<FunctionName, bool> now;
  for (const auto& [name, key] : ports_.functions.known) {
    if (ports_.inventory.ready(key).count == 0) continue;
    const auto route =
        std::ranges::lower_bound(routes_->functions, name, {}, &gateway::Route::name);
    if (route == routes_->functions.end() || route->name != name || !route->ready.empty()) continue;
    const auto before = unreached_.find(name);
    now[name] = before != unreached_.end();
    if (before != unreached_.end() && !before->second)
      ports_.log.warning("gateway",
                         name.first + "/" + name.second +
                             " has ready replicas, and no Service leads to them: its calls wait",
                         {{"function", name.first + "/" + name.second}});
  }
  unreached_ = std::move(now);
}

void DataPath::look() {
  traffic_ = gateway_->traffic();
  own_ = calls_of(traffic_, ports_.since, ports_.clock.real_now(), ports_.clock.pace().scale());
  if (async_) {
    async_metrics_ = async_->metrics();
    count(async_metrics_, own_);
  }
  ports_.calls.tell(key_of(ports_.identity), own_, own_.at);
  if (!routes_ || own_.at - checked_ < kBetweenChecks) return;
  checked_ = own_.at;
  tell_unreached();
}

// The gateway's drain() waits, and calls that wait for a replica need this thread meanwhile.
Awaitable<void> DataPath::drain(Duration within) {
  const auto done = std::make_shared<std::atomic<bool>>(false);
  std::jthread waits([gateway = gateway_, async = async_, within, done] {
    const auto until = std::chrono::steady_clock::now() + within;
    gateway->drain(within);
    if (async) async->end(std::max(Duration{0}, until - std::chrono::steady_clock::now()));
    *done = true;
  });
  while (!*done) co_await pause(ports_.executor, std::chrono::milliseconds(10));
  waits.join();
  look();
}

}  // namespace thaw::world
