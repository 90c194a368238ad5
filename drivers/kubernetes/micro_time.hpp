// The wall clock as meta/v1's MicroTime wants it: exactly six digits, UTC.
#pragma once

#include <string>

#include "engine/time.hpp"

namespace thaw::kubernetes {

std::string micro_time(TimePoint t);  // "2026-01-05T00:00:00.250000Z"
std::string micro_time_now();

}  // namespace thaw::kubernetes
