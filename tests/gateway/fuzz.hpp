// Bent requests to the gateway and bent answers of its origin, drawn from a seed.
//
// Held against it, batch by batch: what reaches the origin are requests that the rig's own Reader
// finds well-formed in what was sent, each at most once, with the same method and body (nothing is
// smuggled); what comes back is well-formed, in the order of the requests, and never another's
// answer; no connection hangs beyond the gateway's limits; a plain call is answered after each
// batch; the gateway lives and its memory stays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "engine/time.hpp"

namespace thaw::rigs {

struct FuzzSize {
  std::uint64_t seed = 1;
  std::uint32_t batches = 100;
  std::uint32_t connections = 64;  // of a batch, all at once
  std::uint64_t first = 0;         // batch to begin with, to repeat one alone
};

struct Fuzzed {
  std::uint64_t connections = 0, well_formed = 0, reached = 0, answers = 0, refused = 0, cut = 0;
  std::vector<std::string> findings;  // "batch N, connection M: what, and the bytes sent"
  Duration longest{0};                // of a connection that the gateway was to end
  std::size_t resident_early_bytes = 0, resident_bytes = 0;

  // Nothing was found, of what was sent some reached the origin and some was refused, and the
  // memory is that of a few hundred connections, however many there were.
  bool holds() const;
};

Fuzzed fuzz(const FuzzSize& size);
std::ostream& operator<<(std::ostream& out, const Fuzzed& fuzzed);

}  // namespace thaw::rigs
