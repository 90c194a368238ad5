// The audit of a run: what its parts have written down, each held against what another one knows.
//
//   waits         each waiting request's stages add up to its wait; together they are the sums that
//                 the summary's means come from, and every request that was served is among them
//   nodes         each node's booked time is its life, rounded as its machine is billed: every
//                 node-nanosecond is in one part of the bill, of one function or of nobody
//   money         each pool's parts, and its functions' parts, add up to the nodes' time × price
//   little's law  time in queue and in service, request by request, is the number of requests
//   there,
//                 added up over time
//   signs         nothing is negative
//
// A pure function of the books: to the nanosecond, the millionth of a node and the billionth of
// money, without a tolerance. Errors: none; what does not fit is a proof that does not hold.
#pragma once

#include <string>
#include <vector>

#include "engine/report/summary.hpp"
#include "engine/run/gauges.hpp"
#include "engine/wide.hpp"
#include "engine/workload/load.hpp"
#include "sim/ledger.hpp"
#include "sim/wait_ledger.hpp"

namespace thaw::sim {

struct Books {
  struct Function {
    std::string name;
    Stays stays;                             // by its requests
    Integral queued, in_flight;              // by its gauges
    std::array<Wide, kColdStages> stages{};  // by its account of cold requests
    Wide cold_waits = 0;
  };
  struct NodeLife {
    std::string name;
    std::size_t pool = 0;
    TimePoint ordered, until;  // its end, or now
    bool gone = false;
    Wide booked = 0;  // millionths of nanoseconds
  };
  struct Pool {
    std::string name;
    Machine machine;
    std::vector<Parts> booked;  // by function, the last is nobody; millionths of node-nanoseconds
    Ledger::PoolBill bill;
  };
  std::vector<Function> functions;
  std::vector<WaitLedger::Line> waits;
  std::vector<NodeLife> nodes;
  std::vector<Pool> pools;
};

Summary::Audit audit(const Books& books);

}  // namespace thaw::sim
