// The bill. Each billed node-nanosecond belongs to exactly one part, the first that applies:
//   fixed       the node's pool can host no function
//   draining    marked for removal, until the VM is deleted
//   useful      a request is in service on it
//   idle_warm   a Ready replica, no request
//   cold_start  not usable yet, or a replica on it is starting
//   stranded    nothing of a function on it
// A node that several pods share is split by their dominant shares; what nobody reserved is
// stranded.
//
// Money accrues when a node or a pod changes, never per request beyond busy and idle. Units:
// millionths of a node-nanosecond in 128 bits; turned into money once, at the end, so that the
// parts add up to the total exactly.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/nodes.hpp"
#include "sim/pods.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

enum class Part : std::uint8_t { useful, idle_warm, cold_start, stranded, draining, fixed };
inline constexpr std::size_t kParts = 6;

class Ledger {
 public:
  Ledger(World& world, Pods& pods);

  void update(const Node& node);  // after every change of it, of its pods or of their requests
  void finish(std::deque<Node>& nodes);

  struct PoolBill {
    std::array<std::int64_t, kParts> nanomoney{};  // adds up to `total`
    std::int64_t total = 0;
    double node_hours = 0, gpu_busy_ratio = 0;
  };
  PoolBill bill(std::size_t pool) const;

 private:
  __extension__ typedef __int128 Wide;
  static constexpr std::int64_t kWhole = 1'000'000;

  struct Account {
    TimePoint since;
    std::array<std::int64_t, kParts> split{};  // millionths; all zero: not billed
    std::int64_t busy_gpus = 0;
  };
  struct PoolTotals {
    std::array<Wide, kParts> part{};  // millionths of node-nanoseconds
    Wide busy_gpu_ns = 0;
  };
  void accrue(const Node& node, Duration elapsed);
  void split(const Node& node, Account& account) const;
  Part part_of(const Pod& pod) const;

  World& world_;
  Pods& pods_;
  std::vector<bool> fixed_;        // of each pool
  std::vector<Account> accounts_;  // of each node
  std::vector<PoolTotals> totals_;
};

}  // namespace thaw::sim
