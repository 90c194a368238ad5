// What lint finds: a code, a place, the reason in numbers and the mend.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/diagnostic.hpp"

namespace thaw::lint {

// error: it cannot work as written, or not as it is meant to. warning: it works, at a price or by
// luck. info: worth knowing.
enum class Severity : std::uint8_t { info, warning, error };
std::string_view name_of(Severity severity);

// Another place that has a part in a finding, and which.
struct Related {
  Place place;
  std::string message;
};

struct Finding {
  std::string code;  // "TH201"
  Severity severity = Severity::error;
  Place place;
  std::string message;  // what is wrong, in numbers where there are any
  std::string mend;     // what to write instead
  std::vector<Related> related;
};

// By file, line, column, code and message.
bool before(const Finding& a, const Finding& b);

}  // namespace thaw::lint
