// Which cluster a part of thaw works on, and as whom it is known there.
//
// Only files are read: the cluster is first asked over a Transport of this Access.
// Errors: InputError with all that is wrong in the kubeconfig. Threads: any; nothing is kept.
#pragma once

#include <string>

#include "drivers/kubernetes/kubeconfig.hpp"

namespace thaw::kubernetes {

// Who of several wrote what is told by the server's audit log: its user agent is "thaw/WHO".
Access reach(const AccessOptions& options, const std::string& who);

// "context kapsule, server https://10.0.0.1:6443", for people, before anything is done there.
std::string title_of(const Access& access);

}  // namespace thaw::kubernetes
