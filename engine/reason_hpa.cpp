// Why a HorizontalPodAutoscaler decided as it did.
#include <fmt/format.h>

#include "engine/reason_words.hpp"

namespace thaw::words {
namespace {

// "metric 0: 139 against 70 → 2; limit max 3". The eighth number says whether usage and target are
// per cent of what pods ask for, and not thousandths.
std::string metric_in_words(const Reason& why) {
  const auto& n = why.number;
  const bool share = n[7] != 0;
  const auto amount = [&](double value) {
    return share ? number(value) + " %" : number(value / 1000);
  };
  return fmt::format("metric {}: {} against {} → {}{}", number(n[0]), amount(n[1]), amount(n[2]),
                     number(n[3]), limit(n[5], n[6]));
}

}  // namespace

std::string hpa(const Reason& why) {
  const auto& n = why.number;
  switch (why.code) {
    case ReasonCode::hpa_metric:
      return metric_in_words(why);
    case ReasonCode::hpa_outside_bounds:
      if (n[0] > n[2]) return fmt::format("{} above maxReplicas → {}", number(n[0]), number(n[2]));
      return fmt::format("{} below minReplicas → {}", number(n[0]), number(n[1]));
    case ReasonCode::hpa_failed:
      return fmt::format("metric {} could not be read: left alone", number(n[0]));
    case ReasonCode::hpa_disabled:
      return "scaled to zero by hand: left there";
    default:
      return "no reason given";
  }
}

}  // namespace thaw::words
