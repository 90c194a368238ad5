// Host names in settings: which mean a Service of the cluster, and which.
//
// Source: Kubernetes' documentation of DNS for Services and Pods. Errors: none; what is no plain
// host, or may well be outside of the cluster, is empty.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "engine/lint/subject.hpp"

namespace thaw::lint {

struct ClusterHost {
  std::string service;
  std::string ns;  // empty: that of whoever says it
};

// `name`: of the variable. "redis", "http://redis:6379/0" where the variable's name says that it is
// a host; "redis.stores.svc.cluster.local" anywhere; "redis.stores" where that namespace is known.
std::optional<ClusterHost> cluster_host(std::string_view name, std::string_view value,
                                        const std::set<std::string>& namespaces);

// Namespaces that the files name.
std::set<std::string> namespaces_of(const Subject& subject);

}  // namespace thaw::lint
