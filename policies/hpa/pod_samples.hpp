// The readings of a per-pod metric, a value a pod: what the metrics API answered, by pod.
//
// Units: thousandths. Source: the controller's metrics client. A pod of which one container has no
// reading of the resource has no entry there; whoever fills MetricFacts leaves it out.
// Errors: collect() is false where the API's answer makes the metric fail as a whole.
// Allocates only when it grows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/policy.hpp"

namespace thaw::hpa {

class PodSamples {
 public:
  struct Sample {
    std::uint64_t pod = 0;
    Milli value = 0;
    TimePoint taken{};
    Duration window{};
    Milli request = 0;       // of the pod, where it is asked for
    bool selected = false;   // the pod is one of the target's
    bool removed = false;    // does not count
    bool container = false;  // the container that was asked for is in it
  };

  bool collect(const MetricRef& metric, std::span<const PodSample> answer);

  Sample* find(std::uint64_t pod);  // nullptr: no reading
  std::span<const Sample> all() const { return samples_; }

 private:
  std::vector<Sample> samples_;  // by pod
};

}  // namespace thaw::hpa
