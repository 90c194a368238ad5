#include "drivers/world/heard_calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "drivers/kubernetes/json_fields.hpp"

namespace thaw::world {
namespace {

using kubernetes::field;
using kubernetes::Json;
using kubernetes::number_at;

constexpr Duration kTold = std::chrono::hours(1);

bool told(const CallCounts& counted, TimePoint now) {
  return counted.on() > 0 || (counted.last_activity && now - *counted.last_activity < kTold);
}

}  // namespace

std::string to_text(const GatewayCalls& calls) {
  Json functions = Json::object();
  for (const auto& [name, one] : calls.functions) {
    if (!told(one, calls.at)) continue;
    Json counted = {{"arrived", one.arrived},
                    {"succeeded", one.succeeded},
                    {"concurrency_ns", one.concurrency_ns}};
    if (one.in_flight > 0) counted["in_flight"] = one.in_flight;
    if (one.queued > 0) counted["queued"] = one.queued;
    if (one.last_activity) counted["last_activity_ns"] = one.last_activity->ns();
    functions[name.first + "/" + name.second] = std::move(counted);
  }
  return Json{
      {"at_ns", calls.at.ns()}, {"since_ns", calls.since.ns()}, {"functions", std::move(functions)}}
      .dump();
}

std::optional<GatewayCalls> gateway_calls_of(const std::string& text) {
  const Json value = Json::parse(text, nullptr, false);
  if (!value.is_object()) return std::nullopt;
  GatewayCalls calls;
  calls.at = TimePoint{Duration(number_at(value, {"at_ns"}))};
  calls.since = TimePoint{Duration(number_at(value, {"since_ns"}))};
  const Json* const functions = field(value, {"functions"});
  if (!functions || !functions->is_object()) return std::nullopt;
  for (const auto& [name, one] : functions->items()) {
    const std::size_t between = name.find('/');
    if (between == std::string::npos) continue;
    const auto number = [&one](const char* key) {
      return std::max<std::int64_t>(0, number_at(one, {key}));
    };
    CallCounts counted{number("arrived"),   number("succeeded"), number("concurrency_ns"),
                       number("in_flight"), number("queued"),    {}};
    if (field(one, {"last_activity_ns"}))
      counted.last_activity = TimePoint{Duration(number("last_activity_ns"))};
    calls.functions[{name.substr(0, between), name.substr(between + 1)}] = counted;
  }
  return calls;
}

std::string key_of(const std::string& identity) {
  std::string key;
  for (const char c : identity) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.';
    key += plain ? std::string(1, c) : fmt::format("_{:02x}", static_cast<unsigned char>(c));
  }
  return key;
}

void HeardCalls::apply(const Json& object) {
  std::map<std::string, TimePoint> now;
  if (const Json* const data = field(object, {"data"}); data && data->is_object())
    for (const auto& [key, text] : data->items()) {
      if (!text.is_string()) continue;
      std::optional<GatewayCalls> calls = gateway_calls_of(text.get<std::string>());
      if (key == own_) {
        // Of an earlier life under the same identity: what it knew goes on being known.
        if (calls && calls->since != since_)
          calls_.tell(key + "_before", std::move(*calls), clock_.now());
        continue;
      }
      now[key] = calls ? calls->at : TimePoint{};
      if (calls) calls_.tell(key, std::move(*calls), clock_.now());
    }
  for (const auto& [key, at] : told_)
    if (!now.contains(key)) calls_.forget(key);
  told_ = std::move(now);
}

void HeardCalls::remove() {
  for (const auto& [key, at] : told_) calls_.forget(key);
  told_.clear();
}

std::vector<std::string> HeardCalls::older_than(Duration age) const {
  std::vector<std::string> keys;
  for (const auto& [key, at] : told_)
    if (clock_.now() - at > age) keys.push_back(key);
  return keys;
}

}  // namespace thaw::world
