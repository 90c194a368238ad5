// Replicas and bytes are both counts; their sum is nothing.
#include "engine/quantity.hpp"

int main() {
#ifdef MISTAKE
  const auto sum = thaw::Replicas(1) + thaw::Bytes(80);
#else
  const auto sum = thaw::Replicas(1) + thaw::Replicas(80);
#endif
  return static_cast<int>(sum.count);
}
