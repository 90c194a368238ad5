// A recording's file, read to its end.
#pragma once

#include <functional>
#include <string>

#include "engine/recording/recording.hpp"

namespace thaw::recording {

// Tells each line with its number. A last line without an end was cut off by a crash, and is not
// told: true. Throws InputError where it cannot be read, or is no recording.
bool read_file(const std::string& path, const std::function<void(Line, int)>& tell);

}  // namespace thaw::recording
