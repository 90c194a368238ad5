// How things stand in a run, in a line for a terminal.
#pragma once

#include <string>

#include "drivers/loadgen/loadgen.hpp"
#include "drivers/observed/view.hpp"

namespace thaw::trial {

class StatusLine {
 public:
  StatusLine(const observed::View& view, const loadgen::LoadGenerator& load)
      : view_(view), load_(load) {}

  // "12min3s  calls 1204, 3 failed, 12 in flight, p95 1.2s  ollama 2/3  gpu 1": of each function
  // the ready and the wanted replicas, of each pool the nodes; the first six of them.
  std::string words() const;

 private:
  const observed::View& view_;
  const loadgen::LoadGenerator& load_;
};

}  // namespace thaw::trial
