// What a metrics API answers about the functions: sampled each 15 s, so that a reader sees numbers
// of up to that age, with their time.
//
// Names: in_flight, queued, concurrency (both together), requests_per_second (over the last
// period), and gpu_utilization (per cent of the last period in which a replica had a request in
// service; also by DCGM's name, DCGM_FI_DEV_GPU_UTIL). Of an Object, External or query metric the
// function's value is the answer (of gpu_utilization: the mean of its Ready replicas); of a Pods
// metric each Ready replica's own. SlimFaas's queue gauges are known by name. Anything else, CPU
// and memory among it, is not modelled: absent.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/policy.hpp"
#include "sim/load.hpp"
#include "sim/pods.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class Metrics final : public Handler {
 public:
  Metrics(World& world, Pods& pods, const LoadGenerator& load)
      : world_(world), pods_(pods), load_(load) {}

  static bool known(const MetricRef& metric);
  void sample(std::size_t function);  // from now on
  void busy_changed(const Pod& pod);
  void pod_gone(PodId pod) { busy_.erase(pod); }

  // Of functions that are sampled. The answer's spans live until the next sample.
  MetricFacts read(std::size_t function, const MetricRef& metric) const;

  void fire(std::uint32_t what, std::uint64_t function) override;

 private:
  enum class Name : std::uint8_t { in_flight, queued, concurrency, requests, gpu_utilization };
  static constexpr std::size_t kNames = 5;
  static std::optional<Name> name_of(const MetricRef& metric);
  struct Function {
    bool sampled = false;
    std::optional<TimePoint> taken;
    std::int64_t arrived = 0;
    std::vector<Milli> total;                  // by Name
    std::vector<std::vector<PodSample>> pods;  // by Name
  };
  struct Busy {
    Duration before{}, now{};  // in service: until the last sample, until `since`
    TimePoint since;
    bool busy = false;
  };
  void take(std::size_t function);
  Milli utilisation(PodId pod);

  World& world_;
  Pods& pods_;
  const LoadGenerator& load_;
  std::vector<Function> functions_;
  std::map<PodId, Busy> busy_;
};

}  // namespace thaw::sim
