// The autoscaler of an average, as texts have it, with what a test varies.
#pragma once

#include <string>

namespace thaw::lint {

// Line 16, column 24 is the target's number; line 7 maxReplicas.
inline std::string hpa_of_average(const std::string& type, const std::string& target,
                                  const std::string& max = "3") {
  const std::string key = type == "Value" ? "value:        " : "averageValue: ";
  return "apiVersion: autoscaling/v2\n"
         "kind: HorizontalPodAutoscaler\n"
         "metadata: {name: ollama, namespace: chat}\n"
         "spec:\n"
         "  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ollama}\n"
         "  minReplicas: 1\n"
         "  maxReplicas: " +
         max +
         "\n"
         "  metrics:\n"
         "    - type: Object\n"
         "      object:\n"
         "        describedObject: {apiVersion: v1, kind: Namespace, name: chat}\n"
         "        metric:\n"
         "          name: gpu_utilization\n"
         "        target:\n"
         "          type: " +
         type +
         "\n"
         "          " +
         key + target + "\n";
}

// Values of prometheus-adapter; the rule begins at line 3, column 7.
inline std::string adapter_rule(const std::string& fold = "avg",
                                const std::string& series = "DCGM_FI_DEV_GPU_UTIL",
                                const std::string& as = "gpu_utilization") {
  return "rules:\n"
         "  custom:\n"
         "    - seriesQuery: '" +
         series +
         "{namespace!=\"\"}'\n"
         "      resources: {overrides: {namespace: {resource: namespace}}}\n"
         "      name: {matches: " +
         series + ", as: " + as +
         "}\n"
         "      metricsQuery: '" +
         fold + "(" + series + "{<<.LabelMatchers>>}) by (<<.GroupBy>>)'\n";
}

}  // namespace thaw::lint
