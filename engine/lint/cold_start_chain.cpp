#include "engine/lint/cold_start_chain.hpp"

#include <algorithm>

#include "engine/random.hpp"
#include "engine/scenario/cold_start.hpp"
#include "engine/scenario/vgpu_request.hpp"

namespace thaw::lint {
namespace {

constexpr std::uint64_t kSeed = 1;

// Guesses in use are told by load_scenario in one notice, each as "KEY (value)".
std::string source(const Scenario& scenario, const std::string& key) {
  const bool guess = std::ranges::any_of(scenario.notices, [&](const std::string& notice) {
    return notice.starts_with("guesses in use") && notice.find(key + " (") != std::string::npos;
  });
  return key + (guess ? ", a guess" : "");
}

class Chain {
 public:
  Chain(const Scenario& scenario, const FunctionSpec& function)
      : scenario_(scenario),
        function_(function),
        workload_(scenario.manifests.workloads[function.workload]) {}

  std::optional<ColdStart> build() {
    const Pool* const pool = quickest_pool();
    if (!pool) return std::nullopt;
    chain_.with_node = pool->nodes_min == 0;
    for (const ColdStartStage& stage : cold_start_stages(scenario_, function_, *pool)) add(stage);
    chain_.whole.sort();
    return std::move(chain_);
  }

 private:
  // With what the function needs, of those the one that is there soonest.
  const Pool* quickest_pool() const {
    const Pool* best = nullptr;
    const bool adds_nodes = scenario_.cluster.node_autoscaler.enabled;
    for (const Pool& pool : scenario_.cluster.pools) {
      const bool lacks_gpu =
          workload_.requests.extended.contains(kGpuCards) && pool.machine.gpus == 0;
      if (lacks_gpu || pool.nodes_max == 0 || (pool.nodes_min == 0 && !adds_nodes)) continue;
      if (!best || is_quicker(pool, *best)) best = &pool;
    }
    return best;
  }

  void add(const ColdStartStage& stage) {
    constexpr double kWorthALine = 50e6;  // ns: below, it would be printed as 0
    if (stage.duration.mean() < kWorthALine) return;
    const std::string purpose = "lint/" + stage.name + "/" + function_.name;
    chain_.whole.add(stage.duration, purpose);
    Sample alone;
    alone.add(stage.duration, purpose);
    alone.sort();
    chain_.stages.push_back(
        {stage.name, source(scenario_, stage.key), alone.quantile(0.5), alone.quantile(0.95)});
  }

  const Scenario& scenario_;
  const FunctionSpec& function_;
  const Workload& workload_;
  ColdStart chain_;
};

Duration rounded_to(Duration duration, Duration step) {
  return (duration + step / 2) / step * step;
}

}  // namespace

void Sample::add(const Distribution& duration, const std::string& purpose) {
  Random random(kSeed, purpose);
  for (Duration& draw : draws_) draw += duration.draw(random);
}

void Sample::sort() { std::ranges::sort(draws_); }

Duration Sample::quantile(double p) const {
  return draws_[static_cast<std::size_t>(p * static_cast<double>(kDraws))];
}

double Sample::ratio_above(Duration limit) const {
  const auto above = draws_.end() - std::ranges::upper_bound(draws_, limit);
  return static_cast<double>(above) / static_cast<double>(kDraws);
}

std::optional<ColdStart> cold_start_of(const Scenario& scenario, const FunctionSpec& function) {
  return Chain(scenario, function).build();
}

std::string to_text(const ColdStart& chain) {
  std::string text =
      rough(chain.whole.quantile(0.5)) + " (p50), " + rough(chain.whole.quantile(0.95)) + " (p95)";
  const char* separator = ": ";
  for (const ColdStart::Stage& stage : chain.stages) {
    text += separator + stage.name + " " + rough(stage.median) + " (" + stage.source + ")";
    separator = ", ";
  }
  return text;
}

std::string rough(Duration duration) {
  return thaw::to_text(rounded_to(duration, duration < 1min ? Duration(100ms) : Duration(1s)));
}

std::string per_cent(double ratio) {
  if (ratio > 0 && ratio < 0.01) return "under 1 %";
  if (ratio > 0.99 && ratio < 1) return "over 99 %";
  return std::to_string(static_cast<int>(ratio * 100 + 0.5)) + " %";
}

}  // namespace thaw::lint
