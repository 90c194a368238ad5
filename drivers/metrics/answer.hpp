// What a metrics API answered to one question, with its own time.
//
// Units: thousandths; `taken` is the oldest sample's own instant, not that of asking. Presence as
// engine/policy.hpp has it: an API that is not there, or knows no such metric, is absent; one that
// is down, forbids it or makes no sense is an error, and `trouble` says what, for people.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/policy.hpp"

namespace thaw::metrics {

// A container's value (metrics.k8s.io) or a pod's (custom.metrics.k8s.io).
struct PodValue {
  std::string pod, container;
  Milli value = 0;
  TimePoint taken;
  Duration window{};
};

struct Answer {
  Presence presence = Presence::absent;
  TimePoint taken;
  std::vector<Milli> series;
  std::vector<PodValue> pods;
  std::string trouble;                // empty where presence is ok
  std::vector<std::string> warnings;  // of Prometheus: the answer may be a part

  static Answer absent(std::string why) { return without(Presence::absent, std::move(why)); }
  static Answer error(std::string why) { return without(Presence::error, std::move(why)); }
  static Answer without(Presence presence, std::string why) {
    Answer answer;
    answer.presence = presence;
    answer.trouble = std::move(why);
    return answer;
  }
};

}  // namespace thaw::metrics
