// One run, wired together: the parts of the world, the controller that governs it, the load, the
// checks.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/checks/checker.hpp"
#include "engine/controller.hpp"
#include "engine/workload/load.hpp"
#include "sim/audit.hpp"
#include "sim/controller_ports.hpp"
#include "sim/deployments.hpp"
#include "sim/flows.hpp"
#include "sim/front_doors.hpp"
#include "sim/ingress.hpp"
#include "sim/ledger.hpp"
#include "sim/load_meter.hpp"
#include "sim/metrics.hpp"
#include "sim/node_autoscaler.hpp"
#include "sim/nodes.hpp"
#include "sim/pods.hpp"
#include "sim/requests.hpp"
#include "sim/run_facts.hpp"
#include "sim/scheduler.hpp"
#include "sim/serving.hpp"
#include "sim/simulation.hpp"
#include "sim/spot.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class Run final : public Handler,
                  NodeListener,
                  PodListener,
                  ServingListener,
                  GatewayListener,
                  IngressListener,
                  LoadListener,
                  FlowListener,
                  Pump {
 public:
  Run(const Scenario& scenario, const RunOptions& options);

  void play();
  RunResult result();
  Books books();  // as of now; lines of single requests where the options ask for an audit

 private:
  enum What : std::uint32_t { kSettle, kEnd, kFault, kFaultEnds, kComeBack };
  void add_functions(Summary& summary) const;
  void add_bill(Summary& summary);
  // The parts move, and the rest of the run hears of it.
  void node_changed(Node& node) override;
  void node_leaving(Node& node, bool lost) override;
  void pod_changed(Pod& pod) override;
  void pod_leaving(Pod& pod) override;
  void served(RequestId id, const Answer& answer) override { gateway_.served(id, answer); }
  void dropped(RequestId id) override { gateway_.dropped(id); }
  void busy_changed(Pod& pod) override;
  void answered(RequestId id, const Answer& answer) override { ingress_.answered(id, answer); }
  void activity_at_zero(std::size_t function) override { ports_.arrived_at_zero(function); }
  void path_changed(std::size_t function) override { ports_.path_changed(function); }
  void replied(RequestId id, const Answer& answer) override { load_.replied(id, answer); }
  void anchor_reached(Instant::Anchor anchor, const std::string& step) override;
  void step_missed(const Step& step) override;
  void load_moved() override { moved_ |= load_is_read_; }
  void called(std::size_t function, TimePoint arrival, Duration service) override {
    if (options_.demand) options_.demand(static_cast<FunctionId>(function), arrival, service);
  }
  void flow_ended(FlowId flow, TimePoint at, bool completed) override;

  // Lock step with the flows.
  TimePoint next() const override { return world_.events.next(); }
  void run_until(TimePoint t) override;
  bool stopped() const override { return stopped_; }

  void fire(std::uint32_t what, std::uint64_t arg) override;
  void step();
  void after_event();
  void settle();
  void tell(const Checker::Result& result);
  void anchor(Instant::Anchor anchor, const std::string& step, TimePoint at);
  void plan_end();

  void place_platform();
  void watch(const Expression& expression);
  void make_controller();
  void tell_what_nobody_foresees();
  void start_controller();
  std::string controller_name() const;
  void begin_fault(std::size_t fault);
  void disturb(std::size_t fault);  // one that lasts
  void end_disturbance(std::size_t fault);
  void disturbances_moved(const Fault& moved);
  void crash(std::size_t fault);
  void come_back(std::size_t fault);
  void lose_node(std::size_t fault);

  const Scenario& scenario_;
  const RunOptions& options_;
  Diagnostics notices_;
  World world_;
  Flows flows_;
  Nodes nodes_;
  Pods pods_;
  Scheduler scheduler_;
  SpotMarket spot_;
  std::unique_ptr<NodeAutoscalerLoop> autoscaler_;
  Deployments deployments_;
  Requests requests_;
  Serving serving_;
  Ledger ledger_;
  const Workload* const slimfaas_;
  FrontDoors gateway_;
  Ingress ingress_;
  LoadGenerator load_;
  LoadMeter meter_;
  Metrics metrics_;
  RunFacts facts_;
  ControllerPorts ports_;
  std::unique_ptr<Controller> controller_;
  Controller::State kept_;
  Checker checker_;
  std::vector<TimeWeighted> busy_;  // replicas with a request in service, of each function
  std::optional<TimePoint> last_request_, last_completion_;
  EventId end_;
  std::size_t told_ = 0;  // length of the timeline after the last event
  bool moved_ = false, settle_due_ = false, load_is_read_ = false, timeline_is_read_ = false;
  bool load_over_ = false, stopped_ = false, interrupted_ = false;
  std::vector<bool> carries_platform_;  // of each pool
};

}  // namespace thaw::sim
