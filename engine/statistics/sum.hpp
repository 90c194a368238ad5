// Neumaier's sum: what an addition rounds away is kept and added at the end. Same values in the
// same order: same bits.
#pragma once

#include <cmath>

namespace thaw {

class Sum {
 public:
  void add(double x) {
    const double next = sum_ + x;
    lost_ += std::fabs(sum_) >= std::fabs(x) ? (sum_ - next) + x : (x - next) + sum_;
    sum_ = next;
  }
  double total() const { return sum_ + lost_; }

 private:
  double sum_ = 0, lost_ = 0;
};

}  // namespace thaw
