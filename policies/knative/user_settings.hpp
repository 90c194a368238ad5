// Knative's settings as a user of thaw gives them: annotations by their names without prefix, the
// ConfigMap's keys with "config." in front, and the revision's own container-concurrency.
//
// Units: as Settings. Errors: what Knative's webhooks would refuse goes to the reader's
// Diagnostics, at its place; defaults come back instead of all of it.
#pragma once

#include "engine/policy.hpp"
#include "policies/knative/settings.hpp"

namespace thaw::knative {

struct UserSettings {
  Settings settings;
  Duration tick_offset{0};  // of the ticks, from the start of the controller: below one tick

  static UserSettings read(const Params& params, Diagnostics& diagnostics);
};

}  // namespace thaw::knative
