#include "sim/run.hpp"

#include <algorithm>

#include "engine/scenario/slimfaas_annotations.hpp"
#include "engine/workload/entrance.hpp"

namespace thaw::sim {
namespace {

// A run without `until` whose load never ends is cut here.
constexpr Duration kLongestRun = std::chrono::hours(24 * 366);
constexpr std::uint64_t kProgressEvery = 4096;

bool is_function(const Scenario& scenario, std::size_t workload) {
  return std::any_of(scenario.functions.begin(), scenario.functions.end(),
                     [&](const FunctionSpec& f) { return f.workload == workload; });
}

}  // namespace

Run::Run(const Scenario& scenario, const RunOptions& options)
    : scenario_(scenario),
      options_(options),
      world_(scenario, options.seed),
      flows_(world_),
      nodes_(world_, *this),
      pods_(world_, nodes_, flows_, *this),
      scheduler_(world_, nodes_, pods_),
      spot_(world_, nodes_, pods_),
      autoscaler_(make_node_autoscaler(world_, nodes_, pods_)),
      deployments_(world_, pods_),
      serving_(world_, pods_, requests_, *this),
      ledger_(world_, pods_),
      slimfaas_(slimfaas_of(scenario.manifests)),
      gateway_(world_, requests_, serving_, *this, notices_),
      ingress_(world_, requests_, gateway_, gateways_of(scenario), *this),
      load_(world_, requests_, ingress_, *this),
      meter_(world_, load_),
      metrics_(world_, pods_, load_),
      facts_(world_, ledger_, load_),
      ports_(world_, pods_, deployments_, gateway_, meter_, metrics_),
      checker_(scenario.checks, scenario.start),
      busy_(scenario.functions.size(), TimeWeighted(scenario.start)),
      carries_platform_(scenario.cluster.pools.size(), false) {
  ports_.report_to(options);
  if (options.audit) serving_.waits().keep_lines();
  make_controller();
  tell_what_nobody_foresees();
  for (const Check& check : scenario.checks) watch(check.expect);
  for (const Step& step : scenario.steps)
    if (step.when) watch(*step.when);
  nodes_.start();
  place_platform();
  notices_.throw_if_any();
}

void Run::play() {
  deployments_.start();
  gateway_.start();
  start_controller();
  autoscaler_->start();
  load_.start();
  anchor(Instant::Anchor::start, "", world_.now());
  world_.events.at(world_.now(), *this, kSettle, 0, kSettleTurn);
  end_ = world_.events.at(scenario_.start + scenario_.until.value_or(kLongestRun), *this, kEnd, 0,
                          kEndTurn);
  if (options_.stop_at)
    world_.events.at(scenario_.start + *options_.stop_at, *this, kEnd, 0, kEndTurn);
  while (!stopped_) {
    if (flows_.active()) {
      flows_.advance(*this, *this);
    } else {
      step();
    }
  }
  for (const auto& result : checker_.finish(world_.now(), facts_)) tell(result);
}

void Run::step() {
  world_.events.run_next();
  after_event();
}

void Run::run_until(TimePoint t) {
  while (!stopped_ && world_.events.next() <= t) step();
  if (!stopped_ && t > world_.now()) world_.events.advance_to(t);
}

void Run::after_event() {
  moved_ |= world_.gauges.take_moved() || (timeline_is_read_ && world_.timeline.size() != told_);
  told_ = world_.timeline.size();
  if (!load_over_ && load_.over()) {
    load_over_ = true;
    if (last_request_) anchor(Instant::Anchor::last_request, "", *last_request_);
    if (last_completion_) anchor(Instant::Anchor::last_completion, "", *last_completion_);
    plan_end();
    moved_ = true;
  }
  if (moved_ && !settle_due_) {
    settle_due_ = true;
    world_.events.at(world_.now(), *this, kSettle, 1, kSettleTurn);
  }
  if (world_.events.fired() % kProgressEvery == 0) {
    if (options_.progress) options_.progress(world_.now() - scenario_.start);
    if (options_.interrupted && options_.interrupted->load(std::memory_order_relaxed))
      stopped_ = interrupted_ = true;
  }
}

void Run::fire(std::uint32_t what, std::uint64_t arg) {
  switch (what) {
    case kSettle:
      if (arg == 1) settle_due_ = false;
      return settle();
    case kEnd:
      stopped_ = true;
      return;
    case kFault:
      return begin_fault(arg);
    case kFaultEnds:
      return end_disturbance(arg);
    case kComeBack:
      return come_back(arg);
    default:
      return;
  }
}

// The end of an instant: steps that wait for a condition and checks look at the state.
void Run::settle() {
  moved_ = false;
  pods_.sweep();
  load_.settle(facts_);
  for (const auto& result : checker_.settle(world_.now(), facts_)) tell(result);
}

void Run::tell(const Checker::Result& result) {
  world_.tell(EventKind::check, result.name, result.held ? "held" : "failed",
              (result.held ? "✓ " : "✗ ") + result.name +
                  (result.detail.empty() ? "" : ": " + result.detail));
}

void Run::anchor(Instant::Anchor anchor, const std::string& step, TimePoint at) {
  for (const TimePoint due : checker_.anchor(anchor, step, at))
    world_.events.at(std::max(due, world_.now()), *this, kSettle, 0, kSettleTurn);
  for (std::size_t i = 0; i < scenario_.faults.size(); ++i) {
    const Instant& instant = scenario_.faults[i].at;
    if (instant.anchor == anchor && instant.step == step)
      world_.events.at(std::max(at + instant.offset, world_.now()), *this, kFault, i);
  }
}

void Run::plan_end() {
  if (scenario_.until) return;
  TimePoint end = std::max(world_.now(), checker_.latest_instant().value_or(world_.now()));
  for (const Arrivals& stream : scenario_.arrivals)
    if (stream.source != Arrivals::Source::trace)  // it is over with its last row
      end = std::max(end, scenario_.start + stream.until);
  world_.events.cancel(end_);
  end_ = world_.events.at(end, *this, kEnd, 0, kEndTurn);
}

void Run::watch(const Expression& expression) {
  for (const Term& term : expression.terms()) {
    if (term.kind == Term::Kind::gauge || term.kind == Term::Kind::folded) {
      world_.gauges.watch(term.gauge, index_of(scenario_, term.gauge, term.name));
    } else {
      load_is_read_ = true;
      timeline_is_read_ |= term.kind == Term::Kind::count;
    }
  }
}

// What is no function (SlimFaas itself) runs from the start on the nodes that are there.
void Run::place_platform() {
  for (std::size_t w = 0; w < scenario_.manifests.workloads.size(); ++w) {
    const Workload& workload = scenario_.manifests.workloads[w];
    if (is_function(scenario_, w)) continue;
    for (int replica = 0; replica < workload.replicas.count; ++replica) {
      auto& nodes = nodes_.all();
      const auto home = std::find_if(nodes.begin(), nodes.end(), [&](const Node& node) {
        const Pool& pool = scenario_.cluster.pools[node.pool];
        return tolerates(workload.tolerations, pool.taints) &&
               selects(workload.node_selector, pool, node.name) &&
               has_room(node, workload.requests);
      });
      if (home == nodes.end()) {
        notices_.error(workload.place, workload.name, "fits no node that is there at the start");
        break;
      }
      occupy(*home, 0, workload.requests);
      home->residents.push_back(&workload);
      carries_platform_[home->pool] = true;
      const Pool& of = scenario_.cluster.pools[home->pool];
      if (of.spot && of.spot->mean)
        notices_.error(workload.place, workload.name,
                       "runs on a spot pool whose nodes go at a rate; it is no function, and the "
                       "loss of such a node is not modelled");
    }
  }
  for (const Fault& fault : scenario_.faults) {
    if (fault.kind != Fault::Kind::node_loss && fault.kind != Fault::Kind::spot_loss) continue;
    const std::size_t pool = index_of(scenario_, Gauge::nodes, fault.pool);
    if (carries_platform_[pool])
      notices_.error(fault.place, "faults." + fault.name + ".pool",
                     "the loss of a node that runs what is no function is not modelled");
  }
}

void Run::make_controller() {
  controller_ = std::make_unique<Controller>(ports_, ports_, ports_);
  for (const Governor& governor : options_.governors) {
    if (governor.policy->governs == Governs::instances) {
      notices_.error(scenario_.functions[governor.spec.function].place, governor.spec.name,
                     std::string(governor.policy->name) +
                         " keeps single instances; a function of a manifest has replicas");
      continue;
    }
    Spec spec = governor.spec;
    spec.seed = options_.seed;
    controller_->add(spec.function, governor.policy->make(spec, notices_));
  }
}

void Run::tell_what_nobody_foresees() {
  if (!has_unknown_future(scenario_)) return;
  for (const Governor& governor : options_.governors)
    if (governor.policy->governs == Governs::replicas &&
        controller_->wants(governor.spec.function).future)
      notices_.notice(governor.spec.name +
                      ": of what comes, open arrivals and traces are known; scripted steps, closed "
                      "loops, pipelines and rounds depend on how the run goes");
}

void Run::start_controller() {
  std::vector<FunctionId> governed;
  for (const Governor& governor : options_.governors) {
    const FunctionId id = governor.spec.function;
    governed.push_back(id);
    if (!options_.governed || governor.policy->governs != Governs::replicas) continue;
    Spec spec = governor.spec;
    spec.seed = options_.seed;
    const auto kept = kept_.find(id);
    options_.governed(spec, governor.policy->name, controller_->wants(id),
                      kept == kept_.end() ? nullptr : &kept->second);
  }
  ports_.serve(controller_.get(), std::move(governed));
  controller_->start();
}

// --- what moved ---

void Run::node_changed(Node& node) {
  ledger_.update(node);
  spot_.node_changed(node);
  autoscaler_->node_changed(node);
  scheduler_.wake();
}

void Run::node_leaving(Node& node, bool) {
  const std::vector<PodId> pods = node.pods;
  for (const PodId id : pods) pods_.lose(pods_.get(id));
  flows_.node_lost(node.slot);
}

void Run::pod_changed(Pod& pod) {
  const bool was_ready = serving_.has_ready(pod.function);
  if (pod.stage == PodStage::ready) {
    serving_.pod_ready(pod);
    gateway_.pod_ready(pod);
  }
  if (pod.stage == PodStage::terminating) {
    serving_.pod_not_ready(pod);
    gateway_.pod_not_ready(pod);
  }
  if (was_ready != serving_.has_ready(pod.function)) gateway_.readiness_changed(pod.function);
  if (pod.node) ledger_.update(nodes_.get(*pod.node));
  metrics_.gpu_series().pod_changed(pod);
  if (pod.stage == PodStage::pending && !pod.unschedulable) scheduler_.wake();
  if (!pod.active()) deployments_.wake(pod.function);  // an evicted pod is replaced at once
  if (pod.stage == PodStage::gone) {
    moved_ = true;
    scheduler_.wake();
  }
  autoscaler_->pod_changed(pod);
  ports_.pods_changed(pod.function);
}

void Run::pod_leaving(Pod& pod) {
  const bool was_ready = serving_.has_ready(pod.function);
  gateway_.pod_leaving(pod);
  serving_.pod_leaving(pod);
  metrics_.gpu_series().pod_leaving(pod.id);
  if (was_ready != serving_.has_ready(pod.function)) gateway_.readiness_changed(pod.function);
}

void Run::busy_changed(Pod& pod) {
  ledger_.busy_changed(pod);
  metrics_.gpu_series().busy_changed(pod);
  TimeWeighted& busy = busy_[pod.function];
  busy.set(world_.now(), busy.value() + (pod.in_service > 0 ? 1 : -1));
}

void Run::flow_ended(FlowId flow, TimePoint at, bool completed) {
  if (at > world_.now()) world_.events.advance_to(at);
  pods_.flow_ended(flow, completed);
  after_event();
}

void Run::anchor_reached(Instant::Anchor kind, const std::string& step) {
  if (kind == Instant::Anchor::last_request) last_request_ = world_.now();
  if (kind == Instant::Anchor::last_completion) last_completion_ = world_.now();
  if (kind == Instant::Anchor::step) anchor(kind, step, world_.now());
}

void Run::step_missed(const Step& step) {
  tell(checker_.fail(step.name, world_.now(),
                     step.when->text() + " did not hold within " + to_text(step.within) +
                         "; at last " + step.when->seen(facts_)));
}

}  // namespace thaw::sim
