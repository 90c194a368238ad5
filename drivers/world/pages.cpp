#include "drivers/world/pages.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "drivers/gateway/async/dead_letters.hpp"
#include "drivers/world/open_metrics.hpp"
#include "drivers/world/role.hpp"

namespace thaw::world {
namespace {

using http::plain;

constexpr std::string_view kWake = "/wake-function/", kWakeAll = "/wake-functions";
constexpr std::string_view kStatus = "/status-function/", kStatusAll = "/status-functions";
constexpr Duration kLastingWithin = std::chrono::seconds(10);

std::string path_of(const http::Request& request) {
  return request.target.substr(0, request.target.find('?'));
}

}  // namespace

Awaitable<http::Response> Pages::answer(http::Request request) {
  const std::string path = path_of(request);
  const bool get = request.method == "GET" || request.method == "HEAD";
  if (path.starts_with(kWake) || path == kWakeAll || path.starts_with(kStatus) ||
      path == kStatusAll) {
    http::Response answered = co_await answer_caller(std::move(request));
    co_return answered;
  }
  if (sources_.dead_letters && path.starts_with(gateway::async::kDeadLetters)) {
    http::Response letters = co_await sources_.dead_letters(std::move(request));
    co_return letters;
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
  co_return plain(404,
                  "there are /healthz, /readyz, /metrics, /wake-function/NAME, /wake-functions, "
                  "/status-function/NAME and /status-functions\n");
}

Awaitable<http::Response> Pages::answer_caller(http::Request request) {
  const std::string path = path_of(request);
  const bool get = request.method == "GET" || request.method == "HEAD";
  const bool one = path.starts_with(kWake);
  if (one || path == kWakeAll) {
    if (!get && request.method != "POST") co_return plain(405, "GET or POST\n");
    http::Response woken;
    if (one) {
      woken = co_await wake(path, std::string_view(path).substr(kWake.size()));
    } else {
      woken = co_await wake_all(path);
    }
    co_return woken;
  }
  const bool of_one = path.starts_with(kStatus);
  if (of_one || path == kStatusAll) {
    if (!get) co_return plain(405, "GET\n");
    co_return status(of_one ? std::string_view(path).substr(kStatus.size()) : std::string_view());
  }
  co_return plain(404,
                  "there are /function/NAME/PATH, /wake-function/NAME, /wake-functions, "
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
    http::Response answered = co_await elsewhere(std::move(target));
    co_return answered;
  }
  const std::optional<FunctionName> function = find(name);
  const TimePoint woken = sources_.clock.now();
  if (!function || !sources_.control.wake(*function))
    co_return plain(404, "there is no such function\n");
  const bool lasts = co_await lasting(*function, woken);
  if (!lasts) co_return http::Response{503, {{"Retry-After", "1"}}, "not yet written\n"};
  co_return http::Response{204, {}, ""};
}

Awaitable<http::Response> Pages::elsewhere(std::string target) {
  std::optional<http::Response> answered = co_await sources_.forward(std::move(target));
  if (answered) co_return std::move(*answered);
  co_return http::Response{503, {{"Retry-After", "1"}}, "nobody leads yet\n"};
}

Awaitable<http::Response> Pages::wake_all(std::string target) {
  if (!sources_.control.running()) {
    http::Response answered = co_await elsewhere(std::move(target));
    co_return answered;
  }
  sources_.control.wake_all();
  sources_.keep_soon();
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

// As SlimFaas answers: NumberReady, NumberRequested, PodType, Visibility, Name.
http::Response Pages::status(std::string_view name) const {
  const auto wanted = name.empty() ? std::nullopt : find(name);
  if (!name.empty() && !wanted) return plain(404, "there is no such function\n");
  nlohmann::json all = nlohmann::json::array();
  const Functions& functions = sources_.control.functions();
  for (std::size_t id = 0; id < functions.known.size(); ++id) {
    const auto& [known, key] = functions.known[id];
    if (wanted && known != *wanted) continue;
    const WorkloadState* const state = sources_.inventory.find(key);
    all.push_back(
        {{"Name", known.second},
         {"Namespace", known.first},
         {"NumberReady", sources_.inventory.ready(key).count},
         {"NumberRequested", state ? state->spec.count : 0},
         {"PodType", key.stateful ? "StatefulSet" : "Deployment"},
         {"Visibility", functions.served[id].route.visibility.hidden ? "Private" : "Public"}});
  }
  return {200, {{"Content-Type", "application/json"}}, (wanted ? all.at(0) : all).dump() + "\n"};
}

}  // namespace thaw::world
