// Asks the API server, right by right, whether this identity may do what it is about to do.
//
// Errors: ApiError when it cannot be asked. A POST that changes nothing, but a POST: a shadow does
// not ask. Source: authorization.k8s.io/v1 SelfSubjectAccessReview.
#pragma once

#include <string>
#include <vector>

#include "drivers/http/awaitable.hpp"
#include "drivers/kubernetes/writer.hpp"

namespace thaw::kubernetes {

struct Right {
  std::string verb;            // get, list, watch, create, update, patch, delete
  std::string group;           // "" is the core group
  std::string resource;        // "deployments"
  std::string subresource;     // "scale", or empty
  std::string namespace_name;  // empty: the whole cluster
  std::string name;            // empty: all
};

// "patch deployments/scale (apps) in namespace x"
std::string to_text(const Right& right);

// Those of the list that are missing, in its order.
Awaitable<std::vector<Right>> missing_rights(Writer& writer, std::vector<Right> rights);

// "this identity may not:\n  patch deployments/scale …\napply deploy/rbac.yaml"; empty for none.
std::string describe_missing(const std::vector<Right>& missing);

}  // namespace thaw::kubernetes
