// Why OpenFaaS's two autoscalers decided as they did: the alert pipeline of the Community Edition
// and the capacity rule of Pro.
#include <fmt/format.h>

#include "engine/reason_words.hpp"

namespace thaw::words {
namespace {

std::string alert_in_words(const Reason& why) {
  const auto& n = why.number;
  const std::string rate = fmt::format("{} completions/s > {}", number(n[0]), number(n[1]));
  const double stepped = n[2] + n[3];
  const std::string step = fmt::format("{}: {} + {}", rate, number(n[2]), number(n[3]));
  if (stepped == n[4]) return fmt::format("{} → {}", step, number(n[4]));
  return fmt::format("{} = {}, limited to {}", step, number(stepped), number(n[4]));
}

std::string capacity_in_words(const Reason& why) {
  const auto& n = why.number;
  return fmt::format("{} × {} a replica / (target {} × {}) → {}{}", number(n[3]), number(n[0]),
                     number(n[1]), number(n[2]), number(n[4]), limit(n[5], n[6]));
}

}  // namespace

std::string openfaas(const Reason& why) {
  const auto& n = why.number;
  switch (why.code) {
    case ReasonCode::alert_firing:
      return alert_in_words(why);
    case ReasonCode::alert_resolved:
      return fmt::format("the alert is resolved → min {}", number(n[0]));
    case ReasonCode::capacity:
      return capacity_in_words(why);
    case ReasonCode::capacity_idle:
      return fmt::format("no call for {} s (zero-duration {} s) → 0", number(n[0]), number(n[1]));
    default:
      return "no reason given";
  }
}

}  // namespace thaw::words
