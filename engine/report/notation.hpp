// How reports write time.
//
// Units: durations are integer nanoseconds; what is meant for people is rounded half up, what is
// meant for machines is exact. Errors: none.
#pragma once

#include <string>

#include "engine/time.hpp"

namespace thaw {

// For machines: seconds as a decimal without trailing zeros, every nanosecond kept:
// "602.000000001".
std::string exact_seconds(Duration d);

// How long something took, in at most two units: "15.3ms", "1.53s", "10min02s", "20h03min",
// "3d04h".
std::string readable_length(Duration d);

// When something happened, to the second from the first minute on: "1.53s", "10min02s",
// "20h03min07s".
std::string readable_instant(Duration since_start);

}  // namespace thaw
