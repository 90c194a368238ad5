// Documented answers that more than one test reads.
#pragma once

#include <string_view>

#include "engine/scenario/rfc3339.hpp"

namespace thaw::metrics {

inline TimePoint at(std::string_view text) { return scenario::parse_rfc3339(text).value(); }

inline const TimePoint kNow = at("2026-01-05T00:01:00Z");

// From the documentation of Prometheus' HTTP API.
inline constexpr std::string_view kVector =
    R"({"status":"success","data":{"resultType":"vector","result":[
    {"metric":{"__name__":"up","job":"prometheus"},"value":[1435781451.781,"1"]}]}})";

// The shape that metrics-server documents: one pod of two containers, one of a container that says
// nothing of the CPU.
inline constexpr std::string_view kPods =
    R"({"kind":"PodMetricsList","apiVersion":"metrics.k8s.io/v1beta1",
  "metadata":{},"items":[
  {"metadata":{"name":"ollama-a","namespace":"demo","labels":{"app":"ollama"}},
   "timestamp":"2026-01-05T00:00:49Z","window":"34.475s","containers":[
     {"name":"ollama","usage":{"cpu":"429151n","memory":"408Ki"}},
     {"name":"proxy","usage":{"cpu":"7m","memory":"125448Ki"}}]},
  {"metadata":{"name":"ollama-b","namespace":"demo"},
   "timestamp":"2026-01-05T00:00:40Z","window":"15s","containers":[
     {"name":"ollama","usage":{"cpu":"2","memory":"1Gi"}},
     {"name":"proxy","usage":{"memory":"1Gi"}}]}]})";

}  // namespace thaw::metrics
