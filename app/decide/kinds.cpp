// Which function decides a case of which kind.
#include <string_view>

#include "app/decide/cases.hpp"

namespace thaw::app {
namespace {

struct Kind {
  std::string_view name;
  std::string_view marked_by;  // a key that only this world's cases have, where two share a name
  Decide decide;
};

constexpr Kind kKinds[] = {
    {"calc", "", decide_hpa_calc},
    {"normalize", "", decide_hpa_normalize},
    {"reconcile", "hpa", decide_hpa_reconcile},
    {"decider", "", decide_decider},
    {"window", "", decide_window},
    {"pipeline", "", decide_pipeline},
    {"resolve", "", decide_resolve},
    {"reconcile", "input", decide_knative_reconcile},
    {"activator", "", decide_activator},
    {"breaker", "", decide_breaker},
    {"requeststats", "", decide_request_stats},
    {"samplesize", "", decide_sample_size},
};

}  // namespace

Decide find_kind(const Json& one_case) {
  if (!one_case.is_object()) return nullptr;
  const auto kind = one_case.find("kind");
  if (kind == one_case.end() || !kind->is_string()) return nullptr;
  for (const Kind& known : kKinds) {
    if (known.name != kind->get_ref<const std::string&>()) continue;
    if (known.marked_by.empty() || one_case.contains(known.marked_by)) return known.decide;
  }
  return nullptr;
}

}  // namespace thaw::app
