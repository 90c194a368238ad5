#include "sim/openfaas_gateway.hpp"

#include <algorithm>

#include "engine/workload/call_paths.hpp"

namespace thaw::sim {
namespace {

enum Event : std::uint32_t { kPoll, kPollsOver, kConnectionOver, kUpstreamOver, kExecutionOver };

constexpr Answer kNotFound{404, Outcome::rejected, CutBy::gateway};
constexpr Answer kNoEndpoint{503, Outcome::failed, CutBy::gateway};
constexpr Answer kTooMany{429, Outcome::rejected, CutBy::replica};
constexpr Answer kReplicaGone{502, Outcome::failed, CutBy::replica};
constexpr Answer kExecutionTimedOut{504, Outcome::timed_out, CutBy::replica};
// A connection that is closed has no status; what stands before the gateway makes it a 502.
constexpr Answer kTimedOut{502, Outcome::timed_out, CutBy::gateway};

}  // namespace

OpenFaasGateway::OpenFaasGateway(World& world, Requests& requests, Serving& serving,
                                 OpenFaasSettings settings, GatewayListener& listener)
    : world_(world),
      requests_(requests),
      serving_(serving),
      settings_(std::move(settings)),
      listener_(listener),
      functions_(world.scenario.functions.size()) {}

Call OpenFaasGateway::resolve(Method method, std::string_view path) const {
  return call_of_openfaas(world_.scenario, method, path);
}

// Asks the cluster unless it has done so just now.
bool OpenFaasGateway::may_go(Function& function, std::size_t index) {
  if (!settings_.scale_from_zero) return true;
  if (function.seen_available && world_.now() - *function.seen_available < OpenFaasSettings::kCache)
    return true;
  if (!serving_.has_ready(index)) return false;
  function.seen_available = world_.now();
  return true;
}

void OpenFaasGateway::accept(RequestId id, const Call& call) {
  if (call.kind != Call::Kind::function) return listener_.answered(id, kNotFound);
  const std::size_t f = call.function;
  const Workload& workload =
      world_.scenario.manifests.workloads[world_.scenario.functions[f].workload];
  Request& request = requests_.get(id);
  request.function = static_cast<std::uint32_t>(f);
  if (!workload.refused.empty()) return listener_.answered(id, kNotFound);
  Function& function = functions_[f];
  function.last_call = world_.now();
  if (may_go(function, f)) return send(id);
  request.cold = true;
  hold(id);
  listener_.activity_at_zero(f);
}

void OpenFaasGateway::hold(RequestId id) {
  Request& request = requests_.get(id);
  functions_[request.function].held.push_back(id);
  world_.gauges.add(Gauge::queued, request.function, 1, world_.now());
  constexpr Duration kLongestWait = OpenFaasSettings::kPoll * OpenFaasSettings::kPolls;
  const bool cut = settings_.connection_timeout <= kLongestWait;
  request.gateway_limit = world_.events.after(cut ? settings_.connection_timeout : kLongestWait,
                                              *this, cut ? kConnectionOver : kPollsOver, id);
}

// Polls between which nothing changes need not happen: the next one after a change does.
void OpenFaasGateway::readiness_changed(std::size_t f) {
  if (!serving_.has_ready(f)) return;
  for (const RequestId id : functions_[f].held) {
    Request& request = requests_.get(id);
    const Duration waited = world_.now() - request.arrived;
    const auto polls = (waited + OpenFaasSettings::kPoll - Duration{1}) / OpenFaasSettings::kPoll;
    world_.events.cancel(request.poll);
    request.poll =
        world_.events.at(request.arrived + polls * OpenFaasSettings::kPoll, *this, kPoll, id);
  }
}

void OpenFaasGateway::poll(RequestId id) {
  const std::size_t f = requests_.get(id).function;
  if (!serving_.has_ready(f)) return;
  functions_[f].seen_available = world_.now();
  forget(id);
  send(id);
}

void OpenFaasGateway::send(RequestId id) {
  Request& request = requests_.get(id);
  if (!serving_.offer(id)) return listener_.answered(id, kNoEndpoint);
  functions_[request.function].sent.push_back(id);
  if (over_the_watchdogs_limit(request)) {
    serving_.withdraw(id);
    return finish(id, kTooMany);
  }
  const auto& exec_timeout = settings_.functions[request.function].exec_timeout;
  Duration left = settings_.connection_timeout - (world_.now() - request.arrived);
  Event what = kConnectionOver;
  if (settings_.upstream_timeout <= left) {
    left = settings_.upstream_timeout;
    what = kUpstreamOver;
  }
  if (exec_timeout && *exec_timeout <= left) {
    left = *exec_timeout;
    what = kExecutionOver;
  }
  request.gateway_limit = world_.events.after(left, *this, what, id);
}

// It has been offered already, and so counts itself.
bool OpenFaasGateway::over_the_watchdogs_limit(const Request& request) const {
  const int limit = settings_.functions[request.function].max_in_flight;
  if (limit == 0 || request.pod == 0) return false;
  const auto& sent = functions_[request.function].sent;
  return std::count_if(sent.begin(), sent.end(), [&](RequestId other) {
           return requests_.get(other).pod == request.pod;
         }) > limit;
}

void OpenFaasGateway::forget(RequestId id) {
  Request& request = requests_.get(id);
  Function& function = functions_[request.function];
  world_.events.cancel(request.gateway_limit);
  world_.events.cancel(request.poll);
  std::erase(function.sent, id);
  if (std::erase(function.held, id) > 0)
    world_.gauges.add(Gauge::queued, request.function, -1, world_.now());
}

void OpenFaasGateway::finish(RequestId id, const Answer& answer) {
  forget(id);
  listener_.answered(id, answer);
}

void OpenFaasGateway::abort(RequestId id) {
  const auto& sent = functions_[requests_.get(id).function].sent;
  if (std::find(sent.begin(), sent.end(), id) != sent.end()) serving_.withdraw(id);
  forget(id);
}

void OpenFaasGateway::served(RequestId id, const Answer& answer) { finish(id, answer); }

void OpenFaasGateway::dropped(RequestId id) { finish(id, kReplicaGone); }

void OpenFaasGateway::fire(std::uint32_t what, std::uint64_t arg) {
  const auto id = static_cast<RequestId>(arg);
  switch (what) {
    case kPoll:
      return poll(id);
    case kPollsOver:
      forget(id);
      return send(id);
    default:
      abort(id);
      return listener_.answered(id, what == kExecutionOver ? kExecutionTimedOut : kTimedOut);
  }
}

}  // namespace thaw::sim
