// What the observed nodes cost, and whose it is: the simulator's rule (sim/ledger.hpp) on what can
// be seen from outside.
//
// A node is billed from its order until its object is gone, by its pool's price. Each nanosecond of
// it is, by the first that applies: fixed (no function fits the pool), draining, cold_start (not
// usable yet), stranded (no function's pod on it); else it is shared by the pods on it, by the
// largest part that each asks of any resource, the rest is stranded, and one pod alone has all.
// Which of a function's replicas serves is not seen: of what its ready ones hold, as large a part
// is useful as calls in flight are of them, at most all; the rest is idle_warm. Units: nanoseconds
// of a node as doubles, money at the end: a bill of what was observed, not to the last unit.
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "drivers/observed/nodes.hpp"
#include "drivers/observed/pods.hpp"
#include "engine/report/summary.hpp"

namespace thaw::observed {

class Bill {
 public:
  Bill(const View& view, const Nodes& nodes, const Pods& pods);

  // Up to now, as everything was until now: to be called before anything changes.
  void settle();
  double total() const;
  // Into the pools' and the functions' costs and the whole.
  void tell(Summary& summary) const;

 private:
  enum Part : std::size_t { useful, idle_warm, cold_start, stranded, draining, fixed, kParts };
  using Parts = std::array<double, kParts>;
  struct PoolBooks {
    double node_ns = 0;
    std::vector<Parts> by_function;  // node-nanoseconds; the last is nobody
  };
  void share_out(const std::string& name, const Node& node, double time);
  double money(std::size_t pool, double node_ns) const;

  const View& view_;
  const Nodes& nodes_;
  const Pods& pods_;
  std::vector<bool> fixed_;  // of each pool
  std::vector<PoolBooks> pools_;
  TimePoint settled_;
};

}  // namespace thaw::observed
