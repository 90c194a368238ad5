// One run: which scenario is played, as it was asked for, under which id, and who scales what.
#pragma once

#include <string>

#include "drivers/trial/driven.hpp"
#include "drivers/trial/trial.hpp"

namespace thaw::trial {

struct Run {
  const Scenario& scenario;
  const Options& options;
  std::string id;
  Scaling scaling;

  bool interrupted() const { return options.interrupted && *options.interrupted; }
  void say(const std::string& line) const {
    if (options.say) options.say(line);
  }
};

}  // namespace thaw::trial
