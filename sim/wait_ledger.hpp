// Where the waits of requests go: from arrival to start of service, cut into the stages of a cold
// start by what the replica that served the request in the end was doing at each instant.
//
// A stage's instants stand on the pod and on its node, once for everybody who waits for it. When a
// wait ends, each stage gets what of it overlaps the wait: so the stages of a request add up to its
// wait, to the nanosecond. A request that does not wait is not looked at; one that is never served
// has no stages (its time is the summary's in_vain_s). Lines of single requests are kept only for
// an audit. Units: nanoseconds. Errors: none.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/report/summary.hpp"
#include "engine/statistics/sketch.hpp"
#include "engine/wide.hpp"
#include "sim/nodes.hpp"
#include "sim/pods.hpp"
#include "sim/requests.hpp"

namespace thaw::sim {

enum class ColdStage : std::uint8_t {
  policy,      // the replica was not asked for yet
  node_order,  // it fitted nowhere, and its node was not ordered yet
  boot,        // the VM was made
  join,        // until the Node was Ready
  gpu,         // until its GPUs were allocatable
  schedule,    // until it was bound to its node: it waited for room, or its turn
  image,
  container,  // container start, and the fixed delay
  model,      // download, or read from a volume or from memory
  load,       // weights to the GPU
  ready,      // Ready, and whoever held the call did not know it yet
  queue,      // it could have been served here, and others were first
};
inline constexpr std::size_t kColdStages = kColdStartStages.size();
using StageTimes = std::array<Duration, kColdStages>;

// `pod` is the replica that serves the request from `request.began` on.
StageTimes stages_of(const Request& request, const Pod& pod, const Node& node);

class WaitLedger {
 public:
  // One request that waited and was served.
  struct Line {
    std::uint32_t function = 0;
    bool cold = false;
    TimePoint arrived, began;
    StageTimes stages{};
  };
  // Of a function's cold requests.
  struct Account {
    std::array<Wide, kColdStages> stages{};
    std::unique_ptr<Sketch> waits;  // empty: there was none
  };

  explicit WaitLedger(std::size_t functions) : accounts_(functions) {}

  void keep_lines() { keeps_lines_ = true; }
  // The request is in service from now on.
  void ended(const Request& request, const Pod& pod, const Node& node);

  const Account& account(std::size_t function) const { return accounts_[function]; }
  const std::vector<Line>& lines() const { return lines_; }

 private:
  std::vector<Account> accounts_;
  std::vector<Line> lines_;
  bool keeps_lines_ = false;
};

}  // namespace thaw::sim
