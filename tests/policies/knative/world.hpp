// A revision under the concurrency policy, in a world of half seconds: replicas get ready one
// second after they are asked for, reports come at each half past a second, the path changes at
// once and is told half a second later.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "policies/all.hpp"
#include "tests/policies/asked.hpp"

namespace thaw {

struct RevisionWorld {
  static constexpr Duration kStep = 500ms;

  explicit RevisionWorld(Settings settings = {}, std::int32_t replicas = 0) {
    Spec spec;
    spec.name = "f";
    spec.params = params_of(settings);
    policy = find_policy("concurrency")->make(spec, diagnostics);
    seen.now = kStart;
    seen.spec = seen.status = seen.ready = Replicas(replicas);
    seen.path = {PathMode::proxy, kStart, true};
    start();
  }

  Duration now() const { return seen.now - kStart; }

  void start() { ask(Cause::start); }

  const Decision& ask(Cause cause) {
    seen.cause = cause;
    seen.load = reports;
    last = policy->decide(seen);
    reports.clear();
    if (last.path && *last.path != seen.path.mode) {
      seen.path.mode = *last.path;
      seen.path.proxied_since.reset();
      if (*last.path == PathMode::proxy) seen.path.proxied_since = seen.now;
      seen.path.gateway_answers = *last.path == PathMode::proxy;
      path_changed = true;
    }
    if (last.desired) {
      changes.push_back(std::to_string(last.desired->count) + "@" + to_text(now()));
      seen.spec = *last.desired;
      if (seen.ready > seen.spec) seen.ready = seen.spec;
      ready_at = seen.now + startup;
    }
    return last;
  }

  // A call that finds no ready replica, told at once by the gateway.
  const Decision& call_at_zero() {
    reports.push_back({.at = seen.now, .concurrency = 1, .requests = 1});
    return ask(Cause::arrival_at_zero);
  }

  void run(Duration length, double in_flight) {
    for (const TimePoint end = seen.now + length; seen.now < end;) {
      seen.now = seen.now + kStep;
      if (seen.ready < seen.spec && seen.now >= ready_at) {
        seen.ready = seen.spec;
        ask(Cause::pods);
      }
      if (seen.now.since_epoch % 1s == kStep && (in_flight > 0 || seen.ready.count > 0)) {
        reports.push_back({.at = seen.now, .concurrency = in_flight, .requests = in_flight * 5});
      }
      if (std::exchange(path_changed, false)) ask(Cause::path);
      if (seen.now >= last.ask_again) ask(Cause::timer);
    }
  }

  std::string words() const { return to_words(last.why); }
  std::string problem() const { return problem_of(diagnostics); }

  Diagnostics diagnostics;
  std::unique_ptr<ScalingPolicy> policy;
  Observation seen{};
  std::vector<Load> reports;
  Decision last;
  Duration startup = 1s;
  TimePoint ready_at;
  bool path_changed = false;         // and not told yet
  std::vector<std::string> changes;  // "3@4s": asked for, at so long after the start
};

}  // namespace thaw
