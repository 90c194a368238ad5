// What tests of flows share: a process of its own for each (SimGrid is one engine a process), a
// small event queue, and a listener that writes down every end.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "sim/fluid/fluid.hpp"
#include "tests/sim/own_process.hpp"

namespace thaw::sim {

inline constexpr TimePoint kStart{1767571200s};  // 2026-01-05T00:00:00Z, where scenarios start

class TestPump final : public Pump {
 public:
  void at(TimePoint when, std::function<void()> what) { events_.emplace(when, std::move(what)); }
  void stop() { stopped_ = true; }
  TimePoint now() const { return now_; }
  std::uint64_t fired() const { return fired_; }

  TimePoint next() const override {
    return events_.empty() ? TimePoint::never() : events_.begin()->first;
  }
  void run_until(TimePoint now) override;
  bool stopped() const override { return stopped_; }

 private:
  std::multimap<TimePoint, std::function<void()>> events_;  // equal instants: in the order of at()
  TimePoint now_ = kStart;
  std::uint64_t fired_ = 0;
  bool stopped_ = false;
};

struct End {
  FlowId id;
  Duration after_start;
  bool completed;
  friend bool operator==(const End&, const End&) = default;
};
std::ostream& operator<<(std::ostream& out, const End& end);

// Own events natively while no flow is active, in lock step while one is: as the simulator runs.
class World final : public FlowListener {
 public:
  explicit World(const Capacities& capacities) : fluid(open_fluid(capacities)) {}

  void at(Duration after_start, std::function<void()> what) {
    pump.at(kStart + after_start, std::move(what));
  }
  FlowId start(FlowSource from, NodeSlot slot, std::int64_t bytes) {
    return fluid->start(from, slot, Bytes(bytes), pump.now());
  }
  void nodes_on(NodeSlot count) {
    for (NodeSlot slot = 0; slot < count; ++slot) fluid->node_on(slot);
  }
  void to_the_end();
  void flow_ended(FlowId id, TimePoint when, bool completed) override;

  std::unique_ptr<Fluid> fluid;
  TestPump pump;
  std::vector<End> ends;
  std::function<void(const End&)> on_end;
};

}  // namespace thaw::sim
