// Metrics of GPUs as autoscalers ask for them: through prometheus-adapter's rules where one is
// among the manifests, else by their own names.
//
// With an adapter a metric is what a rule makes of a series, over all pods of the namespace that is
// asked for; a series that is new is known after the adapter's next look, a gone one until the look
// after that. Without one, a series' name or gpu_utilization (per cent, on MIG too) is the mean
// over the function's pods. Series: DCGM_FI_DEV_GPU_UTIL (per cent; none on MIG) and
// DCGM_FI_PROF_GR_ENGINE_ACTIVE (0 to 1). No series, no answer: absent. Of NaN an
// adapter makes 0. Source: prometheus-adapter, docs/config.md, and its pull request 308.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/policy.hpp"
#include "sim/metrics/gpu_series.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class GpuMetrics final : public Handler {
 public:
  GpuMetrics(World& world, Pods& pods);

  GpuSeries& series() { return series_; }
  // Whether a metric of this name is one of GPUs here.
  bool has(const MetricRef& metric) const;
  void record();

  // The answer's spans live until the same is asked again.
  MetricFacts read(std::size_t function, const MetricRef& metric);
  // Where what it is made of is NaN: so is the answer, but an adapter says 0.
  MetricFacts read_nan(std::size_t function, const MetricRef& metric);
  MetricFacts last(std::size_t function, const MetricRef& metric) const;  // what read() gave

  void fire(std::uint32_t what, std::uint64_t arg) override;

 private:
  struct Answer {
    TimePoint taken;
    Milli total = 0;
    std::vector<PodSample> pods;
  };
  using Key = std::pair<std::size_t, std::string>;
  bool is_adapted(const MetricRef& metric) const {
    return relist_ > Duration{0} && metric.source != MetricSource::query;
  }
  static Key key_of(std::size_t function, const MetricRef& metric);
  static MetricFacts facts_of(const Answer& answer, const MetricRef& metric);
  const MetricRule* rule_of(const MetricRef& metric) const;
  bool is_in(std::size_t function, const std::string& ns) const;
  std::string ns_of(std::size_t function) const;

  World& world_;
  GpuSeries series_;
  std::vector<MetricRule> rules_;  // of all adapters
  Duration relist_{};              // 0: no adapter
  bool listed_ = false;            // at the last look there were series
  bool recording_ = false;
  std::map<Key, Answer> answers_;
};

}  // namespace thaw::sim
