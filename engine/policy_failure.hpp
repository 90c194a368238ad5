// A policy that cannot decide, because what it is made of failed: a program that died, hung or
// answered nonsense. Whoever runs the policy ends with exit code 3 (the outside world failed)
// rather than scale by a guess.
#pragma once

#include <stdexcept>

namespace thaw {

class PolicyFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace thaw
