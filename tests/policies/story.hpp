// A function under a policy, second by second: what is asked for is ready at once, or `cold` later.
// Asked when the policy wants to be, and every `often` as well.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/policies/shown.hpp"

namespace thaw {

using Steps = std::vector<std::pair<Duration, std::int32_t>>;

struct Story {
  Story(PolicyInfo (*info)(), Settings settings, Duration cold = 0s, Duration often = 24h)
      : shown(info, settings), cold_start(cold), often_asked(often) {}

  // `rate` calls a second, answered at once; so many are in service, or wait where nobody serves.
  void run(double rate, std::uint32_t in_flight, Duration until, std::uint32_t queued = 0) {
    for (; now < until; now += 1s) step(rate, in_flight, queued);
  }
  void step(double rate, std::uint32_t in_flight, std::uint32_t queued) {
    if (ready_at && now >= *ready_at) shown.seen.ready = shown.seen.spec, ready_at.reset();
    const bool calls = rate > 0 || in_flight > 0;
    if (calls) shown.called(now);
    if (now > 0s) {
      shown.reports.push_back({.at = kStart + now - 1ns});
      shown.reports.back().requests = shown.reports.back().completions = rate;
    }
    if (now % every != 0s) in_flight = 0;
    const bool serves = shown.seen.ready.count > 0;
    shown.seen.in_flight = serves ? in_flight : 0;
    shown.seen.queued = queued + (serves ? 0 : in_flight);
    const bool poked = calls && shown.seen.spec.count == 0;
    if (now > 0s && kStart + now < due && !poked && now % often_asked != 0s) return;
    const Cause cause = now == 0s ? Cause::start : poked ? Cause::arrival_at_zero : Cause::timer;
    const Decision decision = shown.ask(now, cause);
    due = decision.ask_again;
    why = decision.why;
    if (!decision.desired) return;
    steps.emplace_back(now, decision.desired->count);
    shown.seen.spec = shown.seen.status = *decision.desired;
    if (shown.seen.spec < shown.seen.ready || cold_start == 0s) shown.seen.ready = shown.seen.spec;
    if (shown.seen.spec > shown.seen.ready) ready_at = now + cold_start;
  }
  std::int32_t replicas() const { return shown.seen.spec.count; }

  Shown shown;
  Duration cold_start, often_asked, now{0};
  Duration every{1s};  // in service once in that time, for a second
  std::optional<Duration> ready_at;
  TimePoint due = kStart;
  Reason why;
  Steps steps;
};

}  // namespace thaw
