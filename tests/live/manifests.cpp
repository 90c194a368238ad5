#include "tests/live/manifests.hpp"

namespace thaw::live {

std::string deployment(const Manifest& manifest) {
  const std::string resources = manifest.gpu ? R"(
        resources: {limits: {nvidia.com/gpu: "1"}}
      tolerations: [{key: gpu, operator: Exists, effect: NoSchedule}])"
                                             : "";
  return R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: )" +
         manifest.name + R"(}
spec:
  replicas: )" +
         std::to_string(manifest.replicas) + R"(
  selector: {matchLabels: {app: )" +
         manifest.name + R"(}}
  template:
    metadata:
      labels: {app: )" +
         manifest.name + R"(}
      annotations: )" +
         manifest.annotations + R"(
    spec:
      containers:
      - name: )" +
         manifest.name + R"(
        image: )" +
         manifest.image + R"(
        ports: [{containerPort: )" +
         std::to_string(manifest.port) + R"(}])" + resources + "\n";
}

std::string gpu_pool(const std::string& more_fields) {
  return R"({"max": 2, "capacity": {"cpu": "8", "memory": "32Gi", "nvidia.com/gpu": "1"},
    "taints": [{"key": "gpu", "value": "true", "effect": "NoSchedule"}], "labels": {"gpu": "l4"})" +
         more_fields + "}";
}

}  // namespace thaw::live
