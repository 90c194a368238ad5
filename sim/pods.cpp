#include "sim/pods.hpp"

#include <algorithm>

#include "engine/invariant.hpp"
#include "engine/wide.hpp"

namespace thaw::sim {
namespace {

enum : std::uint32_t { kNextStage, kPullAgain };

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

// Before the n-th restart: none, 10 s, 20 s, … 5 min. A container that ran for ten minutes would
// start over, but one that dies of its memory never runs.
Duration back_off(std::uint32_t restart) {
  constexpr Duration kFirst = std::chrono::seconds(10), kMost = std::chrono::minutes(5);
  Duration wait = restart < 2 ? Duration{0} : kFirst;
  for (std::uint32_t i = 2; i < restart && wait < kMost; ++i) wait *= 2;
  return std::min(wait, kMost);
}

}  // namespace

Pods::Pods(World& world, Nodes& nodes, Flows& flows, PodListener& listener)
    : world_(world),
      nodes_(nodes),
      flows_(flows),
      listener_(listener),
      of_function_(world.scenario.functions.size()),
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
  of_function_[function].push_back(&made);
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

std::vector<ImageLayer> Pods::layers_of(const Pod& pod) const {
  if (!spec(pod).layers.empty()) return spec(pod).layers;
  if (spec(pod).image == Bytes{}) return {};
  const auto& images = workload(pod).images;
  return {{"all of " + (images.empty() ? spec(pod).name : images.front()), spec(pod).image}};
}

bool Pods::has_image(const Pod& pod, const Node& node) const {
  const std::vector<ImageLayer> layers = layers_of(pod);
  return std::all_of(layers.begin(), layers.end(),
                     [&](const ImageLayer& layer) { return node.layers.contains(layer.name); });
}

// On the way to the node already.
bool Pods::comes(NodeId node, const std::string& layer) const {
  return std::any_of(pulls_.begin(), pulls_.end(), [&](const auto& pull) {
    const auto& layers = pull.second.layers;
    return pull.second.node == node &&
           std::find(layers.begin(), layers.end(), layer) != layers.end();
  });
}

void Pods::pull_image(Pod& pod) {
  enter(pod, PodStage::pulling);
  if (has_image(pod, nodes_.get(*pod.node))) return next_stage(pod);
  begin_pull(pod);
}

// What is on its way when the registry goes comes all the same; who begins then tries again as the
// kubelet does.
void Pods::begin_pull(Pod& pod) {
  const Node& node = nodes_.get(*pod.node);
  Pull pull{node.id, {}};
  Bytes missing{};
  for (const ImageLayer& layer : layers_of(pod)) {
    if (node.layers.contains(layer.name) || comes(node.id, layer.name)) continue;
    pull.layers.push_back(layer.name);
    missing += layer.size;
  }
  if (missing == Bytes{}) return;
  if (world_.registry_is_out()) {
    const Duration wait = back_off(2 + pod.failed_pulls++);
    tell(pod, "pull_failed", pod.name + " image cannot be pulled, again in " + to_text(wait));
    pod.timer = world_.events.after(wait, *this, kPullAgain, pod.id);
    return;
  }
  pulls_[flows_.start(FlowSource::registry, node.slot, missing)] = std::move(pull);
}

void Pods::pull_ended(const Pull& pull) {
  Node& node = nodes_.get(pull.node);
  node.layers.insert(pull.layers.begin(), pull.layers.end());
  const std::vector<PodId> there = node.pods;
  for (const PodId id : there) {
    Pod& pod = pods_.at(id);
    if (pod.stage != PodStage::pulling || !has_image(pod, node)) continue;
    world_.events.cancel(pod.timer);  // it may have been about to try again
    pod.timer = {};
    tell(pod, "pulled", pod.name + " image pulled");
    next_stage(pod);
  }
}

void Pods::wait(Pod& pod, PodStage stage, const Distribution& duration, const char* purpose) {
  enter(pod, stage);
  const std::uint64_t start = pod.ordinal + (std::uint64_t{pod.restarts} << 32);
  Random random = world_.random(std::string(purpose) + "/" + spec(pod).name, start);
  pod.timer = world_.events.after(duration.draw(random), *this, kNextStage, pod.id);
}

void Pods::fetch_model(Pod& pod) {
  enter(pod, PodStage::downloading);
  const auto& model = spec(pod).model;
  if (!model || model->size == Bytes{} || pod.has_model) return next_stage(pod);
  switch (volumes_.open(pod.function, workload(pod).storage, pod.id)) {
    case ModelVolumes::Step::download:
      if (model->from == Model::From::volume) return read_model(pod);
      return transfer_model(pod, source_of(model->from));
    case ModelVolumes::Step::read:
      return read_model(pod);
    case ModelVolumes::Step::wait:
      return;
  }
}

void Pods::transfer_model(Pod& pod, FlowSource from) {
  downloads_[flows_.start(from, nodes_.get(*pod.node).slot, spec(pod).model->size)] = pod.id;
}

bool Pods::shares_volume(const Pod& pod) const {
  const Storage storage = workload(pod).storage;
  return storage == Storage::shared_volume ||
         (storage == Storage::pod && spec(pod).model->from == Model::From::volume);
}

// From a volume, or from the node's memory where that holds it.
void Pods::read_model(Pod& pod) {
  const BytesPerSecond rate = world_.scenario.cluster.links.host_memory;
  if (rate.count == 0 || !shares_volume(pod) || !nodes_.get(*pod.node).memory.holds(pod.function))
    return transfer_model(pod, FlowSource::volume);
  const Wide time =
      (static_cast<Wide>(spec(pod).model->size.count) * 1'000'000'000 + rate.count - 1) /
      rate.count;
  pod.timer =
      world_.events.after(Duration{static_cast<std::int64_t>(time)}, *this, kNextStage, pod.id);
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
      pod.running = world_.now();
      return wait(pod, PodStage::waiting, spec(pod).fixed_delay, "fixed delay");
    case PodStage::waiting:
      return fetch_model(pod);
    case PodStage::downloading:
      if (spec(pod).model && !pod.has_model) tell(pod, "model", pod.name + " has its model");
      pod.has_model = true;
      return load_model(pod);
    case PodStage::loading:
      if (const TimePoint sidecar = pod.running + spec(pod).sidecar; world_.now() < sidecar) {
        pod.timer = world_.events.after(sidecar - world_.now(), *this, kNextStage, pod.id);
        return;
      }
      tell(pod, "ready", pod.name + " Ready");
      return enter(pod, PodStage::ready);
    case PodStage::crashed:
      return wait(pod, PodStage::starting, spec(pod).container_start, "container start");
    case PodStage::terminating:
      return end(pod);
    default:
      THAW_CHECK(false, "a pod has no next stage");
  }
}

void Pods::load_model(Pod& pod) {
  Cards* const cards = nodes_.get(*pod.node).cards.get();
  if (cards && spec(pod).gpu_memory > Bytes{}) {
    const Cards::Allocation memory = cards->allocate(pod.id, spec(pod).gpu_memory);
    if (!memory.done) return die(pod, memory);
  }
  wait(pod, PodStage::loading, spec(pod).model_load, "model load");
}

void Pods::die(Pod& pod, const Cards::Allocation& refused) {
  const Duration wait = back_off(++pod.restarts);
  World::Fields fields = fields_of(pod);
  fields.emplace_back("wanted_bytes", refused.wanted.count);
  fields.emplace_back("left_bytes", refused.left.count);
  fields.emplace_back("back_off_s", seconds(wait));
  const auto mib = [](Bytes bytes) { return std::to_string(bytes.count >> 20) + " MiB"; };
  const std::string when = wait == Duration{0} ? "at once" : "in " + to_text(wait);
  world_.tell(EventKind::pod, spec(pod).name, "oom",
              pod.name + " out of GPU memory: wants " + mib(refused.wanted) + " where " +
                  mib(refused.left) + " are left, starts again " + when,
              std::move(fields));
  enter(pod, PodStage::crashed);
  pod.timer = world_.events.after(wait, *this, kNextStage, pod.id);
}

void Pods::enter(Pod& pod, PodStage stage) {
  if ((stage == PodStage::ready) != (pod.stage == PodStage::ready))
    pod.ready_changed = world_.now();
  pod.stage = stage;
  pod.entered.note(stage, world_.now());
  count(pod.function);
  listener_.pod_changed(pod);
}

void Pods::fire(std::uint32_t what, std::uint64_t arg) {
  Pod& pod = pods_.at(arg);
  pod.timer = {};
  if (what == kPullAgain) return begin_pull(pod);
  next_stage(pod);
}

void Pods::flow_ended(FlowId flow, bool completed) {
  if (const auto pull = pulls_.find(flow); pull != pulls_.end()) {
    const Pull ended = std::move(pull->second);
    pulls_.erase(pull);
    if (completed) pull_ended(ended);  // else its node is lost, and its pods with it
    return;
  }
  if (const auto download = downloads_.find(flow); download != downloads_.end()) {
    const PodId id = download->second;
    downloads_.erase(download);
    const auto pod = pods_.find(id);
    if (!completed || pod == pods_.end() || pod->second.stage != PodStage::downloading) return;
    if (shares_volume(pod->second))
      nodes_.get(*pod->second.node)
          .memory.keep(pod->second.function, spec(pod->second).model->size,
                       pool(pod->second).machine.memory);
    for (const PodId waiting : volumes_.downloaded(pod->second.function, id))
      read_model(pods_.at(waiting));
    next_stage(pod->second);
  }
}

void Pods::remove(Pod& pod, Duration grace_max) {
  if (!pod.active()) return;
  world_.events.cancel(pod.timer);
  if (!pod.node) return end(pod);
  tell(pod, "terminating", pod.name + " Terminating");
  enter(pod, PodStage::terminating);
  pod.timer = world_.events.after(std::min(stop_of(pod), grace_max), *this, kNextStage, pod.id);
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
  for (const PodId id : swept_) {
    const auto gone = pods_.find(id);
    std::erase(of_function_[gone->second.function], &gone->second);
    pods_.erase(gone);
  }
  swept_.clear();
}

void Pods::count(std::size_t function) {
  std::int64_t exist = 0, ready = 0;
  for (const Pod* pod : of_function_[function]) {
    exist += pod->exists();
    ready += pod->stage == PodStage::ready;
  }
  world_.gauges.set(Gauge::replicas, function, exist, world_.now());
  world_.gauges.set(Gauge::ready, function, ready, world_.now());
}

World::Fields Pods::fields_of(const Pod& pod) {
  World::Fields fields{{"pod", pod.name}};
  if (pod.node) fields.emplace_back("node", nodes_.get(*pod.node).name);
  return fields;
}

void Pods::tell(const Pod& pod, const std::string& what, const std::string& words) {
  world_.tell(EventKind::pod, spec(pod).name, what, words, fields_of(pod));
}

}  // namespace thaw::sim
