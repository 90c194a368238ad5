// Why a decision was taken: a code and numbers. Words are made only when it is printed.
//
// Units: durations in seconds, counts in replicas or pods.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace thaw {

enum class ReasonCode : std::uint8_t {
  none,
  waiting_for_tick,      // asked between two passes of its own loop
  active,                // [seconds since the last call (-1: never called), idle timeout in s]
  never_called,          // [replicas_at_start]: brought up although nobody called yet
  idle_timeout,          // [seconds since the last call (-1: never called), idle timeout in s, min]
  at_min,                // [replicas_min]: as few as may be, and nothing asks for more
  wake,                  // [seconds since the last call, replicas_at_start]
  below_min,             // [spec, replicas_min, replicas asked for]; asked for = spec: left there
  dependency_not_ready,  // [ready replicas of the dependency, needed]
  pod_unschedulable,     // [unschedulable pods]: no further scale-up meanwhile
  keep_alive,            // [idle time in s]: how long single instances stay
  metric_trigger,        // [trigger, its value, threshold, replicas asked for, limit, its value]
  fixed,                 // [replicas]
  scheduled,             // [replicas, entry of the schedule (-1: outside all)]
  // Knative: [average in the window, window in s, target of one replica, its utilisation (0..1),
  // replicas it asks for, replicas after limits, limit, its value, 1 if requests a second are
  // counted and not requests in flight]
  knative_stable,
  knative_panic,
  knative_no_data,        // []: no report in the window; left alone
  knative_first_replica,  // [replicas asked for (-1: nothing yet), seconds it may still take]
  knative_last_replica,   // [seconds for which it stays]: no load, not yet let go
  knative_to_zero,        // [seconds without load]
  // HPA: [metric that won, its value, its target, replicas it proposes, replicas after limits,
  // limit, its value, 1 if value and target are per cent of the request; else thousandths]
  hpa_metric,
  hpa_outside_bounds,  // [replicas, minReplicas, maxReplicas]
  hpa_failed,          // [first metric that failed]
  hpa_disabled,        // []: scaled to zero by hand
  // OpenFaaS: [rate a second, threshold, replicas, step, replicas asked for]
  alert_firing,
  alert_resolved,  // [minimum]
  // OpenFaaS Pro: [load of one replica, target, proportion, ready replicas, replicas asked for,
  // limit, its value]
  capacity,
  capacity_idle,  // [seconds without a call, zero-duration in s]
  // Policies that weigh keeping against starting again, or foresee what comes.
  break_even,      // [idle time in s, what a start costs in seconds of keeping]
  idle_histogram,  // [pre-warm after s, keep for s, idle times seen, 1 if the histogram is used]
  greedy_dual,     // [worth of an instance: price of its start over its size]
  step_down,       // [level (0: off), idle time in s after which it was reached]
  forecast,        // [arrivals a second expected, horizon in s, replicas, limit, its value]
  queue_delay,     // [requests waiting, seconds the oldest waits, replicas, limit, its value]
  buffer,          // [replicas in use, kept beyond them, replicas, limit, its value]
  expected_cost,  // [replicas, an hour's cost at them, wait expected at the promise's percentile in
                  // s, promise in s, limit, its value, s of a start from zero if one stays for it]
  clairvoyant,    // [keeps what is used again within s]
  external,       // [replicas]: another program decided
  operator_cap,   // [desired, cap]
};

// What kept a policy from the number that its formula gave.
enum class Limit : std::uint8_t {
  none,
  min,
  max,
  up_rate,
  down_rate,
  stabilisation,  // a recent higher (or lower) recommendation
  activation,     // Knative's activation-scale
  initial,        // Knative's initial-scale
  tolerance,      // HPA: near enough to the target
};

struct Reason {
  ReasonCode code = ReasonCode::none;
  std::array<double, 9> number{};
};

std::string_view name_of(Limit limit);      // "max"
std::string_view name_of(ReasonCode code);  // "idle_timeout": what files carry
std::string to_words(
    const Reason& why);  // "no call for 1201 s (idle timeout 1200 s) → ReplicasMin 0"

}  // namespace thaw
