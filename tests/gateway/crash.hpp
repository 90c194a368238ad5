// Replicas that die under load, by kill -9: a call that one of them had gets one 502, or its answer
// ends short; every other call is answered; none hangs and none is made twice.
//
// Calls with an id each, some slow and some streamed, go to three origins that log the ids. One is
// killed, its address stays in the route for a while, as in a cluster, and another takes its place.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "engine/time.hpp"

namespace thaw::rigs {

struct CrashSize {
  std::uint64_t seed = 1;
  std::uint32_t callers = 60, kills = 6;
  Duration between = std::chrono::seconds(1);  // kills
};

struct Crashed {
  std::uint64_t calls = 0, answered = 0, refused = 0, cut = 0;  // 200; 502; ended short
  std::uint64_t unanswered = 0;  // the connection ended with no byte of an answer
  std::uint64_t hung = 0, other = 0;
  std::uint64_t unexplained = 0;  // 502 or cut, but no origin died meanwhile
  std::uint64_t twice = 0;        // ids that reached an origin more than once
  std::uint64_t unlogged = 0;     // answered with 200, but no origin has it

  bool holds() const;
};

Crashed crash(const CrashSize& size);
std::ostream& operator<<(std::ostream& out, const Crashed& crashed);

}  // namespace thaw::rigs
