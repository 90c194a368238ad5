// What the metrics APIs of Kubernetes answer, read.
//
// Source: k8s.io/metrics (PodMetricsList, MetricValueList of both versions,
// ExternalMetricValueList) and how the autoscaler's own client takes them. Errors: none thrown;
// whatever is not of the form is an Answer of presence error.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "drivers/metrics/answer.hpp"

namespace thaw::metrics {

// `status` is HTTP's, `now` the time of asking, which an empty list has.
Answer read_values(const MetricRef&, unsigned status, std::string_view body, TimePoint now);

// Samples that are older than `limit` are no longer known: of pods those go that are, a number that
// is made of one goes as a whole, and where nothing is left the answer is absent.
void drop_stale(Answer&, TimePoint now, Duration limit);

// Which version of an API group to ask, from GET /apis/GROUP.
struct ApiGroup {
  Presence presence = Presence::absent;
  std::string version;  // where presence is ok
  std::string trouble;
};
// `known` is best first. A group that serves none of them is absent.
ApiGroup read_group(std::string_view group, unsigned status, std::string_view body,
                    std::span<const std::string_view> known);

}  // namespace thaw::metrics
