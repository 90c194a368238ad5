// Thousands of connections that keep the gateway waiting, and one client that is served meanwhile.
//
// A third of them send heads a byte at a time, a third bodies, a third ask for much and never read
// it. Whoever is cut comes back at once. The client calls one after the other, every tenth over a
// new connection, before the attack and during it.
#pragma once

#include <cstdint>
#include <iosfwd>

#include "engine/time.hpp"

namespace thaw::rigs {

struct SlowlorisSize {
  std::uint32_t connections = 5'000;
  Duration attack = std::chrono::seconds(30);
  Duration drip = std::chrono::seconds(2);         // between two bytes
  Duration head_within = std::chrono::seconds(5);  // the gateway's own limits
  Duration stall = std::chrono::seconds(10);
};

struct Besieged {
  struct Served {
    std::uint64_t calls = 0, failed = 0;
    Duration p50{0}, p99{0}, most{0};
  };
  Served before, during;
  std::uint32_t attackers = 0;     // connected at the end
  std::uint64_t cut = 0;           // times that one was
  std::size_t resident_bytes = 0;  // of the gateway, with half of the attack over
  std::size_t resident_peak_bytes = 0;
  std::size_t kernel_bytes = 0;  // of the machine's TCP, at the same instant
  bool alive = false;            // and it ended in order when asked to

  // Nobody failed, no call took a second, and the memory is bounded: half a gigabyte is 100 kB for
  // each of 5,000 connections.
  bool holds() const;
};

Besieged besiege(const SlowlorisSize& size);
std::ostream& operator<<(std::ostream& out, const Besieged& besieged);

}  // namespace thaw::rigs
