// Settings that are lengths of time or decimal numbers.
//
// A duration is written as Go does ("15m", "1h30m") or as a scenario does ("15min", "250ms").
// Errors: nonsense and values out of range go to the reader's Diagnostics, at the setting's place;
// the default comes back instead.
#pragma once

#include <string>

#include "engine/params.hpp"
#include "engine/time.hpp"

namespace thaw {

Duration read_duration(ParamsReader& reader, const std::string& key, const std::string& fallback,
                       Duration least);

// Above `floor`, and at most `most`.
double read_number(ParamsReader& reader, const std::string& key, const std::string& fallback,
                   double floor, double most);

}  // namespace thaw
