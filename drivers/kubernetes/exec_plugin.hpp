// A kubeconfig's credential program: run, and its ExecCredential read.
//
// It gets KUBERNETES_EXEC_INFO, no standard input and our standard error; it has its own process
// group and no file of ours. What has not ended in time is killed with all that it started.
// Errors: CredentialError; what the program printed is never in it.
// Source: client.authentication.k8s.io/v1, v1beta1.
#pragma once

#include <optional>
#include <string>

#include "drivers/kubernetes/credentials.hpp"
#include "engine/time.hpp"

namespace thaw::kubernetes {

struct ExecCredential {
  Credential credential;
  std::optional<TimePoint> expires;  // by the wall clock; nothing: valid until it is rejected
};

Awaitable<ExecCredential> run_exec_plugin(ExecPlugin plugin);

// For itself, and for tests: what such a program may print.
ExecCredential parse_exec_credential(const std::string& text, const std::string& api_version);

}  // namespace thaw::kubernetes
