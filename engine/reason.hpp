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
  operator_cap,          // [desired, cap]
};

struct Reason {
  ReasonCode code = ReasonCode::none;
  std::array<double, 8> number{};
};

std::string_view name_of(ReasonCode code);  // "idle_timeout": what files carry
std::string to_words(
    const Reason& why);  // "no call for 1201 s (idle timeout 1200 s) → ReplicasMin 0"

}  // namespace thaw
