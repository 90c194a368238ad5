// One decision of idle_timeout: a look at a function that is busy, that is idle, and that has
// peers.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/invariant.hpp"
#include "policies/all.hpp"

namespace thaw {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1767571200s};  // 2026-01-05T00:00:00Z

void idle_timeout_decides(benchmark::State& state, Duration since_last_call) {
  const auto peers = static_cast<std::uint32_t>(state.range(0));
  Spec spec;
  spec.name = "f";
  std::vector<PeerFacts> facts;
  for (std::uint32_t p = 1; p <= peers; ++p) {
    spec.peers.push_back({p, "peer-" + std::to_string(p), {}});
    facts.push_back({p, Replicas(1), kStart});
  }
  Diagnostics diagnostics;
  const auto policy = find_policy("idle_timeout")->make(spec, diagnostics);
  THAW_CHECK(diagnostics.ok(), "the defaults are good settings");
  Observation seen{};
  seen.now = kStart;
  seen.cause = Cause::timer;
  seen.spec = seen.status = seen.ready = Replicas(1);
  seen.peers = facts;
  for (auto _ : state) {
    seen.now = seen.now + 1s;
    seen.facts_taken = seen.now;
    seen.last_activity = seen.now - since_last_call;
    benchmark::DoNotOptimize(policy->decide(seen));
  }
}

BENCHMARK_CAPTURE(idle_timeout_decides, busy, 1s)->Arg(0)->Arg(10);
BENCHMARK_CAPTURE(idle_timeout_decides, idle, 1h)->Arg(0)->Arg(10);

}  // namespace
}  // namespace thaw
