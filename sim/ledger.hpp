// The bill, kept as double entry. What a node is billed for is the debit: its life times its
// price. The credit: each billed node-nanosecond belongs to exactly one part, the first that
// applies, and to the function that had the node, or to nobody:
//   fixed       the node's pool can host no function
//   draining    marked for removal, until the VM is deleted
//   useful      a request is in service on it
//   idle_warm   a Ready replica, no request
//   cold_start  not usable yet, or a replica on it is starting
//   stranded    nothing of a function on it
// A node that several pods share is split by their dominant shares; what nobody reserved is
// stranded. What a node costs on its way is booked to the function whose pod it takes first, once
// it does. Draining and fixed are nobody's.
//
// Money accrues when a node or a pod changes, never per request beyond busy and idle. Units:
// millionths of a node-nanosecond in 128 bits; turned into money once, at the end, so that the
// parts add up to the total exactly.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/wide.hpp"
#include "sim/nodes.hpp"
#include "sim/pods.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

enum class Part : std::uint8_t { useful, idle_warm, cold_start, stranded, draining, fixed };
inline constexpr std::size_t kParts = 6;
using Parts = std::array<Wide, kParts>;

// What is billed for a node that lived so long, by its machine's unit and minimum.
Duration billed(Duration life, const Machine& machine);

// Nodes' millionths of nanoseconds in billionths of money, rounded half up.
Wide to_nanomoney(Wide amount, Nanomoney per_hour);

class Ledger {
 public:
  static constexpr std::int64_t kWhole = 1'000'000;  // of a node

  Ledger(World& world, Pods& pods);

  void update(const Node& node);      // after every change of it or of its pods
  void busy_changed(const Pod& pod);  // between no request in service and some
  void settle();                      // books what has accrued until now

  // By function; the last is nobody.
  struct PoolBill {
    Parts nanomoney{};  // adds up to `total`
    Wide total = 0;
    std::vector<Parts> by_function;  // adds up to `nanomoney`
    double node_hours = 0, gpu_busy_ratio = 0;
  };
  PoolBill bill(std::size_t pool) const;
  Wide total(std::size_t pool) const;  // of the bill

  // Credits by function, the last is nobody.
  const std::vector<Parts>& booked(std::size_t pool) const { return pools_[pool].booked; }
  Wide booked(const Node& node) const { return accounts_[node.id].booked; }

 private:
  // Who has how much of a node, and since when.
  struct Entry {
    PodId pod = 0;  // 0: none
    std::size_t holder = 0;
    Part part = Part::stranded;
    std::int64_t share = 0;
    TimePoint since;
  };
  struct Account {
    std::size_t pool = 0;
    std::vector<Entry> entries;          // shares add up to kWhole; none: not billed
    std::optional<std::size_t> claimed;  // by the function whose pod came first
    Wide unclaimed = 0;                  // what it cost on its way, as long as nobody claims it
    Wide booked = 0;
    std::int64_t busy_gpus = 0;
    TimePoint gpus_since;
  };
  struct PoolBooks {
    std::vector<Parts> booked;  // by function, the last is nobody
    Wide busy_gpu_ns = 0;
  };
  std::size_t nobody() const { return world_.scenario.functions.size(); }
  void credit(Account& account, const Entry& entry, Duration time);
  void settle(Account& account);
  void settle_gpus(Account& account);
  void close(const Node& node, Account& account);
  void claim(Account& account, std::size_t function);
  void share_out(const Node& node, Account& account);
  void share_among_pods(const Node& node, Account& account);
  void hold(Account& account, const Pod* pod, Part part, std::int64_t share);
  Part part_of(const Pod& pod) const;

  World& world_;
  Pods& pods_;
  std::vector<bool> fixed_;         // of each pool
  std::vector<std::int64_t> gpus_;  // whole cards of one pod at work, of each function
  std::vector<Account> accounts_;   // of each node
  std::vector<PoolBooks> pools_;
};

}  // namespace thaw::sim
