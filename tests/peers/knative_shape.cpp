#include "tests/peers/knative_shape.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "sim/knative/phases.hpp"

namespace thaw::peers {
namespace {

std::string in_seconds(Duration d) { return std::to_string(seconds(d)); }

}  // namespace

Duration begin_of(const Phase& phase) { return kLead + 2s - phase.to_tick; }

std::uint64_t seed_of(const Phase& phase, int run) {
  using sim::KnativePhases;
  const Duration to_scrape =
      std::clamp(phase.to_scrape, KnativePhases::kLeastDelay, KnativePhases::kMostDelay);
  for (std::uint64_t seed = 1'000'000 * static_cast<std::uint64_t>(run) + 1;; ++seed) {
    const auto drawn = KnativePhases::draw({seed, KnativePhases::kPurpose});
    if (std::chrono::abs(drawn.report - phase.report) < 5ms &&
        std::chrono::abs(drawn.scrape_delay - to_scrape) < 5ms)
      return seed;
  }
}

void write_scenario(const LoadShape& shape, Duration start, const Phase& phase,
                    const std::string& folder) {
  std::filesystem::create_directories(folder + "/manifests");
  const Duration from = begin_of(phase);
  std::ofstream scenario(folder + "/scenario.yaml");
  scenario << R"(apiVersion: thaw/v1
kind: Scenario
name: )" << shape.name
           << R"(
start: 2026-01-05T00:00:)"
           << in_seconds(10s + phase.tick) << R"(Z
versions: {knative: "1.21"}
until: )" << in_seconds(from + (shape.clients > 0 ? shape.length : shape.at.back()) + 40s)
           << R"(s
cluster:
  nodeAutoscaler: none
  pools:
    - {name: plain, machine: {cpu: 8, memory: 32GiB, price: 0 EUR/h}, nodes: {min: 1, max: 1}}
manifests: [manifests/*.yaml]
functions:
  a:
    image: 1B
    containerStart: )"
           << in_seconds(start) << R"(s
    stop: 3s
    service: {seconds: 200ms, slots: 1000, dispatch: least_in_flight}
workload:
  - {name: before, at: 1s, get: /function/a/}
)";
  if (shape.clients > 0) {
    scenario << "  - {name: load, function: a, arrivals: {process: closed, clients: "
             << shape.clients << ", think: 0s}, from: " << in_seconds(from)
             << "s, until: " << in_seconds(from + shape.length) << "s}\n";
  } else {
    scenario << "  - {name: load, trace: calls.csv, from: " << in_seconds(from) << "s}\n";
    std::ofstream calls(folder + "/calls.csv");
    calls << "arrival_s,function\n";
    for (const Duration at : shape.at) calls << in_seconds(at) << ",a\n";
  }
  scenario << "checks: []\n";
  std::ofstream(folder + "/manifests/a.yaml") << service_manifest();
  std::ofstream(folder + "/manifests/config-autoscaler.yaml") << R"(apiVersion: v1
kind: ConfigMap
metadata: {name: config-autoscaler, namespace: knative-serving}
data: {allow-zero-initial-scale: "true", enable-scale-to-zero: "true", scale-to-zero-grace-period: 6s}
)";
}

// Tags of dev.local are not looked up in a registry.
std::string service_manifest() {
  return R"(apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: a, namespace: default}
spec:
  template:
    metadata:
      annotations:
        autoscaling.knative.dev/target: "10"
        autoscaling.knative.dev/window: 6s
        autoscaling.knative.dev/initial-scale: "0"
        fake/service: 200ms
        fake/drain: 3s
    spec:
      containerConcurrency: 0
      containers:
        - image: dev.local/sleeper:1
          resources: {requests: {cpu: 10m, memory: 64Mi}}
)";
}

std::vector<Duration> ramp(double from, double to, Duration length) {
  std::vector<Duration> at;
  const double all = seconds(length);
  for (double t = 0; t < all; t += 1 / (from + (to - from) * t / all))
    at.push_back(Duration{static_cast<std::int64_t>(t * 1e9)});
  return at;
}

std::vector<Duration> bursts(int bursts, Duration period, int calls, Duration gap) {
  std::vector<Duration> at;
  for (int burst = 0; burst < bursts; ++burst)
    for (int call = 0; call < calls; ++call) at.push_back(burst * period + call * gap);
  return at;
}

}  // namespace thaw::peers
