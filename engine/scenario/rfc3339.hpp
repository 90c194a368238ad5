// RFC 3339 times as a scenario writes them: UTC only ("Z"), seconds with up to nine decimals, years
// 1970 to 2149, so that a hundred years on top still fit TimePoint. Empty result: not of this form
// or no such day.
#pragma once

#include <optional>
#include <string_view>

#include "engine/time.hpp"

namespace thaw::scenario {

std::optional<TimePoint> parse_rfc3339(std::string_view text);

}  // namespace thaw::scenario
