// The scale subresource: an absolute count, so that a write repeated is a write done once.
//
// Errors: ApiError; forbidden names "patch deployments/scale". Source: autoscaling/v1 Scale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "drivers/http/awaitable.hpp"
#include "drivers/kubernetes/reader.hpp"
#include "drivers/kubernetes/writer.hpp"

namespace thaw::kubernetes {

struct Target {
  std::string kind = "Deployment";  // or StatefulSet, ReplicaSet
  std::string namespace_name;
  std::string name;
  // For a custom resource with a scale subresource: "apis/GROUP/VERSION" and its plural.
  std::string api = {};
  std::string plural = {};

  std::string path() const;  // "/apis/apps/v1/namespaces/x/deployments/y"
};

struct Scaled {
  std::int32_t desired = 0;  // spec.replicas, as the server keeps it now
  std::int32_t current = 0;  // status.replicas
  std::string resource_version;
  std::string selector;
  bool conflicted = false;  // another wrote first: nothing was written, the rest is what is there
};

Awaitable<Scaled> read_scale(Reader& reader, Target target);

// With a resource version it is a compare and set of the whole object: any change since counts as
// another writer. A conflict is read again and returned, not retried: the decision was made on what
// no longer holds. (A write whose answer was lost may meet itself: then `desired` is what was
// asked.)
Awaitable<Scaled> scale(Writer& writer, Target target, std::int32_t replicas,
                        std::optional<std::string> resource_version = std::nullopt,
                        Duration within = 10s);

}  // namespace thaw::kubernetes
