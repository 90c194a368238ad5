// What the gaps between needed times of a replica cost at least, and what of that is keeping and
// what is starting.
//
// Units: those of sim/study/optimum.hpp; gaps in ns. Errors: none.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/wide.hpp"
#include "sim/study/optimum.hpp"

namespace thaw::sim {

class GapPrices {
 public:
  // All prices of the question times `share`.
  GapPrices(const OptimumQuestion& question, double share);

  double least(std::int64_t gap) const { return cost(lines_[cheapest(gap)], gap); }
  void start() { ++lines_.back().gaps; }  // the first one
  void pay(std::int64_t gap) {
    Line& line = lines_[cheapest(gap)];
    line.ns += gap;
    ++line.gaps;
  }
  void add_to(Optimum& result) const;

 private:
  // What can be done in a gap.
  struct Line {
    double keep_per_s, start_cost;
    Wide ns = 0;  // of the gaps for which this is the best
    std::int64_t gaps = 0;
  };
  static double cost(const Line& line, std::int64_t gap) {
    return line.keep_per_s * seconds(Duration{gap}) + line.start_cost;
  }
  std::size_t cheapest(std::int64_t gap) const;

  std::vector<Line> lines_;
};

}  // namespace thaw::sim
