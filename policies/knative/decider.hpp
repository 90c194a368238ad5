// Knative's decider: how many replicas a revision's load asks for, once every 2 s.
//
// Looks at two averages: over the stable window, and over the panic window, a tenth of it. When the
// latter asks for twice the ready replicas (the panic threshold), the decider panics: it never goes
// down until a whole stable window has passed since it last met the threshold. Minima, maxima and
// the way to zero are the reconciler's (pod_autoscaler.hpp).
// Units: averages as the metric has them (requests in flight, or a second). Errors: none; averages
// that are not known change nothing.
// Source: Knative Serving, pkg/autoscaler/scaling/autoscaler.go, 1.23.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/reason.hpp"
#include "engine/time.hpp"
#include "policies/knative/delay_window.hpp"

namespace thaw::knative {

inline constexpr Duration kTick = 2s;

struct DeciderSpec {
  double max_scale_up_rate = 1000, max_scale_down_rate = 2;
  double target_value = 70, total_value = 100;  // of one replica: with and without utilisation
  double target_burst_capacity = 211;           // -1: without bound
  double panic_threshold = 2;                   // a ratio
  Duration stable_window = 60s, scale_down_delay = 0s;
  std::int32_t activation_scale = 0;  // 0: none
  bool reachable = true;              // some route leads to the revision
};

struct Averages {
  double stable = 0, panic = 0;
};

struct Evaluation {
  bool valid = false;
  std::int32_t desired = 0;
  std::int32_t excess_burst_capacity = 0;  // negative: the activator is to be in the path
  // How it came about.
  double average = 0, asked = 0;  // of the window that decided, and the replicas it asks for
  bool of_panic_window = false;   // that window
  bool panicking = false;
  Limit limit = Limit::none;  // what kept `desired` from `asked`
  double limit_value = 0;
};

class Decider {
 public:
  struct Panic {
    std::optional<TimePoint> since;  // when the threshold was last met; none: calm
    std::int32_t most_pods = 0;      // the highest count wanted since it began
  };

  Decider(const DeciderSpec& spec, Panic panic);
  // As the autoscaler starts: nothing is known of the past, so that more than one ready replica is
  // taken for a panic and kept.
  static Decider created(const DeciderSpec& spec, TimePoint now, std::int32_t ready);

  Evaluation evaluate(TimePoint now, std::int32_t ready, const std::optional<Averages>& averages);
  // Keeps panic and the delay's window, whose length is for good.
  void update(const DeciderSpec& spec) { spec_ = spec; }

  const Panic& panic() const { return panic_; }

 private:
  struct Demand;

  Demand demand(double average, double ready) const;
  void watch_for_panic(TimePoint now, double asked_by_panic_window, double ready);
  std::int32_t excess_burst_capacity(std::int32_t ready, double panic_average) const;

  DeciderSpec spec_;
  Panic panic_;
  std::optional<DelayWindow> delay_;
};

// What is published before the first evaluation: what the initial scale can take.
std::int32_t initial_excess_burst_capacity(const DeciderSpec& spec, std::int32_t initial_scale);

}  // namespace thaw::knative
