// At which instants of a second Knative's processes work: settled when they start, and nobody's
// choice, so drawn.
#pragma once

#include "engine/distribution.hpp"

namespace thaw::sim {

struct KnativePhases {
  // Scraping starts with the autoscaler's ticks, one object later: so long in recordings of Serving
  // 0.48 (100 ms) and beside it (22 and 44 ms, tests/peers).
  static constexpr Duration kLeastDelay = std::chrono::milliseconds(20);
  static constexpr Duration kMostDelay = std::chrono::milliseconds(100);
  static constexpr const char* kPurpose = "knative/phases";  // of the stream

  Duration report;  // of an activator, within a second of the clock; it is older than the revision
  Duration scrape_delay;  // of the replicas, after a tick

  static KnativePhases draw(Random random) {
    const Duration report =
        Distribution::uniform(Duration{0}, std::chrono::seconds(1)).draw(random);
    return {report, Distribution::uniform(kLeastDelay, kMostDelay).draw(random)};
  }
};

}  // namespace thaw::sim
