// Scenarios that no file describes, for tests of the simulated world.
//
// platform() is the least that runs with SlimFaas: one CPU node with it and nothing else;
// bare_cluster() is the node alone. Functions are Ready in the instant they find a node (no image,
// no model, no delay) until a test says otherwise.
#pragma once

#include <string>
#include <vector>

#include "engine/scenario/scenario.hpp"
#include "sim/simulation.hpp"

namespace thaw::sim {

inline constexpr TimePoint kStart{1767571200s};  // 2026-01-05T00:00:00Z, where scenarios start
inline constexpr Version k024{0, 24, 0}, k081{0, 81, 0};
inline constexpr const char* kGpuResource = "nvidia.com/gpu";

// 3.60 EUR/h are 0.001 EUR a second: a bill in seconds is read off.
inline constexpr Nanomoney kNanomoneyPerSecond = 1'000'000;

Scenario platform(Version slimfaas = k024);
Scenario bare_cluster();

// 4 CPUs, 8 GiB. A node is there 100 s after its order: VM at 35 s, Ready at 50 s, GPU at 100 s.
Pool pool(const std::string& name, int nodes_min, int nodes_max, int gpus = 0);

// A Deployment of one replica and its Service, port 8080 to 8080. Asks for 0.1 CPU and runs on the
// platform's node. A function of SlimFaas where the scenario has it; a plain one is of nobody.
FunctionSpec& add_function(Scenario& scenario, const std::string& name);
FunctionSpec& add_plain_function(Scenario& scenario, const std::string& name);
// A Knative Service of no replica yet, whose server takes any number of calls at once: what limits
// them is containerConcurrency.
FunctionSpec& add_revision(Scenario& scenario, const std::string& name,
                           std::uint32_t concurrency = 0);
Workload& workload_of(Scenario& scenario, const FunctionSpec& function);
Workload& slimfaas_of(Scenario& scenario);
void set_env(Workload& workload, const std::string& name, const std::string& value);
void annotate(Workload& workload, const std::string& key, const std::string& value);

// On a pool of its own name "gpu" (made if it is not there), one GPU a pod, nowhere else.
FunctionSpec& add_gpu_function(Scenario& scenario, const std::string& name, int nodes_max = 1);

Expression expression(const std::string& text);
Step step(const std::string& name, Duration at, Method method, const std::string& path);
Step step_when(const std::string& name, const std::string& condition, Duration within,
               Method method, const std::string& path);
Check check(const std::string& name, Check::Kind kind, Duration instant, const std::string& expect);

// Governed as the manifests ask for; `instead`: by this policy where they ask for one.
RunOptions options_for(const Scenario& scenario, std::uint64_t seed = 1,
                       const PolicyInfo* instead = nullptr);

}  // namespace thaw::sim
