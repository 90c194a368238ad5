// A bare number does not say what it counts.
#include "engine/quantity.hpp"

int main() {
#ifdef MISTAKE
  const thaw::Replicas two = 2;
#else
  const thaw::Replicas two{2};
#endif
  return static_cast<int>(two.count);
}
