// What one metric asks for: a number of replicas, or that it cannot tell.
//
// Units: thousandths (1500 is 1.5), utilisation in per cent of the request. Averages are integer
// divisions, ratios are doubles, and the order of operands is the controller's: a product just
// above an integer is rounded up. Source: the controller's ReplicaCalculator.
// Errors: Proposal::failed; every input is taken. Allocates only when it grows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/policy.hpp"
#include "policies/hpa/pod_samples.hpp"
#include "policies/hpa/spec.hpp"
#include "policies/hpa/tolerance.hpp"

namespace thaw::hpa {

struct Proposal {
  bool failed = false;
  std::int32_t replicas = 0;
  std::int64_t usage = 0;                        // the value, or the average of a replica
  std::optional<std::int32_t> utilization = {};  // of a Utilization target
  bool within_tolerance = false;                 // hence no change
};

// The target of the autoscaler, as it is now.
struct Target {
  TimePoint now;
  std::int32_t spec = 0, status = 0;  // .spec.replicas, .status.replicas
  std::span<const PodFacts> pods;     // those its selector finds
};

class ReplicaCalculator {
 public:
  ReplicaCalculator(Duration cpu_initialization, Duration initial_readiness_delay)
      : cpu_initialization_(cpu_initialization),
        initial_readiness_delay_(initial_readiness_delay) {}

  Proposal propose(const Metric& metric, const MetricFacts& answer, const Target& target,
                   const Tolerance& tolerance);

 private:
  struct Group {
    std::int64_t pods = 0;
    std::int64_t requests = 0;
    std::int64_t if_busy = 0;  // their usage, where readings are missing on the way down
  };
  struct Groups {
    std::int64_t ready = 0;
    Group missing, unready;
  };
  // What readings add up to.
  struct Usage {
    std::int64_t total = 0, requests = 0;
    std::int64_t counted = 0;  // pods in the two sums
    std::int64_t samples = 0;  // pods with a reading
  };

  struct Measured {
    double ratio = 0;
    std::int64_t average = 0;
    std::optional<std::int32_t> utilization;
  };

  Proposal per_pod(const Metric& metric, const MetricFacts& answer, const Target& target,
                   const Tolerance& tolerance);
  std::optional<Groups> group(const Metric& metric, const Target& target);
  bool is_unready(const PodFacts& pod, const PodSamples::Sample& sample, TimePoint now) const;
  Usage usage(const Metric& metric) const;
  // Empty: nothing is asked for that usage could be a share of.
  static std::optional<Measured> measure(const Usage& usage, const Metric& metric);

  Duration cpu_initialization_, initial_readiness_delay_;
  PodSamples samples_;
};

}  // namespace thaw::hpa
