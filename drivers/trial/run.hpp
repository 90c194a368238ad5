// One run: which scenario is played, as it was asked for, under which id, through which gateway,
// and who scales what.
#pragma once

#include <optional>
#include <string>

#include "drivers/loadgen/loadgen.hpp"
#include "drivers/trial/driven.hpp"
#include "drivers/trial/trial.hpp"

namespace thaw::trial {

struct Run {
  const Scenario& scenario;
  const Options& options;
  std::string id;
  std::optional<loadgen::Target> gateway;  // that is there already; empty: the driver's own
  Scaling scaling;

  bool interrupted() const { return options.interrupted && *options.interrupted; }
  void say(const std::string& line) const {
    if (options.say) options.say(line);
  }
};

}  // namespace thaw::trial
