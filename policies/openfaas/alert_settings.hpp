// The settings of the alert pipeline of OpenFaaS CE: a function's labels without their prefix
// com.openfaas.scale., and the configuration of Prometheus and Alertmanager.
//
// Source: gateway handlers/alerthandler.go and scaling/ranges.go; the chart's prometheus-cfg.yaml
// and alertmanager-cfg.yaml; faas-netes pkg/handlers/validate.go for what CE refuses.
// Errors: values out of range, and under edition ce what it refuses on deploying, go to the
// reader's Diagnostics.
#pragma once

#include <cstdint>
#include <span>

#include "engine/policy.hpp"
#include "policies/openfaas/alerting.hpp"

namespace thaw {

struct AlertSettings {
  static constexpr std::int32_t kCap = 5;

  bool community = true;  // edition ce, from 2023 on; otherwise the gateways before
  bool capped = true;     // never above kCap
  std::int32_t min = 1, max = 5, factor = 10;
  double threshold = 5;
  Duration scrape{1}, window{1}, evaluation{1}, hold{0};
  GroupTiming group;

  // What one firing notification adds: per cent of the maximum, rounded up.
  std::int32_t step() const;

  static AlertSettings read(const Spec& spec, Diagnostics& diagnostics);
  static std::span<const ParamInfo> documented();
};

}  // namespace thaw
