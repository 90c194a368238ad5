// One HorizontalPodAutoscaler and what its controller remembers of it.
//
// reconcile() is one pass of the controller: from the target and its metrics to a number of
// replicas, the conditions that it reports, and the cause it gives. It takes for granted that the
// number is written, at once; write_done() and write_failed() put that right. Units: replicas.
// Source: the controller's reconcileAutoscaler. Not modelled: selectors that are invalid or shared,
// and a target whose scale cannot be read. Errors: Outcome::error; every input is taken.
// Allocates only when its history or the number of metrics or pods grows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/policy.hpp"
#include "policies/hpa/conditions.hpp"
#include "policies/hpa/history.hpp"
#include "policies/hpa/normalize.hpp"
#include "policies/hpa/replica_calculator.hpp"
#include "policies/hpa/spec.hpp"

namespace thaw::hpa {

enum class ScaleCause : std::uint8_t {
  none,
  metric_above_target,
  all_metrics_below_target,
  current_above_max,
  current_below_min,
};

struct Outcome {
  std::int32_t desired = 0;  // the current number where it does not rescale
  bool rescaled = false;
  bool error = false;  // a metric failed, if only one of several
  ScaleCause cause = ScaleCause::none;
  std::span<const Proposal> proposals = {};  // a metric each; empty where none was looked at
  Reason why = {};
};

class Autoscaler {
 public:
  Autoscaler(HpaSpec spec, const Controller& controller);

  // Spans of the outcome live until the next call. `answers` as the metrics of the spec.
  Outcome reconcile(const Target& target, std::span<const MetricFacts> answers);
  // The last reconcile() rescaled, and its write was done at this instant: the change counts from
  // there. Or it was refused, and there was no change.
  void write_done(TimePoint now);
  void write_failed();

  // Keeps history and conditions.
  void reconfigure(HpaSpec spec, const Controller& controller);
  // The controller restarts: what it remembered is gone, the conditions are not.
  void forget() { set_history({}); }

  const HpaSpec& spec() const { return spec_; }
  const Conditions& conditions() const { return conditions_; }
  const History& history() const { return history_; }
  void set_history(History history);
  void set_scaled_to_zero(std::optional<bool> by_this_one);

 private:
  struct Winner {
    std::size_t metric = 0;
    std::int32_t replicas = 0;
  };

  bool is_disabled(std::int32_t current) const;
  bool may_scale_from_zero() const;
  Outcome disabled();
  Outcome outside_bounds(const Target& target);
  Outcome by_metrics(const Target& target, std::span<const MetricFacts> answers);
  std::optional<Winner> ask_metrics(const Target& target, std::span<const MetricFacts> answers);
  Reason why(const Winner& winner, const Normalized& normalized, std::int32_t desired) const;
  void rescaled(std::int32_t from, std::int32_t to, TimePoint now);

  HpaSpec spec_;
  Controller controller_;
  Tolerance tolerance_;
  ReplicaCalculator calculator_;
  History history_;
  Conditions conditions_;
  std::vector<Proposal> proposals_;
  std::optional<std::size_t> first_failed_;
  // Of the last write, for what becomes of it.
  enum class Stored : std::uint8_t { nothing, up, down } stored_ = Stored::nothing;
  std::optional<ConditionState> scaled_to_zero_before_;
};

}  // namespace thaw::hpa
