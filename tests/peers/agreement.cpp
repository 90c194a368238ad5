#include "tests/peers/agreement.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace thaw::peers {

Agreement agreement(const diff::Difference& difference, Duration instant) {
  Agreement found;
  for (const diff::TrackDifference& track : difference.tracks) {
    found.same_sequence = found.same_sequence && track.same_sequence;
    for (const diff::Change& change : track.changes) {
      if (!change.lag()) continue;
      Duration& longest = *change.a < instant ? found.before : found.after;
      longest = std::max(longest, std::chrono::abs(*change.lag()));
    }
  }
  return found;
}

int runs() {
  const char* text = std::getenv("THAW_PEERS_RUNS");
  return text == nullptr ? 1 : std::atoi(text);
}

int enough_of(int runs) { return runs - runs / 10; }

std::string load_average() {
  double load = 0;
  char text[32] = "load unknown";
  if (getloadavg(&load, 1) == 1) std::snprintf(text, sizeof text, "load %.1f", load);
  return text;
}

}  // namespace thaw::peers
