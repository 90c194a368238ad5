// Every kind of case there is, a function each; kinds.cpp names them.
//
// Each reads one case, lets the product's own classes decide, and returns a verdict for each step.
// Units: as the case file says. Errors: InputError for a case that cannot be read.
#pragma once

#include <vector>

#include "app/decide/case.hpp"

namespace thaw::app {

// cases_hpa*.cpp
std::vector<Verdict> decide_hpa_calc(const Json& input);
std::vector<Verdict> decide_hpa_normalize(const Json& input);
std::vector<Verdict> decide_hpa_reconcile(const Json& input);

// cases_knative.cpp: the autoscaler
std::vector<Verdict> decide_decider(const Json& input);
std::vector<Verdict> decide_window(const Json& input);
std::vector<Verdict> decide_pipeline(const Json& input);
// cases_knative_settings.cpp: what its settings come to, and the reconciler of a PodAutoscaler
std::vector<Verdict> decide_resolve(const Json& input);
std::vector<Verdict> decide_knative_reconcile(const Json& input);
// cases_serving.cpp: the request path
std::vector<Verdict> decide_activator(const Json& input);
std::vector<Verdict> decide_breaker(const Json& input);
std::vector<Verdict> decide_request_stats(const Json& input);
std::vector<Verdict> decide_sample_size(const Json& input);

}  // namespace thaw::app
