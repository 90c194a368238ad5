// What a metrics API answers about the functions: sampled each 15 s, so that a reader sees numbers
// of up to that age, with their time.
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
  struct Function {
    bool sampled = false;
    std::optional<TimePoint> taken;
    std::int64_t arrived = 0;
    std::vector<Milli> total;                  // by Name
    std::vector<std::vector<PodSample>> pods;  // by Name
    std::map<PodId, Duration> served;          // of Ready ones, at the last sample
  };
  bool stale() const;
  void take(std::size_t function);
  void take_cpu(std::size_t function);

  World& world_;
  Pods& pods_;
  const LoadGenerator& load_;
  std::vector<Function> functions_;
  GpuMetrics gpus_;
};

}  // namespace thaw::sim
