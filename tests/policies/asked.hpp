// An idle_timeout policy and the facts it is shown, question by question.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "policies/all.hpp"

namespace thaw {

inline constexpr TimePoint kStart{1767571200s};  // 2026-01-05T00:00:00Z, by `date -u +%s`
inline constexpr Version k024{0, 24, 0}, k050{0, 50, 0}, k060{0, 60, 0}, k061{0, 61, 0},
    k081{0, 81, 0};

using Settings = std::initializer_list<std::pair<const char*, const char*>>;

inline Params params_of(Settings settings) {
  Params params;
  for (const auto& [key, value] : settings) params.set(key, value, {});
  return params;
}

inline Spec spec_of(Version slimfaas, Settings settings = {}) {
  Spec spec;
  spec.name = "llm";
  spec.params = params_of(settings);
  spec.versions.slimfaas = slimfaas;
  return spec;
}

// What was found wrong; empty if nothing was.
inline std::string problem_of(const Diagnostics& diagnostics) {
  try {
    diagnostics.throw_if_any();
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

// A policy and the facts it is shown; times count from kStart.
struct Asked {
  explicit Asked(const Spec& spec) : policy(find_policy("idle_timeout")->make(spec, diagnostics)) {}
  explicit Asked(Version slimfaas, Settings settings = {}) : Asked(spec_of(slimfaas, settings)) {}

  Decision ask(Duration after, Cause cause = Cause::timer) {
    seen.now = kStart + after;
    seen.cause = cause;
    seen.pods = pods;
    seen.peers = peers;
    return policy->decide(seen);
  }
  void replicas(std::int32_t n) { seen.spec = seen.status = seen.ready = Replicas(n); }
  void called(Duration after) { seen.last_activity = kStart + after; }

  Diagnostics diagnostics;
  std::unique_ptr<ScalingPolicy> policy;
  Observation seen{};
  std::vector<PodFacts> pods;
  std::vector<PeerFacts> peers;
};

inline Spec with_peers(Spec spec, std::vector<std::pair<std::string, Params>> peers) {
  FunctionId id = 10;
  for (auto& [name, params] : peers) spec.peers.push_back({id++, name, params});
  return spec;
}

}  // namespace thaw
