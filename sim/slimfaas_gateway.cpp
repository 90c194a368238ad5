#include "sim/slimfaas_gateway.hpp"

#include <algorithm>

#include "engine/workload/call_paths.hpp"

namespace thaw::sim {
namespace {

enum : std::uint32_t { kPollPods, kRelease, kWaitOver, kPick, kAnswerLimit };
constexpr Duration kWakeRefresh = std::chrono::seconds(1);
constexpr Duration kPickPause = std::chrono::milliseconds(100);

// By ASCII letters: a path has no others that are not escaped.
bool starts_with_any_case(std::string_view text, std::string_view prefix) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

// The last instant of since, since + period, … that is not after `now`.
TimePoint grid_floor(TimePoint since, Duration period, TimePoint now) {
  return since + (now - since) / period * period;
}
TimePoint grid_ceil(TimePoint since, Duration period, TimePoint now) {
  const TimePoint floor = grid_floor(since, period, now);
  return floor == now ? now : floor + period;
}

}  // namespace

SlimFaasGateway::SlimFaasGateway(World& world, Requests& requests, Serving& serving,
                                 GatewaySettings settings, GatewayListener& listener)
    : world_(world),
      requests_(requests),
      serving_(serving),
      settings_(std::move(settings)),
      listener_(listener),
      functions_(world.scenario.functions.size()) {}

Call SlimFaasGateway::resolve(Method method, std::string_view path) const {
  Call call = call_of_gateway(world_.scenario, method, path);
  if (call.kind != Call::Kind::function) return call;
  const auto& rules = settings_.functions[call.function];
  call.hidden = rules.is_private;
  takes_prefix(path, "/function/");
  const std::string_view rest = path.substr(std::min(path.find('/'), path.size()));
  for (const auto& [prefix, is_private] : rules.private_paths) {
    if (!starts_with_any_case(rest, prefix)) continue;
    call.hidden = is_private;
    break;
  }
  return call;
}

void SlimFaasGateway::start() {
  up_ = true;
  started_ = world_.now();
  for (std::size_t f = 0; f < functions_.size(); ++f)
    functions_[f].seen_ready = serving_.has_ready(f);
}

void SlimFaasGateway::accept(RequestId id, const Call& call) {
  const Answer not_found{404, Outcome::rejected, CutBy::gateway};
  switch (call.kind) {
    case Call::Kind::unknown:
      return listener_.answered(id, not_found);
    case Call::Kind::status:
      return listener_.answered(id, {});
    case Call::Kind::wake:
    case Call::Kind::wake_all:
      if (call.method == Method::get && !settings_.wake_by_get)
        return listener_.answered(id, {405, Outcome::rejected, CutBy::gateway});
      if (call.kind == Call::Kind::wake) {
        wake(call.function);
      } else {
        for (std::size_t f = 0; f < functions_.size(); ++f) wake(f);
      }
      return listener_.answered(id, {204, Outcome::completed, CutBy::none});
    case Call::Kind::function:
      break;
  }
  if (call.hidden) return listener_.answered(id, not_found);
  requests_.get(id).function = static_cast<std::uint32_t>(call.function);
  touch(call.function, world_.now());
  if (!serving_.has_ready(call.function)) {
    requests_.get(id).cold = true;
    listener_.activity_at_zero(call.function);
  }
  if (may_go(call.function)) return send(id, false);
  hold(id);
}

bool SlimFaasGateway::may_go(std::size_t function) const {
  if (!settings_.any_ready_releases) return functions_[function].seen_ready;
  return std::any_of(functions_.begin(), functions_.end(),
                     [](const Function& f) { return f.seen_ready; });
}

void SlimFaasGateway::hold(RequestId id) {
  Request& request = requests_.get(id);
  functions_[request.function].held.push_back(id);
  world_.gauges.add(Gauge::queued, request.function, 1, world_.now());
  request.gateway_limit =
      world_.events.after(settings_.functions[request.function].wait_limit, *this, kWaitOver, id);
}

void SlimFaasGateway::release(RequestId id) {
  Request& request = requests_.get(id);
  Function& function = functions_[request.function];
  touch(request.function, refreshed(id, settings_.hold_refresh));
  std::erase(function.held, id);
  world_.gauges.add(Gauge::queued, request.function, -1, world_.now());
  world_.events.cancel(request.gateway_limit);
  world_.events.cancel(request.poll);
}

void SlimFaasGateway::send(RequestId id, bool waited_out) {
  Request& request = requests_.get(id);
  const std::size_t f = request.function;
  const auto& settings = settings_.functions[f];
  touch(f, world_.now());
  functions_[f].sent.push_back(id);
  if (settings.reachable && serving_.offer(id)) {
    request.gateway_limit = world_.events.after(settings.answer_limit, *this, kAnswerLimit, id);
    return;
  }
  const Answer error{settings_.error_status, waited_out ? Outcome::timed_out : Outcome::failed,
                     CutBy::gateway};
  if (settings.reachable && settings_.pick_tries > 0) {
    set_picking(id, true);
    return pick_again(id, settings_.pick_tries);
  }
  finish(id, error, true);
}

void SlimFaasGateway::pick_again(RequestId id, int tries_left) {
  Request& request = requests_.get(id);
  request.poll = world_.events.after(kPickPause, *this, kPick,
                                     id | static_cast<std::uint64_t>(tries_left) << 32);
}

// It still waits, so it still counts as queued.
void SlimFaasGateway::set_picking(RequestId id, bool picking) {
  Request& request = requests_.get(id);
  if (request.picking == picking) return;
  request.picking = picking;
  world_.gauges.add(Gauge::queued, request.function, picking ? 1 : -1, world_.now());
}

void SlimFaasGateway::served(RequestId id, const Answer& answer) { finish(id, answer, true); }

void SlimFaasGateway::dropped(RequestId id) {
  finish(id, {502, Outcome::failed, CutBy::replica}, true);
}

void SlimFaasGateway::finish(RequestId id, const Answer& answer, bool touch_now) {
  const std::size_t f = requests_.get(id).function;
  forget(id);
  if (touch_now) touch(f, world_.now());
  listener_.answered(id, answer);
}

void SlimFaasGateway::forget(RequestId id) {
  set_picking(id, false);
  Request& request = requests_.get(id);
  Function& function = functions_[request.function];
  world_.events.cancel(request.gateway_limit);
  world_.events.cancel(request.poll);
  std::erase(function.sent, id);
}

// The caller is gone: what the idle clock saw until now stays.
void SlimFaasGateway::abort(RequestId id) {
  Request& request = requests_.get(id);
  Function& function = functions_[request.function];
  if (std::find(function.held.begin(), function.held.end(), id) != function.held.end())
    return release(id);
  if (std::find(function.sent.begin(), function.sent.end(), id) == function.sent.end()) return;
  touch(request.function, refreshed(id, settings_.call_refresh));
  serving_.withdraw(id);
  forget(id);
}

void SlimFaasGateway::wake(std::size_t f) {
  Function& function = functions_[f];
  if (function.wake_since && (!function.wake_end || *function.wake_end > world_.now())) return;
  if (function.seen_ready) return;  // a wake of a ready function refreshes nothing
  note(f, last_activity(f).value_or(world_.controller_now()));
  function.wake_since = world_.now();
  function.wake_end.reset();
  listener_.activity_at_zero(f);
}

void SlimFaasGateway::readiness_changed(std::size_t function) {
  if (up_) world_.events.at(next_poll(), *this, kPollPods, function);
}

TimePoint SlimFaasGateway::next_poll() const {
  return grid_ceil(started_, settings_.snapshot_poll, world_.now());
}

void SlimFaasGateway::poll(std::size_t f) {
  Function& function = functions_[f];
  function.seen_ready = serving_.has_ready(f);
  if (function.seen_ready && function.wake_since && !function.wake_end)
    function.wake_end = grid_ceil(*function.wake_since, kWakeRefresh, world_.now());
  for (std::size_t other = 0; other < functions_.size(); ++other) {
    if (!may_go(other)) continue;
    for (const RequestId id : functions_[other].held) {
      Request& request = requests_.get(id);
      world_.events.cancel(request.poll);
      request.poll = world_.events.at(grid_ceil(request.arrived, settings_.hold_poll, world_.now()),
                                      *this, kRelease, id);
    }
  }
}

void SlimFaasGateway::fire(std::uint32_t what, std::uint64_t arg) {
  const auto id = static_cast<RequestId>(arg);
  switch (what) {
    case kPollPods:
      if (up_) poll(arg);
      return;
    case kRelease:
      if (!may_go(requests_.get(id).function)) return;
      release(id);
      return send(id, false);
    case kWaitOver:
      release(id);
      return send(id, true);
    case kPick: {
      const int tries_left = static_cast<int>(arg >> 32) - 1;
      if (serving_.has_ready(requests_.get(id).function)) {
        set_picking(id, false);
        serving_.offer(id);
        requests_.get(id).gateway_limit = world_.events.after(
            settings_.functions[requests_.get(id).function].answer_limit, *this, kAnswerLimit, id);
        return;
      }
      if (tries_left > 0) return pick_again(id, tries_left);
      const Request& request = requests_.get(id);
      const bool waited_out =
          world_.now() - request.arrived >= settings_.functions[request.function].wait_limit;
      return finish(id,
                    {settings_.error_status, waited_out ? Outcome::timed_out : Outcome::failed,
                     CutBy::gateway},
                    true);
    }
    case kAnswerLimit:
      serving_.withdraw(id);
      return finish(id, {settings_.error_status, Outcome::timed_out, CutBy::gateway}, true);
    default:
      return;
  }
}

std::vector<RequestId> SlimFaasGateway::crash(bool keep_idle_clocks) {
  up_ = false;
  std::vector<RequestId> orphans;
  for (std::size_t f = 0; f < functions_.size(); ++f) {
    Function& function = functions_[f];
    const auto last = last_activity(f);
    const std::vector<RequestId> held = function.held, sent = function.sent;
    for (const RequestId id : held) release(id);
    for (const RequestId id : sent) {
      serving_.withdraw(id);
      forget(id);
    }
    orphans.insert(orphans.end(), held.begin(), held.end());
    orphans.insert(orphans.end(), sent.begin(), sent.end());
    function = {};
    if (keep_idle_clocks) function.last_touch = last;
  }
  return orphans;
}

void SlimFaasGateway::touch(std::size_t f, TimePoint t) { note(f, t + world_.clock_skew); }

// By its own clock. What lies ahead of that comes from before it was set back.
void SlimFaasGateway::note(std::size_t f, TimePoint t) {
  auto& last = functions_[f].last_touch;
  if (!last || *last < t || *last > world_.controller_now()) last = t;
}

TimePoint SlimFaasGateway::refreshed(RequestId id, Duration period) const {
  return grid_floor(requests_.get(id).arrived, period, world_.now());
}

std::optional<TimePoint> SlimFaasGateway::last_activity(std::size_t f) const {
  const Function& function = functions_[f];
  std::optional<TimePoint> last = function.last_touch;
  const Duration off = world_.clock_skew;
  const auto see = [&](TimePoint t) { last = std::max(last.value_or(t + off), t + off); };
  if (function.wake_since) {
    const TimePoint refresh = grid_floor(*function.wake_since, kWakeRefresh, world_.now());
    see(function.wake_end ? std::min(*function.wake_end, refresh) : refresh);
  }
  for (const RequestId id : function.held) see(refreshed(id, settings_.hold_refresh));
  for (const RequestId id : function.sent) see(refreshed(id, settings_.call_refresh));
  return last;
}

}  // namespace thaw::sim
