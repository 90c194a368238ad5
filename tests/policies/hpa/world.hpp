// Pods, readings and metrics for the tests of the HorizontalPodAutoscaler. Times count from kNow.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "policies/hpa/replica_calculator.hpp"

namespace thaw::hpa {

inline constexpr TimePoint kNow{1767571200s};  // 2026-01-05T00:00:00Z

inline Metric metric(MetricSource source, TargetType type, std::int64_t target,
                     std::string name = "load") {
  Metric made;
  made.ref.source = source;
  made.ref.name = std::move(name);
  made.type = type;
  made.target = target;
  return made;
}

// Ready an hour ago.
inline PodFacts pod(std::uint64_t id) {
  PodFacts made{};
  made.id = id;
  made.phase = PodPhase::running;
  made.ready = Condition::yes;
  made.created = made.ready_changed = kNow - 1h;
  made.started = made.created;
  return made;
}

inline std::vector<PodFacts> ready_pods(std::uint64_t count) {
  std::vector<PodFacts> pods;
  for (std::uint64_t i = 0; i < count; ++i) pods.push_back(pod(i));
  return pods;
}

// An answer of a metrics API, with what it points to.
struct Answer {
  explicit Answer(std::vector<Milli> values) : series(std::move(values)) {
    facts.presence = Presence::ok;
    facts.series = series;
  }
  static Answer of_pods(const std::vector<std::pair<std::uint64_t, Milli>>& values) {
    std::vector<PodSample> samples;
    for (const auto& [id, value] : values) samples.push_back({id, value, kNow, 60s, {}});
    return of_samples(std::move(samples));
  }
  static Answer of_samples(std::vector<PodSample> samples) {
    Answer answer({});
    answer.samples = std::move(samples);
    answer.facts.pods = answer.samples;
    return answer;
  }

  std::vector<Milli> series;
  std::vector<PodSample> samples;
  MetricFacts facts;
};

}  // namespace thaw::hpa
