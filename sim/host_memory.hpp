// Models that a node's memory still holds (the kernel's page cache): read again there, they do not
// go over the network.
//
// Held is what was read last, as far as the models together fit the memory of the machine; what
// pods use of it is not taken off, and unmounting a volume drops nothing: a guess, on the fast
// side. Units: bytes. Errors: none.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/quantity.hpp"

namespace thaw::sim {

class HostMemory {
 public:
  bool holds(std::size_t function) const;  // the model of this function
  // It was read, or written, just now.
  void keep(std::size_t function, Bytes size, Bytes room);

 private:
  struct Held {
    std::size_t function;
    Bytes size;
  };
  std::vector<Held> held_;  // longest unread first
};

}  // namespace thaw::sim
