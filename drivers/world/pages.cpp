#include "drivers/world/pages.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "drivers/world/open_metrics.hpp"
#include "drivers/world/role.hpp"

namespace thaw::world {
namespace {

constexpr std::string_view kWake = "/wake-function/", kStatus = "/status-function/";
constexpr Duration kLastingWithin = std::chrono::seconds(10);

http::Response plain(int status, std::string text) {
  return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::move(text)};
}

}  // namespace

Awaitable<http::Response> Pages::answer(http::Request request) {
  const std::string path = request.target.substr(0, request.target.find('?'));
  const bool get = request.method == "GET" || request.method == "HEAD";
  if (path.starts_with(kWake)) {
    if (!get && request.method != "POST") co_return plain(405, "GET or POST\n");
    http::Response woken = co_await wake(path, std::string_view(path).substr(kWake.size()));
    co_return woken;
  }
  if (!get) co_return plain(405, "GET\n");
  if (path == "/healthz") co_return plain(200, "ok\n");
  if (path == "/readyz") {
    const std::string unready = sources_.unready();
    co_return plain(unready.empty() ? 200 : 503, unready.empty() ? "ok\n" : unready);
  }
  if (path == "/metrics")
    co_return http::Response{
        200, {{"Content-Type", std::string(OpenMetrics::kContentType)}}, sources_.metrics()};
  if (path == "/status-functions") co_return status({});
  if (path.starts_with(kStatus)) co_return status(std::string_view(path).substr(kStatus.size()));
  co_return plain(404,
                  "there are /healthz, /readyz, /metrics, /wake-function/NAME, "
                  "/status-function/NAME and /status-functions\n");
}

std::optional<FunctionName> Pages::find(std::string_view name) const {
  std::optional<FunctionName> found;
  for (const auto& [known, key] : sources_.control.functions().known) {
    if (known.first + "/" + known.second == name) return known;
    if (known.second != name) continue;
    if (found) return std::nullopt;
    found = known;
  }
  return found;
}

Awaitable<http::Response> Pages::wake(std::string target, std::string_view name) {
  if (!sources_.control.running()) {
    std::optional<http::Response> elsewhere = co_await sources_.forward(std::move(target));
    if (elsewhere) co_return std::move(*elsewhere);
    co_return http::Response{503, {{"Retry-After", "1"}}, "nobody leads yet\n"};
  }
  const std::optional<FunctionName> function = find(name);
  const TimePoint woken = sources_.clock.now();
  if (!function || !sources_.control.wake(*function))
    co_return plain(404, "there is no such function\n");
  const bool lasts = co_await lasting(*function, woken);
  if (!lasts) co_return http::Response{503, {{"Retry-After", "1"}}, "not yet written\n"};
  co_return http::Response{204, {}, ""};
}

Awaitable<bool> Pages::lasting(FunctionName function, TimePoint woken) {
  sources_.keep_soon();
  while (sources_.clock.now() - woken < kLastingWithin) {
    if (sources_.control.ready(function) || sources_.kept_since(woken)) co_return true;
    co_await pause(sources_.executor, std::chrono::milliseconds(10));
  }
  co_return false;
}

// As SlimFaas answers: NumberReady, NumberRequested, PodType, Name.
http::Response Pages::status(std::string_view name) const {
  const auto wanted = name.empty() ? std::nullopt : find(name);
  if (!name.empty() && !wanted) return plain(404, "there is no such function\n");
  nlohmann::json all = nlohmann::json::array();
  for (const auto& [known, key] : sources_.control.functions().known) {
    if (wanted && known != *wanted) continue;
    const WorkloadState* const state = sources_.inventory.find(key);
    all.push_back({{"Name", known.second},
                   {"Namespace", known.first},
                   {"NumberReady", sources_.inventory.ready(key).count},
                   {"NumberRequested", state ? state->spec.count : 0},
                   {"PodType", key.stateful ? "StatefulSet" : "Deployment"}});
  }
  return {200, {{"Content-Type", "application/json"}}, (wanted ? all.at(0) : all).dump() + "\n"};
}

}  // namespace thaw::world
