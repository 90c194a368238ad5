// What is looked at from time to time, for all conversations together: deadlines, callers who went
// away, functions that wait for a replica, connections that nobody needs.
#pragma once

#include <poll.h>

#include <vector>

#include "drivers/gateway/core.hpp"

namespace thaw::gateway {

class Watch {
 public:
  static constexpr Duration kEvery = std::chrono::milliseconds(20);

  explicit Watch(Core& core) : core_(core) {}
  void look(Instant now);
  void drop_unlisted(Instant now);  // connections to replicas that are no more

 private:
  void find_the_gone();

  Core& core_;
  Instant looked_for_gone_{}, swept_{};
  std::vector<pollfd> polled_;
  std::vector<Call*> watched_;
  std::vector<std::uint64_t> replicas_;
};

}  // namespace thaw::gateway
