// The clock of a world that is real, for drivers under test that only ask what time it is.
#pragma once

#include <chrono>

#include "engine/ports.hpp"

namespace thaw::live {

class WallClock final : public Clock {
 public:
  TimePoint now() const override { return {std::chrono::system_clock::now().time_since_epoch()}; }
  void set_alarm(FunctionId, TimePoint) override {}
  void cancel_alarm(FunctionId) override {}
};

}  // namespace thaw::live
