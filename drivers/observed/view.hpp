// What a run on a cluster is watched by: the numbers and the timeline of the simulated one.
// Threads: one, as all of this folder.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drivers/pace.hpp"
#include "engine/report/timeline.hpp"
#include "engine/run/gauges.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw::observed {

class View {
 public:
  // `moved`: something that an expression may read has changed.
  View(const Scenario& scenario, const Pace& pace, std::function<void()> moved);

  const Scenario& scenario() const { return scenario_; }
  const Pace& pace() const { return pace_; }
  TimePoint now() const;  // never before the scenario's start, and never back

  std::optional<std::size_t> function(std::string_view name) const;
  std::optional<std::size_t> pool(std::string_view name) const;

  void set(Gauge gauge, std::size_t index, std::int64_t value);
  using Fields = std::vector<std::pair<std::string, FieldValue>>;
  // What was there when the run began is no news: before that nothing is told.
  void tell(EventKind kind, std::string name, std::string what, std::string words,
            Fields fields = {});
  void add(TimelineEvent event);  // of somebody else, at about now

  // Of a function's replicas, how many serve at most: as many as there are calls, and ready ones.
  const TimeWeighted& busy(std::size_t function) const { return busy_[function]; }

  Gauges gauges;
  Timeline timeline;

 private:
  const Scenario& scenario_;
  Pace pace_;
  std::function<void()> moved_;
  mutable TimePoint last_;
  std::vector<TimeWeighted> busy_;
};

}  // namespace thaw::observed
