// What a metrics API answers about the functions: sampled by a store each 15 s, or as the
// scenario's section `metrics` says (scrape, latencyOffset), so that a reader sees numbers of up to
// that age, with their time; cpu by metrics-server each 15 s.
//
// Names: in_flight, queued, concurrency (both together), requests_per_second (over the last
// period). Of an Object, External or query metric the function's value is the answer; of a Pods
// metric each Ready replica's own. SlimFaas's queue gauges are known by name. How busy GPUs are
// comes another way: see metrics/adapter.hpp. The resource cpu is, of
// each replica that was Ready a period ago, what its requests in service kept busy since, as
// metrics-server has it; where the scenario says nothing of that, and for anything else, memory
// among it: absent.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/policy.hpp"
#include "engine/workload/load.hpp"
#include "sim/metrics/adapter.hpp"
#include "sim/pods.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class Metrics final : public Handler {
 public:
  Metrics(World& world, Pods& pods, const LoadGenerator& load)
      : world_(world), pods_(pods), load_(load), gpus_(world, pods) {}

  // From now on, for someone who wants these.
  void sample(std::size_t function, std::span<const MetricRef> wanted);
  GpuSeries& gpu_series() { return gpus_.series(); }

  // Of functions that are sampled. The answer's spans live until the next sample. During an outage
  // absent, or as they were sampled last, those of GPUs as they were read last; or NaN, but for
  // resources.
  MetricFacts read(std::size_t function, const MetricRef& metric);

  void fire(std::uint32_t what, std::uint64_t function) override;

 private:
  enum class Name : std::uint8_t { in_flight, queued, concurrency, requests, cpu };
  static constexpr std::size_t kNames = 5;
  std::optional<Name> name_of(std::size_t function, const MetricRef& metric) const;
  struct Sample {
    TimePoint taken{};
    std::array<Milli, kNames> total{};
    std::array<std::vector<PodSample>, kNames> pods{};
  };
  struct Function {
    bool sampled = false;
    std::deque<Sample> stored;         // by time, from the last that may be seen on
    std::int64_t arrived = 0;          // until the last sample
    std::optional<Sample> server;      // of metrics-server
    std::map<PodId, Duration> served;  // of Ready ones, at its last sample
  };
  bool stale() const;
  Sample sample_of(std::size_t function);
  Sample cpu_of(std::size_t function);
  const Sample* seen(std::size_t function, Name name) const;
  TimePoint as_of() const { return world_.now() - world_.scenario.metrics.latency_offset; }

  World& world_;
  Pods& pods_;
  const LoadGenerator& load_;
  std::vector<Function> functions_;
  GpuMetrics gpus_;
};

}  // namespace thaw::sim
