#include "drivers/world/rights.hpp"

namespace thaw::world {

std::vector<kubernetes::Right> rights_of(const DriveConfig& config, const std::string& state_ns) {
  std::vector<kubernetes::Right> rights;
  for (const std::string& ns : config.namespaces) {
    for (const char* verb : {"list", "watch"}) {
      rights.push_back({verb, "apps", "deployments", "", ns, ""});
      rights.push_back({verb, "apps", "statefulsets", "", ns, ""});
      rights.push_back({verb, "autoscaling", "horizontalpodautoscalers", "", ns, ""});
      rights.push_back({verb, "", "pods", "", ns, ""});
    }
    for (const char* verb : {"get", "patch"}) {
      rights.push_back({verb, "apps", "deployments", "scale", ns, ""});
      rights.push_back({verb, "apps", "statefulsets", "scale", ns, ""});
    }
    rights.push_back({"create", "events.k8s.io", "events", "", ns, ""});
    rights.push_back({"patch", "events.k8s.io", "events", "", ns, ""});
    if (config.gateway)
      for (const char* verb : {"list", "watch"})
        rights.push_back({verb, "discovery.k8s.io", "endpointslices", "", ns, ""});
  }
  if (config.spending)
    for (const char* verb : {"list", "watch"}) rights.push_back({verb, "", "nodes", "", "", ""});
  const std::string lease = "coordination.k8s.io";
  rights.push_back({"create", lease, "leases", "", config.lease.ns, ""});
  for (const char* verb : {"get", "update"})
    rights.push_back({verb, lease, "leases", "", config.lease.ns, config.lease.name});
  rights.push_back({"create", "", "configmaps", "", state_ns, ""});
  for (const char* verb : {"get", "update"})
    rights.push_back({verb, "", "configmaps", "", state_ns, config.state.name});
  if (config.gateway)
    for (const char* verb : {"list", "watch", "patch"})
      rights.push_back({verb, "", "configmaps", "", state_ns, config.gateway->name});
  return rights;
}

}  // namespace thaw::world
