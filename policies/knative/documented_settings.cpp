#include "policies/knative/settings.hpp"

namespace thaw::knative {
namespace {

constexpr ParamInfo kParams[] = {
    {"class", "kpa.autoscaling.knative.dev", "the autoscaler; this one is the KPA"},
    {"metric", "concurrency", "what is scaled on: concurrency, or rps"},
    {"target", "", "of one replica (default: container-concurrency, else the cluster's)"},
    {"target-utilization-percentage", "70", "how much of the target is to be used"},
    {"target-burst-capacity", "211", "spare room below which calls go through the activator"},
    {"window", "60s", "stable window"},
    {"panic-window-percentage", "10", "panic window, of the stable one"},
    {"panic-threshold-percentage", "200", "load of the ready replicas from which it panics"},
    {"min-scale", "0", "fewest replicas"},
    {"max-scale", "0", "most replicas (0: any number)"},
    {"initial-scale", "1", "replicas of a new revision"},
    {"activation-scale", "", "fewest replicas when there is load at all"},
    {"scale-down-delay", "0s", "for how long the highest count of late is kept"},
    {"scale-to-zero-pod-retention-period", "0s", "how long the last replica stays at least"},
    {"metric-aggregation-algorithm", "linear", "linear, or weighted-exponential"},
    {"container-concurrency", "0", "requests that a replica takes at once (0: any number)"},
    {"progress-deadline", "600s", "how long the first replica may take"},
    {"tick-offset", "0s", "phase of the 2 s ticks, from the start of the controller (thaw's own)"},
    {"config.pod-autoscaler-class", "kpa.autoscaling.knative.dev", "as class, for all revisions"},
    {"config.enable-scale-to-zero", "true", "whether the last replica may go"},
    {"config.allow-zero-initial-scale", "false", "whether initial-scale may be 0"},
    {"config.initial-scale", "1", "as the annotation, for all revisions"},
    {"config.min-scale", "0", "as the annotation, for all revisions"},
    {"config.max-scale", "0", "as the annotation, for all revisions"},
    {"config.max-scale-limit", "0", "highest max-scale that is allowed (0: any)"},
    {"config.container-concurrency-target-percentage", "70", "utilisation of a concurrency target"},
    {"config.container-concurrency-target-default", "100", "concurrency target"},
    {"config.requests-per-second-target-default", "200", "rps target"},
    {"config.target-burst-capacity", "211", "as the annotation, for all revisions"},
    {"config.activator-capacity", "100", "requests that one activator takes at once"},
    {"config.max-scale-up-rate", "1000", "most growth in one tick, of the ready replicas"},
    {"config.max-scale-down-rate", "2", "most shrinking in one tick, of the ready replicas"},
    {"config.stable-window", "60s", "as window, for all revisions"},
    {"config.panic-window-percentage", "10", "as the annotation, for all revisions"},
    {"config.panic-threshold-percentage", "200", "as the annotation, for all revisions"},
    {"config.scale-to-zero-grace-period", "30s",
     "how long the activator is in the path before the last replica goes"},
    {"config.scale-to-zero-pod-retention-period", "0s", "as the annotation, for all revisions"},
    {"config.scale-down-delay", "0s", "as the annotation, for all revisions"},
};

}  // namespace

std::span<const ParamInfo> documented_settings() { return kParams; }

}  // namespace thaw::knative
