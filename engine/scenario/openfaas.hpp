// OpenFaaS as its version makes it: who scales a function by which labels, and what its provider
// makes of the Profiles that a function names.
//
// Before 0.27 the provider puts a Profile's fields into the function's pods, in the order of the
// annotation com.openfaas.profile, and refuses a function whose Profile it does not find in its own
// namespace. From then on Profiles are not part of the Community Edition, and the annotation means
// nothing to it. That both the alert handler's new formula (January 2023) and this came with 0.27
// is an assumption.
// Source: faas-netes pkg/k8s/profiles.go, pkg/handlers/deploy.go; OpenFaaS's documentation.
#pragma once

#include <string>
#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/scenario/manifest.hpp"
#include "engine/version.hpp"

namespace thaw {

// The gateways before the Community Edition of 2023.
bool is_classic_openfaas(const Versions& versions);

// The gateway itself, told by its image: REGISTRY/…/openfaas/gateway, whatever tag or digest.
bool is_openfaas_gateway(const Workload& workload);

// Which Profiles its annotation com.openfaas.profile names, in order.
std::vector<std::string> profile_names(const Workload& function);

// What policy alert_factor reads: the labels com.openfaas.scale.KEY as KEY, and the edition.
Params openfaas_params(const Workload& function, const Versions& versions);

// Profiles into the functions that name them. One that is refused has no replicas and the reason in
// `refused`. What has no effect is a notice.
void apply_profiles(Manifests& manifests, const Versions& versions, Diagnostics& problems);

}  // namespace thaw
