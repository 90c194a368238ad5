// What SlimFaas reads: the annotations SlimFaas/… of a pod template, and its own environment, as
// Params.
//
// The three JSON annotations arrive flattened: "Schedule.Default.WakeUp.0" = "07:00",
// "Configuration.DefaultSync.HttpTimeout" = "120", "Scale.Triggers.0.Query" = "…".
// Units: as SlimFaas has them; nothing is converted here.
// Errors: JSON that cannot be read, at the annotation's place, with the character it goes wrong at.
// Source: SlimFaas, docs/functions.md and its FunctionMetadataParser (0.24 to 0.81).
#pragma once

#include "engine/diagnostic.hpp"
#include "engine/params.hpp"
#include "engine/scenario/manifest.hpp"

namespace thaw {

// SlimFaas/Function is "true": SlimFaas scales it and hands requests to it.
bool is_slimfaas_function(const Workload& workload);

// Every annotation SlimFaas/KEY as KEY, with its place.
Params slimfaas_params(const Workload& workload, Diagnostics& diagnostics);

// The gateway itself, told by its image: REGISTRY/…/slimfaas, whatever tag or digest.
bool is_slimfaas(const Workload& workload);
// The first such; nullptr: not among the manifests.
const Workload* slimfaas_of(const Manifests& manifests);

// The gateway's environment; a key is a variable's name.
Params slimfaas_settings(const Workload& workload);

}  // namespace thaw
