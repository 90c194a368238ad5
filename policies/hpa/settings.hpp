// An autoscaler from its settings: the manifest's spec, flattened, by the API's own names, and the
// controller-manager's flags and feature gates.
//
// Units: quantities and durations as Kubernetes writes them ("500m", "15s").
// Source: autoscaling/v2's validation and defaulting; kube-controller-manager's options.
// Errors: what the API server or the controller-manager would refuse, at the setting's place.
#pragma once

#include <span>

#include "engine/policy.hpp"
#include "policies/hpa/spec.hpp"

namespace thaw::hpa {

struct Settings {
  HpaSpec hpa;
  Controller controller;
  Duration sync_offset{0};   // how much later than the start the autoscaler comes into being
  bool sync_at_once = true;  // it is looked at then, and not one period later

  static Settings read(const Spec& spec, ParamsReader& reader, Diagnostics& diagnostics);
  static std::span<const ParamInfo> documented();
};

// settings_metrics.cpp
std::vector<Metric> read_metrics(const Params& params, ParamsReader& reader);
// settings_behavior.cpp
std::optional<Behavior> read_behavior(const Params& params, ParamsReader& reader);

// Whether a setting is there whose key is `path`, or lies below it.
bool has_any(const Params& params, const std::string& path);

}  // namespace thaw::hpa
