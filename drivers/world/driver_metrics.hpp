// What a driver tells Prometheus of itself and of the functions it governs.
#pragma once

#include "drivers/kubernetes/transport.hpp"
#include "drivers/world/decision_log.hpp"
#include "drivers/world/open_metrics.hpp"
#include "drivers/world/watches.hpp"

namespace thaw::world {

struct Told {
  const Functions& functions;
  const DecisionLog& decisions;
  const Watches& watches;
  const Inventory& inventory;
  const kubernetes::Transport& transport;
};

void tell_driver(const Told& of, OpenMetrics& metrics);

}  // namespace thaw::world
