#include "tests/sim/scenario_builder.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/scenario/governance.hpp"
#include "engine/scenario/slimfaas_annotations.hpp"
#include "policies/all.hpp"

namespace thaw::sim {
namespace {

constexpr std::int64_t kGiB = std::int64_t{1} << 30;
constexpr const char* kNamespace = "demo";

Workload workload(const std::string& name, Workload::Kind kind) {
  Workload made;
  made.kind = kind;
  made.name = name;
  made.ns = kNamespace;
  made.labels = made.selector = {{"app", name}};
  made.images = {name};
  made.requests = {Millicores(100), Bytes(0), {}};
  return made;
}

ServiceObject service(const std::string& name, int port, int target) {
  return {{}, name, kNamespace, {{"app", name}}, {{"http", port, target, ""}}};
}

}  // namespace

Scenario bare_cluster() {
  Scenario scenario;
  scenario.name = "test";
  scenario.start = kStart;
  scenario.cluster.pools.push_back(pool("cpu", 1, 1));
  return scenario;
}

Scenario platform(Version slimfaas) {
  Scenario scenario = bare_cluster();
  scenario.versions.slimfaas = slimfaas;
  Workload gateway = workload("slimfaas", Workload::Kind::stateful_set);
  gateway.images = {"axaguildev/slimfaas"};
  gateway.container_ports = {5000};
  scenario.manifests.workloads.push_back(gateway);
  scenario.manifests.services.push_back(service("slimfaas", 5000, 5000));
  return scenario;
}

Pool pool(const std::string& name, int nodes_min, int nodes_max, int gpus) {
  Pool made;
  made.name = name;
  made.machine.cpu = Millicores(4000);
  made.machine.memory = Bytes(8 * kGiB);
  made.machine.gpus = gpus;
  made.machine.price.per_hour = 3600 * kNanomoneyPerSecond;
  made.nodes_min = nodes_min;
  made.nodes_max = nodes_max;
  made.provisioning.total = Distribution::constant(100s);
  return made;
}

FunctionSpec& add_function(Scenario& scenario, const std::string& name) {
  Workload made = workload(name, Workload::Kind::deployment);
  made.container_ports = {8080};
  const auto& all = scenario.manifests.workloads;
  if (std::any_of(all.begin(), all.end(), is_slimfaas)) annotate(made, "Function", "true");
  scenario.manifests.workloads.push_back(made);
  scenario.manifests.services.push_back(service(name, 8080, 8080));
  FunctionSpec function{};
  function.name = name;
  function.workload = scenario.manifests.workloads.size() - 1;
  function.service.duration = Distribution::constant(1s);
  return scenario.functions.emplace_back(function);
}

FunctionSpec& add_gpu_function(Scenario& scenario, const std::string& name, int nodes_max) {
  auto& pools = scenario.cluster.pools;
  if (std::none_of(pools.begin(), pools.end(), [](const Pool& p) { return p.name == "gpu"; }))
    pools.push_back(pool("gpu", 0, nodes_max, 1));
  FunctionSpec& function = add_function(scenario, name);
  workload_of(scenario, function).requests.extended[kGpuResource] = 1;
  return function;
}

FunctionSpec& add_plain_function(Scenario& scenario, const std::string& name) {
  FunctionSpec& function = add_function(scenario, name);
  workload_of(scenario, function).annotations.clear();
  return function;
}

FunctionSpec& add_revision(Scenario& scenario, const std::string& name, std::uint32_t concurrency) {
  FunctionSpec& function = add_function(scenario, name);
  scenario.manifests.services.pop_back();
  Workload& revision = workload_of(scenario, function);
  revision.kind = Workload::Kind::knative_service;
  revision.replicas = Replicas(0);
  revision.requests.cpu = Millicores(10);
  revision.annotations.clear();
  revision.container_concurrency = concurrency;
  function.service.slots = 1000;
  return function;
}

Workload& workload_of(Scenario& scenario, const FunctionSpec& function) {
  return scenario.manifests.workloads[function.workload];
}

Workload& slimfaas_of(Scenario& scenario) {
  auto& all = scenario.manifests.workloads;
  return *std::find_if(all.begin(), all.end(), is_slimfaas);
}

void set_env(Workload& workload, const std::string& name, const std::string& value) {
  workload.env.push_back({name, value, {}});
}

void annotate(Workload& workload, const std::string& key, const std::string& value) {
  workload.annotations["SlimFaas/" + key] = {value, {}};
}

Expression expression(const std::string& text) {
  Diagnostics problems;
  auto parsed = Expression::parse(text, {}, "", problems);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(Expression());
}

Step step(const std::string& name, Duration at, Method method, const std::string& path) {
  Step made;
  made.name = name;
  made.at = Instant{at, Instant::Anchor::start, ""};
  made.method = method;
  made.path = path;
  return made;
}

Step step_when(const std::string& name, const std::string& condition, Duration within,
               Method method, const std::string& path) {
  Step made = step(name, 0s, method, path);
  made.at.reset();
  made.when = expression(condition);
  made.within = within;
  return made;
}

Check check(const std::string& name, Check::Kind kind, Duration instant,
            const std::string& expect) {
  return {name, {}, kind, {instant, Instant::Anchor::start, ""}, expression(expect)};
}

RunOptions options_for(const Scenario& scenario, std::uint64_t seed, const PolicyInfo* instead) {
  Diagnostics problems;
  RunOptions options;
  options.seed = seed;
  for (Governance& one : govern(scenario, {}, problems)) {
    if (one.policy.empty()) continue;
    options.governors.push_back({one.spec, instead ? instead : find_policy(one.policy)});
  }
  EXPECT_TRUE(problems.ok());
  return options;
}

}  // namespace thaw::sim
