// The controller's recorder: a line when a function's decision says something new, and counts.
//
// A shadow's lines say what the cluster's own autoscaler has there. Threads: one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "drivers/world/functions.hpp"
#include "drivers/world/log.hpp"

namespace thaw::world {

class DecisionLog final : public Recorder {
 public:
  DecisionLog(Log& log, bool shadow) : log_(log), shadow_(shadow) {}

  void serve(const Functions& functions);
  void step(FunctionId id, const Observation& seen, const Decision& decided,
            const Decision& capped) override;

  struct Last {
    Replicas spec, ready;
    std::optional<Replicas> desired;
    Reason why;
  };
  const std::map<FunctionName, Last>& last() const { return last_; }
  std::uint64_t steps() const { return steps_; }

 private:
  Log& log_;
  const bool shadow_;
  const Functions* functions_ = nullptr;
  std::map<FunctionName, Last> last_;  // of those that are governed
  std::uint64_t steps_ = 0;
};

}  // namespace thaw::world
