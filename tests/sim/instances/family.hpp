// Figures of simulations held against theory, as one family: all of a file's comparisons together
// are right with 99 % where the theory holds.
//
// A figure is measured in independent replications. Its mean may be off by Student's reach at the
// confidence that n comparisons need for 99 % together, 0.99^(1/n) (Šidák, "Rectangular confidence
// regions for the means of multivariate normal distributions", JASA 62, 1967). The seeds are fixed,
// so a comparison that holds, holds for good; one whose reach is wider than it should be proves
// little, and fails too.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace thaw::sim {

class Family : public testing::Environment {
 public:
  // Registers itself for the program; `comparisons`: how many its tests make, which it counts.
  static Family& of(int comparisons);

  void compare(const std::string& what, const std::vector<double>& values, double expected,
               double most_reach_ratio);
  // Against another simulator's mean of `n` runs with a standard deviation of their own (Welch).
  void compare(const std::string& what, const std::vector<double>& values, double other_mean,
               double other_deviation, int n);

  void TearDown() override;

 private:
  explicit Family(int comparisons) : comparisons_(comparisons) {}
  double confidence() const;

  int comparisons_, made_ = 0;
};

}  // namespace thaw::sim
