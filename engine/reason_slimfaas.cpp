// Why SlimFaas's rule decided as it did.
#include <fmt/format.h>

#include "engine/reason_words.hpp"

namespace thaw::words {
namespace {

std::string no_call_for(double idle_s) {
  return idle_s < 0 ? "never called" : fmt::format("no call for {} s", number(idle_s));
}

std::string active_in_words(const Reason& why) {
  if (why.number[0] < 0) return "never called, kept up by default";
  return fmt::format("called {} s ago (idle timeout {} s)", number(why.number[0]),
                     number(why.number[1]));
}

std::string below_min_in_words(const Reason& why) {
  const std::string found = fmt::format("{} replicas, below ReplicasMin {}", number(why.number[0]),
                                        number(why.number[1]));
  if (why.number[0] == why.number[2]) return found + ": left there";
  return fmt::format("{} → {}", found, number(why.number[2]));
}

}  // namespace

std::string slimfaas(const Reason& why) {
  const auto& n = why.number;
  switch (why.code) {
    case ReasonCode::waiting_for_tick:
      return "between two passes of its loop";
    case ReasonCode::active:
      return active_in_words(why);
    case ReasonCode::never_called:
      return fmt::format("never called, up by default → ReplicasAtStart {}", number(n[0]));
    case ReasonCode::idle_timeout:
      return fmt::format("{} (idle timeout {} s) → ReplicasMin {}", no_call_for(n[0]), number(n[1]),
                         number(n[2]));
    case ReasonCode::at_min:
      return fmt::format("at ReplicasMin {}", number(n[0]));
    case ReasonCode::wake:
      return fmt::format("called {} s ago → ReplicasAtStart {}", number(n[0]), number(n[1]));
    case ReasonCode::below_min:
      return below_min_in_words(why);
    case ReasonCode::dependency_not_ready:
      return fmt::format("a dependency has {} of the {} ready replicas it needs", number(n[0]),
                         number(n[1]));
    case ReasonCode::pod_unschedulable:
      return fmt::format("unschedulable pods: {}; no further scale-up meanwhile", number(n[0]));
    case ReasonCode::metric_trigger:
      return fmt::format("trigger {}: {} (threshold {}) → {}{}", number(n[0]), number(n[1]),
                         number(n[2]), number(n[3]), limit(n[4], n[5]));
    default:
      return "no reason given";
  }
}

}  // namespace thaw::words
