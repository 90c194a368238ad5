// Faults: what goes wrong on purpose, and when it is over.
#include <algorithm>
#include <utility>

#include "sim/run.hpp"

namespace thaw::sim {

namespace {

std::string words_of(const Fault& fault) {
  switch (fault.kind) {
    case Fault::Kind::metrics_outage:
      if (fault.answer == Fault::Metrics::nan) return "metrics are NaN";
      return fault.answer == Fault::Metrics::stale ? "metrics stay as they are"
                                                   : "there are no metrics";
    case Fault::Kind::api_throttling:
      return "what the autoscalers write takes " + to_text(fault.delay);
    case Fault::Kind::clock_skew:
      return "the controller's clock is " + to_text(std::max(fault.off, -fault.off)) +
             (fault.off > Duration{0} ? " ahead" : " behind");
    default:
      break;
  }
  return fault.times > 1 ? "the registry is slow" : "no image can be pulled";
}

}  // namespace

std::string Run::controller_name() const { return slimfaas_ ? slimfaas_->name : "the autoscaler"; }

void Run::begin_fault(std::size_t index) {
  const Fault& fault = scenario_.faults[index];
  if (Cloud::is_about_it(fault)) return nodes_.cloud().begin(index);
  if (fault.kind == Fault::Kind::spot_loss) return spot_.reclaim(fault);
  if (fault.kind == Fault::Kind::node_loss) return lose_node(index);
  return fault.kind == Fault::Kind::controller_crash ? crash(index) : disturb(index);
}

void Run::disturb(std::size_t index) {
  const Fault& fault = scenario_.faults[index];
  world_.tell(EventKind::fault, fault.name, "began", words_of(fault));
  world_.disturbances.push_back(&fault);
  disturbances_moved(fault);
  if (fault.lasts) world_.events.after(*fault.lasts, *this, kFaultEnds, index);
}

void Run::end_disturbance(std::size_t index) {
  const Fault& fault = scenario_.faults[index];
  std::erase(world_.disturbances, &fault);
  world_.tell(EventKind::fault, fault.name, "ended", fault.name + " is over");
  disturbances_moved(fault);
}

// What somebody has to be told when such a fault begins or ends; the others are looked at.
void Run::disturbances_moved(const Fault& moved) {
  Duration off{0};
  double slower = 1;
  for (const Fault* fault : world_.disturbances) {
    if (fault->kind == Fault::Kind::clock_skew) off += fault->off;
    if (fault->kind == Fault::Kind::registry_outage) slower *= fault->times;
  }
  if (moved.kind == Fault::Kind::registry_outage) flows_.slow_registry(slower);
  if (moved.kind == Fault::Kind::clock_skew) ports_.set_clock(off);
}

void Run::crash(std::size_t index) {
  const Fault& fault = scenario_.faults[index];
  if (!controller_) {
    world_.tell(EventKind::fault, fault.name, "skipped", controller_name() + " is down already");
    return;
  }
  world_.tell(EventKind::fault, fault.name, "began",
              controller_name() + " crashes, state " + (fault.state_kept ? "kept" : "lost"));
  kept_ = fault.state_kept ? controller_->save() : Controller::State{};
  controller_->stop();
  ports_.serve(nullptr, {});
  controller_.reset();
  ingress_.gateway_crashed(gateway_.crash(fault.state_kept));
  world_.events.after(fault.down, *this, kComeBack, index);
}

void Run::come_back(std::size_t index) {
  const Fault& fault = scenario_.faults[index];
  world_.tell(EventKind::fault, fault.name, "ended", controller_name() + " is back");
  make_controller();
  for (const FunctionId id : controller_->restore(kept_))
    notices_.notice("the saved state of " + scenario_.functions[id].name +
                    " was not understood; it starts fresh");
  gateway_.start();
  start_controller();
}

void Run::lose_node(std::size_t index) {
  const Fault& fault = scenario_.faults[index];
  const std::size_t pool = index_of(scenario_, Gauge::nodes, fault.pool);
  for (Node& node : nodes_.all()) {
    if (node.pool != pool || node.stage == NodeStage::ordered || node.stage == NodeStage::gone)
      continue;
    world_.tell(EventKind::fault, fault.name, "began", node.name + " is lost",
                {{"node", node.name}});
    return nodes_.lose(node);
  }
  world_.tell(EventKind::fault, fault.name, "skipped", "no node of " + fault.pool + " is up");
}

}  // namespace thaw::sim
