#include "tests/peers/karpenter_shape.hpp"

#include <filesystem>
#include <fstream>

namespace thaw::peers {
namespace {

std::string text_of(const std::string& pattern, const std::vector<std::string>& values) {
  std::string text;
  auto value = values.begin();
  for (const char c : pattern) text += c == '$' ? *value++ : std::string(1, c);
  return text;
}

std::string number(int n) { return std::to_string(n); }

}  // namespace

std::vector<std::pair<int, int>> Shape::scales() const {
  std::vector<std::pair<int, int>> all{{0, first}, {first_s, then}};
  if (then > 0) all.emplace_back(first_s + 60, 0);
  return all;
}

// The schedule is by the minute: the start is so much before one.
void write_scenario(const Shape& shape, const std::string& folder) {
  std::filesystem::create_directories(folder + "/manifests");
  std::string pools;
  for (const MachineType& type : shape.types) {
    pools += text_of(
        "    - {name: $, machine: {cpu: $, memory: $GiB, gpus: $, price: $ EUR/h}, "
        "nodes: {min: 0, max: 8}, "
        "provisioning: {constant: 3s, split: {instance: 1, boot: 0, gpu: 0}}}\n",
        {type.name, number(8 * type.gpus), number(32 * type.gpus), number(type.gpus),
         std::to_string(type.price_per_hour)});
  }
  std::ofstream(folder + "/scenario.yaml") << text_of(
      R"(apiVersion: thaw/v1
kind: Scenario
name: $
start: 2026-01-05T00:00:$Z
until: 3min
cluster:
  nodeAutoscaler:
    preset: karpenter
    deletion: 5s
    karpenter: {batchIdle: 1s, batchMax: 10s, consolidationPolicy: $, consolidateAfter: $s,
                expireAfter: Never, budget: 100%}
  pools:
    - {name: plain, machine: {cpu: 8, memory: 32GiB, price: 0 EUR/h}, nodes: {min: 1, max: 1}}
$manifests: [manifests/*.yaml]
functions:
  a:
    image: 1B
    containerStart: 500ms
    stop: 100ms
    service: {seconds: 100ms, slots: 1, dispatch: newest}
    policy: "scheduled:entries.0.from=00:00,entries.0.to=00:01,entries.0.replicas=$,)"
      R"(entries.1.from=00:01,entries.1.to=00:02,entries.1.replicas=$"
workload: []
checks: []
)",
      {shape.name, number(60 - shape.first_s), shape.consolidation,
       number(shape.consolidate_after_s), pools, number(shape.first), number(shape.then)});
  std::ofstream(folder + "/manifests/a.yaml") << deployment(shape, 0);
}

std::string deployment(const Shape&, int replicas) {
  return text_of(R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: a, labels: {app: a}}
spec:
  replicas: $
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}, annotations: {fake/start: 500ms, fake/drain: 100ms}}
    spec:
      containers:
      - name: a
        image: registry.example/a:1
        ports: [{containerPort: 8080}]
        resources:
          requests: {cpu: "1", memory: 1Gi}
          limits: {nvidia.com/gpu: "1"}
)",
                 {number(replicas)});
}

std::string instance_types(const Shape& shape) {
  std::string all;
  for (const MachineType& type : shape.types) {
    all +=
        text_of(R"($
{"name": "$", "architecture": "amd64", "operatingSystems": ["linux"],
 "resources": {"cpu": "$", "memory": "$Gi", "ephemeral-storage": "20Gi", "pods": "110", "nvidia.com/gpu": "$"},
 "offerings": [{"Price": $, "Available": true, "Requirements": [
   {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["on-demand"]},
   {"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["zone-a"]}]}]})",
                {all.empty() ? "" : ",", type.name, number(8 * type.gpus), number(32 * type.gpus),
                 number(type.gpus), std::to_string(type.price_per_hour)});
  }
  return "[" + all + "]\n";
}

// The label lets the stand-in kubelet play its nodes.
std::string node_pool(const Shape& shape) {
  return text_of(R"(apiVersion: karpenter.kwok.sh/v1alpha1
kind: KWOKNodeClass
metadata: {name: default}
spec: {nodeRegistrationDelay: 3s}
---
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: default}
spec:
  template:
    metadata: {labels: {fake: "true"}}
    spec:
      requirements: [{key: karpenter.sh/capacity-type, operator: In, values: [on-demand]}]
      nodeClassRef: {group: karpenter.kwok.sh, kind: KWOKNodeClass, name: default}
      expireAfter: Never
  disruption: {consolidationPolicy: $, consolidateAfter: $s, budgets: [{nodes: "100%"}]}
)",
                 {shape.consolidation, number(shape.consolidate_after_s)});
}

}  // namespace thaw::peers
