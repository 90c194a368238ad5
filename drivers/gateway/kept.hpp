// Connections to replicas that are open and idle, for the next call.
//
// The one used last is used first. One that the replica closed, or said something on without being
// asked, is never given out. Threads: the gateway's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "drivers/gateway/buffer.hpp"
#include "drivers/gateway/channel.hpp"
#include "drivers/gateway/instant.hpp"

namespace thaw::gateway {

// A connection to a replica, and what came of it.
struct Upstream {
  Upstream(Channel::Socket socket, Wheel& wheel, std::string where)
      : channel(std::move(socket), wheel), host(std::move(where)) {}
  Channel channel;
  const std::string host;  // as a Host names it
  Buffer in;
  Instant since{};  // when it became idle
};

class Kept {
 public:
  explicit Kept(std::size_t most) : most_(most) {}

  // `replica`: a Place's replica_id(). Null: there is none.
  std::unique_ptr<Upstream> take(std::uint64_t replica);
  void put(std::uint64_t replica, std::unique_ptr<Upstream> upstream, Instant now);
  // Closes what is idle since `before`, what its replica closed, and what belongs to none of these
  // replicas (sorted).
  void sweep(Instant before, const std::vector<std::uint64_t>& replicas);
  void clear() { idle_.clear(), count_ = 0; }
  std::size_t size() const { return count_; }

 private:
  std::size_t most_, count_ = 0;
  std::unordered_map<std::uint64_t, std::vector<std::unique_ptr<Upstream>>> idle_;
};

}  // namespace thaw::gateway
