#include "drivers/world/drive_start.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "drivers/kubernetes/reach.hpp"

namespace thaw::world {

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

std::string identity_of(const DriveOptions& options) {
  if (!options.identity.empty()) return options.identity;
  if (std::string uid = environment("POD_UID"); !uid.empty()) return uid;
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return host.data();
}

kubernetes::Access access_of(const DriveConfig& config, const std::string& identity) {
  kubernetes::AccessOptions options;
  options.kubeconfig = config.kubeconfig;
  options.context = config.context;
  return kubernetes::reach(options, identity);
}

// Where the Lease and the state are, if the configuration does not say.
DriveConfig with_home(DriveConfig config) {
  const std::string own = environment("POD_NAMESPACE");
  if (config.lease.ns.empty()) config.lease.ns = own.empty() ? config.namespaces.front() : own;
  if (config.state.ns.empty()) config.state.ns = config.lease.ns;
  return config;
}

DriveConfig for_role(DriveConfig config, const DriveOptions& options) {
  if (options.shadow && config.gateway)
    throw InputError({{{options.config, 0, 0},
                       "gateway",
                       "a shadow only looks on, and a gateway would answer calls: take the section "
                       "out, or drive"}});
  return config;
}

}  // namespace thaw::world
