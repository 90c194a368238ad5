// Why a policy that weighs keeping against starting again, or foresees, decided as it did.
#include <fmt/format.h>

#include "engine/reason_words.hpp"

namespace thaw::words {

std::string weighing(const Reason& why) {
  const auto& n = why.number;
  switch (why.code) {
    case ReasonCode::break_even:
      return fmt::format("idle instances stay for {} s; a start costs as much as {} s",
                         number(n[0]), number(n[1]));
    case ReasonCode::idle_histogram:
      if (n[3] == 0)
        return fmt::format("{} idle times tell too little: kept for {} s", number(n[2]),
                           number(n[1]));
      if (n[0] == 0) return fmt::format("{} idle times: kept for {} s", number(n[2]), number(n[1]));
      return fmt::format("{} idle times: back after {} s, kept for {} s", number(n[2]),
                         number(n[0]), number(n[1]));
    case ReasonCode::greedy_dual:
      return fmt::format("stays while there is room; worth {}", number(n[0]));
    case ReasonCode::step_down:
      return fmt::format("idle for {} s → level {}", number(n[1]), number(n[0]));
    case ReasonCode::forecast:
      return fmt::format("{} arrivals a second expected within {} s → {}{}", number(n[0]),
                         number(n[1]), number(n[2]), limit(n[3], n[4]));
    case ReasonCode::queue_delay:
      return fmt::format("{} waiting, the oldest for {} s → {}{}", number(n[0]), number(n[1]),
                         number(n[2]), limit(n[3], n[4]));
    case ReasonCode::buffer:
      return fmt::format("{} in use, {} beyond them → {}{}", number(n[0]), number(n[1]),
                         number(n[2]), limit(n[3], n[4]));
    case ReasonCode::expected_cost:
      return fmt::format(
          "{} replicas cost {} an hour, wait {} s (promise {} s){}{}", number(n[0]), number(n[1]),
          number(n[2]), number(n[3]), limit(n[4], n[5]),
          n[6] > 0 ? "; one stays, for a start from zero takes " + number(n[6]) + " s" : "");
    case ReasonCode::clairvoyant:
      return fmt::format("knows what comes; keeps what is used again within {} s", number(n[0]));
    default:
      return "no reason given";
  }
}

}  // namespace thaw::words
