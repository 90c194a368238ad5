#include "sim/pods.hpp"

#include <algorithm>

#include "engine/invariant.hpp"

namespace thaw::sim {
namespace {

FlowSource source_of(Model::From from) {
  switch (from) {
    case Model::From::registry:
      return FlowSource::registry;
    case Model::From::volume:
      return FlowSource::volume;
    case Model::From::internet:
      break;
  }
  return FlowSource::internet;
}

}  // namespace

Pods::Pods(World& world, Nodes& nodes, Flows& flows, PodListener& listener)
    : world_(world),
      nodes_(nodes),
      flows_(flows),
      listener_(listener),
      ordinal_(world.scenario.functions.size(), 0),
      volumes_(world.scenario.functions.size()) {}

const Workload& Pods::workload(const Pod& pod) const {
  return world_.scenario.manifests.workloads[spec(pod).workload];
}

Pod& Pods::create(std::size_t function) {
  Pod pod;
  pod.id = next_id_++;
  pod.function = function;
  pod.ordinal = ++ordinal_[function];
  pod.name = world_.scenario.functions[function].name + "-" + std::to_string(pod.ordinal);
  pod.created = pod.ready_changed = world_.now();
  Pod& made = pods_.emplace(pod.id, std::move(pod)).first->second;
  tell(made, "created", made.name + " created");
  enter(made, PodStage::pending);
  return made;
}

void Pods::cannot_schedule(Pod& pod, const std::string& reason) {
  if (pod.unschedulable) return;
  pod.unschedulable = true;
  tell(pod, "unschedulable", pod.name + " fits no node" + (reason.empty() ? "" : ", " + reason));
  listener_.pod_changed(pod);
}

void Pods::bind(Pod& pod, Node& node) {
  THAW_CHECK(pod.stage == PodStage::pending && !pod.node, "a pod is bound twice");
  pod.unschedulable = false;
  pod.node = node.id;
  pod.started = world_.now();
  occupy(node, pod.id, workload(pod).requests);
  node.pods.push_back(pod.id);
  tell(pod, "scheduled", pod.name + " scheduled on " + node.name);
  pull_image(pod);
}

void Pods::pull_image(Pod& pod) {
  Node& node = nodes_.get(*pod.node);
  const auto& images = workload(pod).images;
  const std::string image = images.empty() ? spec(pod).name : images.front();
  enter(pod, PodStage::pulling);
  if (spec(pod).image == Bytes{} || node.images.contains(image)) return next_stage(pod);
  for (auto& [flow, pull] : pulls_) {
    if (pull.node == node.id && pull.image == image) return pull.waiting.push_back(pod.id);
  }
  const FlowId flow = flows_.start(FlowSource::registry, node.slot, spec(pod).image);
  pulls_[flow] = {node.id, image, {pod.id}};
}

void Pods::wait(Pod& pod, PodStage stage, const Distribution& duration, const char* purpose) {
  enter(pod, stage);
  Random random = world_.random(std::string(purpose) + "/" + spec(pod).name, pod.ordinal);
  pod.timer = world_.events.after(duration.draw(random), *this, 0, pod.id);
}

void Pods::fetch_model(Pod& pod) {
  enter(pod, PodStage::downloading);
  const auto& model = spec(pod).model;
  if (!model || model->size == Bytes{}) return next_stage(pod);
  switch (volumes_.open(pod.function, workload(pod).storage, pod.id)) {
    case ModelVolumes::Step::download:
      return transfer_model(pod, source_of(model->from));
    case ModelVolumes::Step::read:
      return transfer_model(pod, FlowSource::volume);
    case ModelVolumes::Step::wait:
      return;
  }
}

void Pods::transfer_model(Pod& pod, FlowSource from) {
  downloads_[flows_.start(from, nodes_.get(*pod.node).slot, spec(pod).model->size)] = pod.id;
}

void Pods::stop_download(const Pod& pod) {
  const auto download = std::find_if(downloads_.begin(), downloads_.end(),
                                     [&](const auto& d) { return d.second == pod.id; });
  if (download == downloads_.end()) return;
  flows_.cancel(download->first);
  downloads_.erase(download);
}

void Pods::next_stage(Pod& pod) {
  switch (pod.stage) {
    case PodStage::pulling:
      return wait(pod, PodStage::starting, spec(pod).container_start, "container start");
    case PodStage::starting:
      tell(pod, "started", pod.name + " container started");
      return wait(pod, PodStage::waiting, spec(pod).fixed_delay, "fixed delay");
    case PodStage::waiting:
      return fetch_model(pod);
    case PodStage::downloading:
      if (spec(pod).model) tell(pod, "model", pod.name + " has its model");
      return wait(pod, PodStage::loading, spec(pod).model_load, "model load");
    case PodStage::loading:
      tell(pod, "ready", pod.name + " Ready");
      return enter(pod, PodStage::ready);
    case PodStage::terminating:
      return end(pod);
    default:
      THAW_CHECK(false, "a pod has no next stage");
  }
}

void Pods::enter(Pod& pod, PodStage stage) {
  if ((stage == PodStage::ready) != (pod.stage == PodStage::ready))
    pod.ready_changed = world_.now();
  pod.stage = stage;
  count(pod.function);
  listener_.pod_changed(pod);
}

void Pods::fire(std::uint32_t, std::uint64_t arg) {
  Pod& pod = pods_.at(arg);
  pod.timer = {};
  next_stage(pod);
}

void Pods::flow_ended(FlowId flow, bool completed) {
  if (const auto pull = pulls_.find(flow); pull != pulls_.end()) {
    const Pull ended = std::move(pull->second);
    pulls_.erase(pull);
    if (!completed) return;  // its node is lost, and its pods with it
    nodes_.get(ended.node).images.insert(ended.image);
    for (const PodId id : ended.waiting) {
      const auto pod = pods_.find(id);
      if (pod == pods_.end() || pod->second.stage != PodStage::pulling) continue;
      tell(pod->second, "pulled", pod->second.name + " image pulled");
      next_stage(pod->second);
    }
    return;
  }
  if (const auto download = downloads_.find(flow); download != downloads_.end()) {
    const PodId id = download->second;
    downloads_.erase(download);
    const auto pod = pods_.find(id);
    if (!completed || pod == pods_.end() || pod->second.stage != PodStage::downloading) return;
    for (const PodId waiting : volumes_.downloaded(pod->second.function, id))
      transfer_model(pods_.at(waiting), FlowSource::volume);
    next_stage(pod->second);
  }
}

void Pods::remove(Pod& pod, Duration grace_max) {
  if (!pod.active()) return;
  world_.events.cancel(pod.timer);
  if (!pod.node) return end(pod);
  tell(pod, "terminating", pod.name + " Terminating");
  enter(pod, PodStage::terminating);
  pod.timer = world_.events.after(std::min(stop_of(pod), grace_max), *this, 0, pod.id);
}

void Pods::lose(Pod& pod) {
  if (!pod.exists()) return;
  world_.events.cancel(pod.timer);
  tell(pod, "lost", pod.name + " lost with its node");
  end(pod);
}

void Pods::end(Pod& pod) {
  listener_.pod_leaving(pod);
  stop_download(pod);
  if (const auto heir = volumes_.closed(pod.function, pod.id))
    transfer_model(pods_.at(*heir), source_of(spec(pod).model->from));
  if (pod.node) {
    Node& node = nodes_.get(*pod.node);
    vacate(node, pod.id, workload(pod).requests);
    std::erase(node.pods, pod.id);
  }
  tell(pod, "gone", pod.name + " gone");
  pod.unschedulable = false;
  enter(pod, PodStage::gone);
  swept_.push_back(pod.id);
}

void Pods::sweep() {
  for (const PodId id : swept_) pods_.erase(id);
  swept_.clear();
}

void Pods::count(std::size_t function) {
  std::int64_t exist = 0, ready = 0;
  for (const auto& [id, pod] : pods_) {
    if (pod.function != function) continue;
    exist += pod.exists();
    ready += pod.stage == PodStage::ready;
  }
  world_.gauges.set(Gauge::replicas, function, exist, world_.now());
  world_.gauges.set(Gauge::ready, function, ready, world_.now());
}

void Pods::tell(const Pod& pod, const std::string& what, const std::string& words) {
  World::Fields fields{{"pod", pod.name}};
  if (pod.node) fields.emplace_back("node", nodes_.get(*pod.node).name);
  world_.tell(EventKind::pod, spec(pod).name, what, words, std::move(fields));
}

}  // namespace thaw::sim
