// How many replicas Knative's autoscaler scrapes to know of all: enough for the mean of a normal
// population, at 95 % confidence, deviation 10 and error 5.
//
// Units: replicas. Errors: none. Source: Knative Serving, pkg/autoscaler/metrics/sample_size.go.
#pragma once

#include <cstdint>

namespace thaw::serving {

std::int32_t sample_size(std::int32_t population);

}  // namespace thaw::serving
