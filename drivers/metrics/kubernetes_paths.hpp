// Where the metrics APIs of Kubernetes answer what.
//
// Source: k8s.io/metrics: metrics v1beta1, custom_metrics v1beta1 and v1beta2, external_metrics
// v1beta1. Selectors are label selectors as text, "app=a,tier in (x)"; empty: all.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/policy.hpp"

namespace thaw::metrics {

inline constexpr std::string_view kResourceGroup = "metrics.k8s.io";
inline constexpr std::string_view kCustomGroup = "custom.metrics.k8s.io";
inline constexpr std::string_view kExternalGroup = "external.metrics.k8s.io";

// Which group answers a metric of this source; empty for a query, which a store answers.
std::string_view group_of(MetricSource);

// The versions of a group that are understood, best first.
std::span<const std::string_view> versions_of(std::string_view group);

// The pods whose metrics are meant.
struct PodsOf {
  std::string ns, selector;
};

// From /apis/GROUP/VERSION/ on, with its query. An Object metric's "Kind/name" may have a group,
// "Kind.group/name"; without one it is the kind's usual one.
std::string metric_path(const MetricRef&, const PodsOf&, std::string_view version);

}  // namespace thaw::metrics
