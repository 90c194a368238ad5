// Calls of a Knative revision, through the activator: each a connection of its own.
#pragma once

#include <string>
#include <vector>

#include "engine/time.hpp"
#include "tests/peers/observer.hpp"

namespace thaw::peers {

struct Answer {
  Duration sent;     // from the start of the load
  Duration latency;  // from the instant that it was to be sent, to the last byte
  int status = 0;    // 0: none came
};

class Load {
 public:
  Load(std::string space, std::string revision)
      : space_(std::move(space)), revision_(std::move(revision)) {}

  // So many clients, each of which calls as soon as it has its answer, until `length` is over.
  std::vector<Answer> closed(int clients, Duration length) const;
  // A call at each of these instants, whatever became of the ones before; ascending.
  std::vector<Answer> open(const std::vector<Duration>& at) const;

 private:
  Answer call(Clock::time_point start, Duration at) const;

  std::string space_, revision_;
};

}  // namespace thaw::peers
