// How to reach a cluster: from kubeconfig files, or from the pod that this runs in.
//
// Errors: everything that is wrong goes to the Diagnostics, with file, line and column; the Access
// is only good when they are ok(). Nothing that is told holds a token, a key or a password. What
// is read but not supported (auth-provider, SOCKS proxies) is an error; keys unknown here are
// notices. Source: client-go's clientcmd/api/v1 (first file wins, paths relative to their file).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "drivers/http/endpoint.hpp"
#include "drivers/kubernetes/credentials.hpp"
#include "engine/diagnostic.hpp"

namespace thaw::kubernetes {

struct AccessOptions {
  // --kubeconfig: must exist. Empty: $KUBECONFIG (a list with ':', missing ones are skipped), else
  // ~/.kube/config, else the pod's service account.
  std::string kubeconfig;
  std::string context;                                                 // empty: current-context
  std::function<std::optional<std::string>(const char*)> environment;  // empty: getenv
  std::string service_account = "/var/run/secrets/kubernetes.io/serviceaccount";
};

struct Access {
  std::string context;  // "in-cluster" in a pod
  std::string server;   // as it is written, for the user: "https://127.0.0.1:6443"
  std::string namespace_name = "default";
  http::Endpoint endpoint;
  CredentialSource credentials;
  http::Headers impersonation;      // Impersonate-User and its kin
  std::string user_agent = "thaw";  // in the server's audit log
};

Access load_access(const AccessOptions& options, Diagnostics& diagnostics);

}  // namespace thaw::kubernetes
