#include "tests/sim/test_bed.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "engine/workload/entrance.hpp"

namespace thaw::sim {
namespace {

enum What : std::uint32_t { kScripted, kStop };

}  // namespace

TestBed::TestBed(Scenario scenario, std::uint64_t seed)
    : scenario_(std::move(scenario)),
      world(scenario_, seed),
      nodes(world, *this),
      pods(world, nodes, flows_, *this),
      scheduler(world, nodes, pods),
      spot(world, nodes, pods),
      own_autoscaler(make_node_autoscaler(world, nodes, pods)),
      serving(world, pods, requests, *this),
      ledger(world, pods),
      gateway(world, requests, serving, *this, diagnostics_),
      ingress(world, requests, gateway, gateways_of(scenario_), *this),
      load(world, requests, ingress, *this),
      meter(world, load),
      metrics(world, pods, load) {
  EXPECT_TRUE(diagnostics_.ok());
  nodes.start();
  gateway.start();
}

// --- time ---

void TestBed::at(Duration after_start, std::function<void()> what) {
  scripted_.push_back(std::move(what));
  world.events.at(scenario_.start + after_start, *this, kScripted, scripted_.size() - 1);
}

void TestBed::fire(std::uint32_t what, std::uint64_t index) {
  if (what == kStop) {
    stopped_ = true;
  } else {
    scripted_[index]();
  }
}

void TestBed::run_until(Duration after_start) {
  stopped_ = false;
  world.events.at(scenario_.start + after_start, *this, kStop, 0, kEndTurn);
  while (!stopped_) {
    if (flows_.active()) {
      flows_.advance(*this, *this);
    } else {
      world.events.run_next();
    }
  }
  pods.sweep();
}

void TestBed::run_until(TimePoint t) {
  while (!stopped_ && world.events.next() <= t) world.events.run_next();
  if (!stopped_ && t > world.now()) world.events.advance_to(t);
}

void TestBed::flow_ended(FlowId flow, TimePoint at, bool completed) {
  if (at > world.now()) world.events.advance_to(at);
  pods.flow_ended(flow, completed);
}

// --- what a test does ---

PodId TestBed::pod(std::size_t function) {
  const PodId id = pods.create(function).id;
  run_until(now());
  return id;
}

Node& TestBed::node(const std::string& name) {
  auto& all = nodes.all();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Node& node) { return node.name == name; });
  EXPECT_NE(found, all.end()) << name;
  return *found;
}

RequestId TestBed::call(Method method, const std::string& path, Duration work) {
  const RequestId id = requests.open();
  own_.insert(id);
  Request& request = requests.get(id);
  request.arrived = world.now();
  request.work = work;
  ingress.accept(id, ingress.resolve(method, path));
  return id;
}

RequestId TestBed::offer(std::size_t function, Duration work) {
  const RequestId id = requests.open();
  own_.insert(id);
  Request& request = requests.get(id);
  request.arrived = world.now();
  request.work = work;
  request.function = static_cast<std::uint32_t>(function);
  EXPECT_TRUE(serving.offer(id)) << "no replica is ready";
  return id;
}

void TestBed::crash_gateway(bool keep_idle_clocks) {
  ingress.gateway_crashed(gateway.crash(keep_idle_clocks));
}

// --- what a test sees ---

std::optional<Reply> TestBed::reply(RequestId id) const {
  const auto found = std::find_if(replies_.rbegin(), replies_.rend(),
                                  [id](const Reply& reply) { return reply.id == id; });
  return found == replies_.rend() ? std::nullopt : std::optional(*found);
}

std::vector<Duration> times_in(const Timeline& timeline, const std::string& who,
                               const std::string& what) {
  std::vector<Duration> times;
  for (const TimelineEvent& event : timeline) {
    const std::string field = event.kind == EventKind::node ? "node" : "pod";
    const bool is_about =
        std::any_of(event.fields.begin(), event.fields.end(), [&](const auto& entry) {
          return entry.first == field && std::get<std::string>(entry.second) == who;
        });
    if (is_about && event.what == what) times.push_back(event.at - kStart);
  }
  return times;
}

std::vector<Duration> TestBed::times(const std::string& who, const std::string& what) const {
  return times_in(world.timeline, who, what);
}

// --- as a run does ---

void TestBed::node_changed(Node& node) {
  ledger.update(node);
  spot.node_changed(node);
  autoscaler.node_changed(node);
  scheduler.wake();
}

void TestBed::node_leaving(Node& node, bool) {
  const std::vector<PodId> lost = node.pods;
  for (const PodId id : lost) pods.lose(pods.get(id));
  flows_.node_lost(node.slot);
}

void TestBed::pod_changed(Pod& pod) {
  const bool was_ready = serving.has_ready(pod.function);
  if (pod.stage == PodStage::ready) {
    serving.pod_ready(pod);
    gateway.pod_ready(pod);
  }
  if (pod.stage == PodStage::terminating) {
    serving.pod_not_ready(pod);
    gateway.pod_not_ready(pod);
  }
  if (was_ready != serving.has_ready(pod.function)) gateway.readiness_changed(pod.function);
  if (pod.node) ledger.update(nodes.get(*pod.node));
  metrics.gpu_series().pod_changed(pod);
  if (pod.stage == PodStage::pending && !pod.unschedulable) scheduler.wake();
  if (pod.stage == PodStage::gone) scheduler.wake();
  autoscaler.pod_changed(pod);
}

void TestBed::pod_leaving(Pod& pod) {
  const bool was_ready = serving.has_ready(pod.function);
  gateway.pod_leaving(pod);
  serving.pod_leaving(pod);
  metrics.gpu_series().pod_leaving(pod.id);
  if (was_ready != serving.has_ready(pod.function)) gateway.readiness_changed(pod.function);
}

void TestBed::busy_changed(Pod& pod) {
  ledger.busy_changed(pod);
  metrics.gpu_series().busy_changed(pod);
}

void TestBed::replied(RequestId id, const Answer& answer) {
  if (own_.erase(id) == 0) return load.replied(id, answer);
  replies_.push_back({id, now(), answer});
  requests.close(id);
}

void TestBed::anchor_reached(Instant::Anchor anchor, const std::string&) {
  if (anchor == Instant::Anchor::last_request) sent_.push_back(now());
}

}  // namespace thaw::sim
