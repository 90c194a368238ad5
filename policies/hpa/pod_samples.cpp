#include "policies/hpa/pod_samples.hpp"

#include <algorithm>
#include <cstddef>

#include "policies/hpa/go_arithmetic.hpp"

namespace thaw::hpa {
namespace {

bool by_pod(const PodSamples::Sample& a, const PodSamples::Sample& b) { return a.pod < b.pod; }

}  // namespace

bool PodSamples::collect(const MetricRef& metric, std::span<const PodSample> answer) {
  const bool one_container = metric.source == MetricSource::container_resource;
  samples_.clear();
  for (const PodSample& reading : answer) {
    const bool asked_for = !one_container || reading.container == metric.container;
    samples_.push_back({.pod = reading.pod,
                        .value = asked_for ? reading.value : 0,
                        .taken = reading.taken,
                        .window = reading.window,
                        .container = asked_for});
  }
  if (!std::is_sorted(samples_.begin(), samples_.end(), by_pod)) {
    std::sort(samples_.begin(), samples_.end(), by_pod);
  }

  // The containers of a pod become one entry.
  std::size_t kept = 0;
  for (const Sample& sample : samples_) {
    if (kept > 0 && samples_[kept - 1].pod == sample.pod) {
      samples_[kept - 1].value = sum(samples_[kept - 1].value, sample.value);
      samples_[kept - 1].container |= sample.container;
    } else {
      samples_[kept++] = sample;
    }
  }
  samples_.resize(kept);
  return std::all_of(samples_.begin(), samples_.end(),
                     [](const Sample& sample) { return sample.container; });
}

PodSamples::Sample* PodSamples::find(std::uint64_t pod) {
  const auto found = std::lower_bound(samples_.begin(), samples_.end(), Sample{.pod = pod}, by_pod);
  return found != samples_.end() && found->pod == pod ? &*found : nullptr;
}

}  // namespace thaw::hpa
