// The parts of the simulated world wired as a run wires them, without the controller, the
// Deployments and the checks: a test plays those. Pods come and go by its word; the node autoscaler
// and the load run only once they are started.
//
// Times count from the start. Flows run in lock step, so a test whose functions have an image or a
// model needs a process of its own (own_process.hpp), and one run_until() that outlasts its flows.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/workload/load.hpp"
#include "sim/front_doors.hpp"
#include "sim/ingress.hpp"
#include "sim/ledger.hpp"
#include "sim/load_meter.hpp"
#include "sim/metrics.hpp"
#include "sim/node_autoscaler.hpp"
#include "sim/scheduler.hpp"
#include "sim/spot.hpp"
#include "tests/sim/scenario_builder.hpp"

namespace thaw::sim {

struct Reply {
  RequestId id = kNoRequest;
  Duration at{};
  Answer answer;
};

class TestBed : NodeListener,
                PodListener,
                ServingListener,
                GatewayListener,
                IngressListener,
                LoadListener,
                FlowListener,
                Pump,
                public Handler {
 private:
  const Scenario scenario_;
  Diagnostics diagnostics_;
  Flows flows_{world};

 public:
  explicit TestBed(Scenario scenario, std::uint64_t seed = 1);

  World world;
  Nodes nodes;
  Pods pods;
  Scheduler scheduler;
  SpotMarket spot;
  const std::unique_ptr<NodeAutoscalerLoop> own_autoscaler;
  NodeAutoscalerLoop& autoscaler = *own_autoscaler;
  Requests requests;
  Serving serving;
  Ledger ledger;
  FrontDoors gateway;
  Ingress ingress;
  LoadGenerator load;
  LoadMeter meter;
  Metrics metrics;

  void at(Duration after_start, std::function<void()> what);
  void run_until(Duration after_start);  // what happens at that instant included
  Duration now() const { return world.now() - scenario_.start; }

  // A new pod, scheduled and as far on its way as it comes without time passing. Not for use in
  // at().
  PodId pod(std::size_t function);
  void remove(PodId pod) { pods.remove(pods.get(pod)); }
  Node& node(const std::string& name);

  RequestId call(Method method, const std::string& path, Duration work = 1s);
  // The same, past the gateway: straight to the replicas.
  RequestId offer(std::size_t function, Duration work = 1s);
  void crash_gateway(bool keep_idle_clocks);

  const std::vector<Reply>& replies() const { return replies_; }
  std::optional<Reply> reply(RequestId id) const;
  // Instants at which the load sent something, and how often a call or wake found nobody ready.
  const std::vector<Duration>& sent() const { return sent_; }
  int pokes() const { return pokes_; }
  int path_changes() const { return path_changes_; }
  const std::vector<std::string>& notices() const { return diagnostics_.notices(); }

  // When the timeline says that `what` happened to the node or pod `who`; every time it did.
  std::vector<Duration> times(const std::string& who, const std::string& what) const;
  std::int64_t gauge(Gauge gauge, std::size_t index = 0) const {
    return world.gauges.at(gauge, index).value();
  }

  void fire(std::uint32_t what, std::uint64_t index) override;

 private:
  void node_changed(Node& node) override;
  void node_leaving(Node& node, bool lost) override;
  void pod_changed(Pod& pod) override;
  void pod_leaving(Pod& pod) override;
  void served(RequestId id, const Answer& answer) override { gateway.served(id, answer); }
  void dropped(RequestId id) override { gateway.dropped(id); }
  void busy_changed(Pod& pod) override;
  void answered(RequestId id, const Answer& answer) override { ingress.answered(id, answer); }
  void activity_at_zero(std::size_t) override { ++pokes_; }
  void path_changed(std::size_t) override { ++path_changes_; }
  void replied(RequestId id, const Answer& answer) override;
  void anchor_reached(Instant::Anchor anchor, const std::string& step) override;
  void step_missed(const Step&) override {}
  void load_moved() override {}
  void flow_ended(FlowId flow, TimePoint at, bool completed) override;

  TimePoint next() const override { return world.events.next(); }
  void run_until(TimePoint t) override;
  bool stopped() const override { return stopped_; }

  std::deque<std::function<void()>> scripted_;
  std::set<RequestId> own_;  // opened here, not by the load
  std::vector<Reply> replies_;
  std::vector<Duration> sent_;
  int pokes_ = 0, path_changes_ = 0;
  bool stopped_ = false;
};

// Of a run's timeline: when `what` happened to the node or pod `who`; every time it did.
std::vector<Duration> times_in(const Timeline& timeline, const std::string& who,
                               const std::string& what);

}  // namespace thaw::sim
