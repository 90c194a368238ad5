#include "engine/invariant.hpp"

#include <cstdio>
#include <cstdlib>

namespace thaw {

void invariant_broken(const char* condition, const char* why, const char* file, int line) {
  std::fprintf(stderr, "thaw: bug at %s:%d: %s (%s does not hold)\n", file, line, why, condition);
  std::abort();
}

}  // namespace thaw
