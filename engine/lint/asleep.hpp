// Which functions sleep at zero replicas, what puts them there, and what they do about a call then.
//
// Errors: none; a setting that cannot be read counts as its default, another rule blames it.
#pragma once

#include <optional>
#include <string>

#include "engine/scenario/scenario.hpp"

namespace thaw::lint {

struct Asleep {
  enum class By : std::uint8_t { slimfaas, knative, openfaas, nobody };
  By by = By::slimfaas;
  // A replica that is not ready goes again so long after the last call (SlimFaas, OpenFaaS), or
  // after it was asked for (Knative). nobody: never.
  Duration gone_after{};
  std::string setting;  // which says so
  Place place;          // of the setting; of the object where it is not set
};

// Empty: always at one replica or more. nobody: no replicas, and no call wakes it.
std::optional<Asleep> asleep(const Manifests& manifests, const Workload& workload);

// Some step wakes the function by itself, and SlimFaas keeps it awake until it is ready.
bool is_woken(const Scenario& scenario, const FunctionSpec& function);

// From the tag of SlimFaas's image; empty: it has none that is a version.
std::optional<Version> slimfaas_version_of(const Manifests& manifests);

}  // namespace thaw::lint
