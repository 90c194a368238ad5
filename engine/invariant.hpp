// THAW_CHECK: a bug in thaw itself, never bad input. Stays on in release builds. Prints the broken
// condition, the reason and the place to standard error and aborts.
#pragma once

namespace thaw {

[[noreturn]] void invariant_broken(const char* condition, const char* why, const char* file,
                                   int line);

}  // namespace thaw

#define THAW_CHECK(condition, why)    \
  ((condition) ? static_cast<void>(0) \
               : ::thaw::invariant_broken(#condition, why, __FILE__, __LINE__))
