// Texts from which the tests of a request's way make their scenarios: SlimFaas, a function that it
// wakes, and a node that has to come first.
#pragma once

#include <string>

#include "tests/lint/linted.hpp"

namespace thaw::lint {

// A start takes `node` and one second, and up to 10 s until the node autoscaler looks.
inline std::string scenario_text(const std::string& node, const std::string& more = "") {
  return "apiVersion: thaw/v1\n"
         "kind: Scenario\n"
         "name: s\n"
         "versions: {slimfaas: \"0.24\"}\n"
         "cluster:\n"
         "  pools:\n"
         "    - {name: cpu, machine: {preset: scaleway/DEV1-M}, nodes: {min: 1, max: 1}}\n"
         "    - name: gpu\n"
         "      machine: {preset: scaleway/L4-1-24G}\n"
         "      nodes: {min: 0, max: 1}\n"
         "      provisioning: {constant: " +
         node +
         "}\n"
         "manifests: [manifests.yaml]\n"
         "functions:\n"
         "  f: {image: 1B, containerStart: 1s, service: {seconds: 1s, dispatch: random}}\n"
         "until: 1h\n" +
         more;
}

inline std::string function_text(const std::string& annotations = "") {
  return "apiVersion: apps/v1\n"
         "kind: Deployment\n"
         "metadata: {name: f}\n"
         "spec:\n"
         "  selector: {matchLabels: {app: f}}\n"
         "  template:\n"
         "    metadata:\n"
         "      labels: {app: f}\n"
         "      annotations:\n"
         "        SlimFaas/Function: \"true\"\n" +
         annotations +
         "    spec:\n"
         "      containers:\n"
         "        - {name: f, image: f, ports: [{containerPort: 8080}], resources: {limits: "
         "{nvidia.com/gpu: 1}}}\n";
}

inline std::string service_text(const std::string& name, int port, const std::string& more = "") {
  return "---\n"
         "apiVersion: v1\n"
         "kind: Service\n"
         "metadata: {name: " +
         name +
         "}\n"
         "spec:\n"
         "  selector: {app: " +
         name +
         "}\n"
         "  ports: [{port: " +
         std::to_string(port) + ", targetPort: 8080}]\n" + more;
}

// `environment`: "[{name: A, value: b}]".
inline std::string slimfaas_text(const std::string& environment = "[]",
                                 const std::string& tag = "0.24.12") {
  return "---\n"
         "apiVersion: apps/v1\n"
         "kind: StatefulSet\n"
         "metadata: {name: slimfaas}\n"
         "spec:\n"
         "  serviceName: slimfaas\n"
         "  selector: {matchLabels: {app: slimfaas}}\n"
         "  template:\n"
         "    metadata: {labels: {app: slimfaas}}\n"
         "    spec:\n"
         "      containers:\n"
         "        - name: slimfaas\n"
         "          image: axaguildev/slimfaas:" +
         tag +
         "\n"
         "          env: " +
         environment + "\n";
}

inline Result linted_scenario(const std::string& scenario, const std::string& manifests) {
  return linted({{"scenario.yaml", scenario}, {"manifests.yaml", manifests}});
}

}  // namespace thaw::lint
