// Pods onto nodes that are there and onto as few new ones as fit, whose machine types stay open
// until the end. Source: Karpenter 1.14, its scheduling: larger pods first; a pod joins the new
// node that has fewest pods; a type stays possible while everything fits it; the cheapest is
// bought.
//
// All pools that may grow count as machine types of one NodePool, limited by their own maximum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "sim/autoscaler/planned.hpp"

namespace thaw::sim {

class Packing {
 public:
  struct Claim {                     // a node to be bought
    std::vector<std::size_t> pools;  // of which it may be, cheapest first
    std::vector<const Workload*> pods;
    Resources used;
  };
  // `vacancies`: nodes that each pool may still get, 0 for those that are out of question.
  Packing(const std::vector<Pool>& pools, std::vector<std::int64_t> vacancies,
          std::vector<PlannedNode> there);

  struct Result {
    std::vector<std::size_t> used;  // of the nodes that are there, in the order of first use
    std::vector<Claim> claims;
    std::vector<const Workload*> left;  // fit nowhere
  };
  Result pack(std::vector<const Workload*> pods);

 private:
  bool join(Claim& claim, const Workload& pod) const;
  bool open(const Workload& pod, std::vector<Claim>& claims) const;

  const std::vector<Pool>& pools_;
  std::vector<std::int64_t> vacancies_;
  std::vector<PlannedNode> there_;
};

}  // namespace thaw::sim
