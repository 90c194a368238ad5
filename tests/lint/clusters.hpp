// Scenarios of one GPU pool and one Deployment, for rules that look at a whole cluster.
#pragma once

#include <string>

#include "tests/lint/linted.hpp"

namespace thaw::lint {

// `pool`: what a pool says beside its name, machine and provisioning. `pod`: lines of the pod's
// spec before its containers. `limits`: of the one container.
struct OneFunction {
  std::string machine = "{preset: scaleway/H100-1-80G}";
  std::string pool = "nodes: {min: 1, max: 1}";
  std::string autoscaler = "none";
  std::string function;  // more keys of it, with a comma before
  int replicas = 1;
  std::string pod;
  std::string limits = "nvidia.com/gpu: 1";
  std::string check = "replicas(f) >= 0";  // at the end
};

// A card that HAMi splits for ten.
inline OneFunction on_split_card(const std::string& limits, int replicas = 1) {
  OneFunction one;
  one.pool += ", labels: {gpu: 'on'}, gpuSharing: {mode: vgpu, split: 10, hami: '2.4'}";
  one.limits = limits;
  one.replicas = replicas;
  return one;
}

inline NamedTexts files_of(const OneFunction& one) {
  return {
      {"scenario.yaml",
       "apiVersion: thaw/v1\nkind: Scenario\nname: one\n"
       "cluster:\n  nodeAutoscaler: " +
           one.autoscaler + "\n  pools: [{name: gpu, machine: " + one.machine + ", " + one.pool +
           "}]\n"
           "manifests: [m.yaml]\n"
           "functions: {f: {image: 1GB, service: {gpuSeconds: 1s, slots: 1, dispatch: oldest}" +
           one.function +
           "}}\n"
           "until: 30min\n"
           "checks: [{name: ends, end: true, expect: \"" +
           one.check + "\"}]\n"},
      {"m.yaml",
       "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: f, namespace: d}\nspec:\n"
       "  replicas: " +
           std::to_string(one.replicas) +
           "\n  selector: {matchLabels: {app: f}}\n"
           "  template:\n    metadata: {labels: {app: f}}\n    spec:\n" +
           one.pod +
           "      securityContext: {runAsNonRoot: true}\n"
           "      containers:\n        - name: f\n          image: f:1\n"
           "          resources: {limits: {" +
           one.limits + "}}\n"}};
}

}  // namespace thaw::lint
