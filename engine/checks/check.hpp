// A check of a scenario, and the instants it may refer to.
#pragma once

#include <cstdint>
#include <string>

#include "engine/checks/expression.hpp"
#include "engine/diagnostic.hpp"
#include "engine/time.hpp"

namespace thaw {

// An instant that may wait for something: `offset` (at least 0) after an anchor. The last request
// and the last completion are the whole workload's, and known once nothing will be sent any more.
struct Instant {
  enum class Anchor : std::uint8_t { start, last_request, last_completion, step };
  Duration offset{};
  Anchor anchor = Anchor::start;
  std::string step;  // Anchor::step: after the last answer of that step
};

struct Check {
  enum class Kind : std::uint8_t { at, by, always, never, end };
  std::string name;
  Place place;
  Kind kind = Kind::end;
  Instant instant;  // at: the instant; by: holds at some instant from its anchor to it
  Expression expect;
};

}  // namespace thaw
