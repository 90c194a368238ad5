#include "engine/reason.hpp"

#include <fmt/format.h>

#include "engine/invariant.hpp"

namespace thaw {
namespace {

// At most milliseconds, without the zeros that say nothing: 1201 and 1200.5, not 1201.000.
std::string number(double value) {
  std::string text = fmt::format("{:.3f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

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

std::string_view name_of(ReasonCode code) {
  switch (code) {
    case ReasonCode::none:
      return "none";
    case ReasonCode::waiting_for_tick:
      return "waiting_for_tick";
    case ReasonCode::active:
      return "active";
    case ReasonCode::never_called:
      return "never_called";
    case ReasonCode::idle_timeout:
      return "idle_timeout";
    case ReasonCode::at_min:
      return "at_min";
    case ReasonCode::wake:
      return "wake";
    case ReasonCode::below_min:
      return "below_min";
    case ReasonCode::dependency_not_ready:
      return "dependency_not_ready";
    case ReasonCode::pod_unschedulable:
      return "pod_unschedulable";
    case ReasonCode::keep_alive:
      return "keep_alive";
    case ReasonCode::operator_cap:
      return "operator_cap";
  }
  THAW_CHECK(false, "a reason code without a name");
}

std::string to_words(const Reason& why) {
  const auto& n = why.number;
  switch (why.code) {
    case ReasonCode::none:
      return "no reason given";
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
    case ReasonCode::keep_alive:
      return fmt::format("idle instances stay for {} s", number(n[0]));
    case ReasonCode::operator_cap:
      return fmt::format("{} wanted, the operator allows {}", number(n[0]), number(n[1]));
  }
  THAW_CHECK(false, "a reason code without words");
}

}  // namespace thaw
