// Why Knative's autoscaler decided as it did.
#include <fmt/format.h>

#include "engine/reason_words.hpp"

namespace thaw::words {
namespace {

// Users know the bounds by the names of their annotations. In a panic the highest number stands
// whatever the annotations say.
std::string limit_in_words(const Reason& why) {
  const auto& n = why.number;
  const auto which = static_cast<Limit>(n[6]);
  if (which == Limit::min || which == Limit::max)
    return fmt::format("; limit {}-scale {}", name_of(which), number(n[7]));
  if (which != Limit::stabilisation) return limit(n[6], n[7]);
  const bool panic = why.code == ReasonCode::knative_panic;
  return fmt::format("; limit {} {}", panic ? "highest so far" : "scale-down-delay", number(n[7]));
}

std::string formula_in_words(const Reason& why) {
  const auto& n = why.number;
  const double target = n[2] * n[3];
  const std::string ratio = target > 0 ? fmt::format(" = {}", number(n[0] / target)) : "";
  return fmt::format("{} {} over {} s / (target {} × {}){} → {}{}", number(n[0]),
                     n[8] == 1 ? "requests a second" : "in flight", number(n[1]), number(n[2]),
                     number(n[3]), ratio, number(n[5]), limit_in_words(why));
}

std::string first_replica_in_words(const Reason& why) {
  const std::string left = fmt::format("{} s left to get ready", number(why.number[1]));
  if (why.number[0] < 0) return "nothing measured yet; " + left;
  return fmt::format("nothing measured yet → {}; {}", number(why.number[0]), left);
}

std::string last_replica_in_words(const Reason& why) {
  if (why.number[0] <= 0) return "no load; the last replica stays until calls take the gateway";
  return fmt::format("no load; the last replica stays for {} s", number(why.number[0]));
}

}  // namespace

std::string knative(const Reason& why) {
  switch (why.code) {
    case ReasonCode::knative_stable:
      return formula_in_words(why);
    case ReasonCode::knative_panic:
      return "panic: " + formula_in_words(why);
    case ReasonCode::knative_no_data:
      return "no report in the window: left alone";
    case ReasonCode::knative_first_replica:
      return first_replica_in_words(why);
    case ReasonCode::knative_last_replica:
      return last_replica_in_words(why);
    case ReasonCode::knative_to_zero:
      return fmt::format("no load for {} s → 0", number(why.number[0]));
    default:
      return "no reason given";
  }
}

}  // namespace thaw::words
