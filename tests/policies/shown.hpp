// A policy by its name and the facts it is shown, question by question; times count from kStart.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/policies/asked.hpp"

namespace thaw {

struct Shown {
  explicit Shown(PolicyInfo (*info)(), Settings settings = {}) : info_(info()) {
    spec.name = "f";
    spec.params = params_of(settings);
    policy = info_.make(spec, diagnostics);
  }

  Decision ask(Duration after, Cause cause = Cause::timer) {
    show(after, cause);
    const Decision decision = policy->decide(seen);
    reports.clear();
    return decision;
  }
  void look(Duration after) {
    show(after, Cause::timer);
    policy->look(seen);
    reports.clear();
  }
  void replicas(std::int32_t n) { seen.spec = seen.status = seen.ready = Replicas(n); }
  void called(Duration after) { seen.last_activity = kStart + after; }

  // A new policy of the same settings that gets what this one saves.
  bool restart(int version_more = 0) {
    SavedState kept;
    StateWriter writer(kept);
    policy->save(writer);
    kept.version += version_more;
    policy = info_.make(spec, diagnostics);
    return policy->restore(StateReader(kept));
  }

  std::string problem() const { return problem_of(diagnostics); }
  bool complains(const std::string& of) const { return problem().find(of) != std::string::npos; }

  Spec spec;
  Diagnostics diagnostics;
  std::unique_ptr<ScalingPolicy> policy;
  Observation seen{};
  std::vector<Load> reports;
  std::vector<PodFacts> pods;
  std::vector<PeerFacts> peers;
  std::vector<MetricFacts> metrics;

 private:
  void show(Duration after, Cause cause) {
    seen.now = seen.facts_taken = kStart + after;
    seen.cause = cause;
    seen.load = reports;
    seen.pods = pods;
    seen.peers = peers;
    seen.metrics = metrics;
  }

  PolicyInfo info_;
};

}  // namespace thaw
