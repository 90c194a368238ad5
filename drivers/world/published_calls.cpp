#include "drivers/world/published_calls.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace thaw::world {
namespace {

using kubernetes::Json;

constexpr Duration kAtMost = std::chrono::seconds(1), kWhileOn = std::chrono::seconds(5);
constexpr Duration kTellWithin = std::chrono::seconds(4);

}  // namespace

bool PublishedCalls::is_due(const GatewayCalls& now) const {
  const Duration since = now.at - written_.at;
  if (now.at - tried_ < kAtMost) return false;
  bool on = false;
  for (const auto& [name, counted] : now.functions) {
    on = on || counted.on() > 0;
    const auto before = written_.functions.find(name);
    if (before == written_.functions.end()) {
      if (counted.arrived > 0) return true;
      continue;
    }
    const CallCounts& old = before->second;
    if (counted.arrived != old.arrived || counted.succeeded != old.succeeded ||
        counted.in_flight != old.in_flight || counted.queued != old.queued)
      return true;
  }
  return on && since >= kWhileOn;
}

Awaitable<void> PublishedCalls::publish(GatewayCalls now, bool last) {
  if (!is_due(now) && !(last && writes_ > 0)) co_return;
  tried_ = now.at;
  try {
    Json data = {{key_, to_text(now)}};
    co_await write(std::move(data));
    written_ = std::move(now);
    ++writes_;
  } catch (const kubernetes::ApiError& error) {
    log_.warning("gateway", error.what());
  }
}

Awaitable<void> PublishedCalls::take_away(std::vector<std::string> keys) {
  if (keys.empty()) co_return;
  Json data = Json::object();
  for (const std::string& key : keys) data[key] = nullptr;
  try {
    co_await write(std::move(data));
  } catch (const kubernetes::ApiError& error) {
    log_.warning("gateway", error.what());
  }
}

// Found missing it is made; made by another meanwhile, it is there to be patched.
Awaitable<void> PublishedCalls::write(Json data) {
  const std::string all =
      "/api/v1/namespaces/" + http::percent_encoded(map_.namespace_name) + "/configmaps";
  const Json patch{{"data", data}};
  for (int attempt = 0; attempt < 2; ++attempt) {
    bool missing = false;
    try {
      co_await writer_.patch(all + "/" + http::percent_encoded(map_.name), patch, kTellWithin);
    } catch (const kubernetes::ApiError& error) {
      missing = error.kind() == kubernetes::ApiError::Kind::not_found && attempt == 0;
      if (!missing) throw;
    }
    if (!missing) co_return;
    const Json object{{"apiVersion", "v1"},
                      {"kind", "ConfigMap"},
                      {"metadata", {{"name", map_.name}, {"namespace", map_.namespace_name}}},
                      {"data", data}};
    try {
      co_await writer_.create(all, object, kTellWithin, kubernetes::Repeat::absolute);
      co_return;
    } catch (const kubernetes::ApiError& error) {
      if (error.kind() != kubernetes::ApiError::Kind::conflict) throw;
    }
  }
}

}  // namespace thaw::world
