// The three narrow ports between the controller and a world. Nothing behind them says whether it is
// simulated. Threads: all calls come from the controller's one thread.
#pragma once

#include <cstdint>

#include "engine/policy.hpp"

namespace thaw {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  // One alarm a function; a new one replaces the old. At that instant the world calls
  // Controller::alarm.
  virtual void set_alarm(FunctionId, TimePoint) = 0;
  virtual void cancel_alarm(FunctionId) = 0;
};

class Cluster {
 public:
  virtual ~Cluster() = default;
  // Neither call waits for a network. The observation lives until the next call.
  virtual const Observation& observe(FunctionId, const Wants&, Cause) = 0;
  // Returns a ticket; the outcome comes back as Observation::last_write.
  virtual std::uint64_t submit(FunctionId, const Decision&) = 0;
};

class Recorder {
 public:
  virtual ~Recorder() = default;
  // `capped` is what was submitted: `decided` after the operator's cap.
  virtual void step(FunctionId, const Observation&, const Decision& decided,
                    const Decision& capped) = 0;
  // Facts that a policy was shown without a question, before its state was saved.
  virtual void look(FunctionId, const Observation&) {}
};

}  // namespace thaw
