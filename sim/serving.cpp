#include "sim/serving.hpp"

#include <algorithm>

namespace thaw::sim {

Serving::Serving(World& world, Pods& pods, Requests& requests, ServingListener& listener)
    : world_(world),
      pods_(pods),
      requests_(requests),
      listener_(listener),
      waits_(world.scenario.functions.size()) {
  for (const FunctionSpec& function : world.scenario.functions)
    functions_.push_back({{}, {}, world.random("dispatch/" + function.name)});
}

bool Serving::offer(RequestId id) {
  Request& request = requests_.get(id);
  Function& function = functions_[request.function];
  if (function.ready.empty()) return false;
  request.taken = world_.now();
  if (const PodId pod = choose(request.function, true)) {
    begin(pod, id);
    return true;
  }
  world_.gauges.add(Gauge::queued, request.function, 1, world_.now());
  if (service(request.function).queue == QueuePlace::central) {
    function.central.push_back(id);
  } else {
    request.pod = choose(request.function, false);
    replicas_.at(request.pod).server.wait(id);
  }
  return true;
}

void Serving::offer_to(PodId pod, RequestId id) {
  Server& server = replicas_.at(pod).server;
  if (server.has_free_slot()) return begin(pod, id);
  Request& request = requests_.get(id);
  world_.gauges.add(Gauge::queued, request.function, 1, world_.now());
  request.pod = pod;
  server.wait(id);
}

// 0 if there is none.
PodId Serving::choose(std::size_t index, bool need_free_slot) {
  Function& function = functions_[index];
  std::vector<PodId> fit;
  for (const PodId pod : function.ready)
    if (!need_free_slot || replicas_.at(pod).server.has_free_slot()) fit.push_back(pod);
  if (fit.empty()) return 0;
  const auto load = [&](PodId pod) { return replicas_.at(pod).server.load(); };
  const auto end = [&](PodId pod) { return replicas_.at(pod).server.last_end(); };
  const auto by = [&](auto&& better) { return *std::min_element(fit.begin(), fit.end(), better); };
  if (!need_free_slot) return by([&](PodId a, PodId b) { return load(a) < load(b); });
  switch (service(index).dispatch) {
    case Dispatch::newest:
      return fit.back();
    case Dispatch::oldest:
      return fit.front();
    case Dispatch::recently_idle:
      return by([&](PodId a, PodId b) { return end(a) > end(b); });
    case Dispatch::longest_idle:
      return by([&](PodId a, PodId b) { return end(a) < end(b); });
    case Dispatch::random:
      return fit[function.choice.below(fit.size())];
    case Dispatch::least_in_flight:
      break;
  }
  return by([&](PodId a, PodId b) { return load(a) < load(b); });
}

void Serving::begin(PodId pod, RequestId id) {
  put_in_service(pod, id);
  note_running(pod);
  rearm(pod);
}

void Serving::put_in_service(PodId pod, RequestId id) {
  Request& request = requests_.get(id);
  request.pod = pod;
  request.began = world_.now();
  replicas_.at(pod).server.start(id, work_of(pod, request), world_.now());
  world_.gauges.add(Gauge::in_flight, request.function, 1, world_.now());
  if (request.began == request.arrived) return;
  const Pod& replica = pods_.get(pod);
  waits_.ended(request, replica, *pods_.node_of(replica));
}

void Serving::rearm(PodId pod) {
  Replica& replica = replicas_.at(pod);
  world_.events.cancel(replica.next_end);
  const TimePoint end = replica.server.next_end(world_.now());
  if (end != TimePoint::never()) replica.next_end = world_.events.at(end, *this, 0, pod);
}

void Serving::note_running(PodId id) {
  Pod& pod = pods_.get(id);
  const auto running = static_cast<std::uint32_t>(replicas_.at(id).server.running());
  const bool changes = (running > 0) != (pod.in_service > 0);
  pod.served = pod.served_by(world_.now());
  pod.served_until = world_.now();
  pod.in_service = running;
  if (!changes) return;
  listener_.busy_changed(pod);
  if (service(pod.function).on_gpu) share_cards(pod);
}

// A call to a GPU of the host's takes its time as well.
Duration Serving::work_of(PodId id, const Request& request) {
  if (!service(request.function).on_gpu) return request.work;
  const Pod& pod = pods_.get(id);
  return pod.node ? request.work + pods_.pool(pod).gpu_sharing.call_latency : request.work;
}

// Who is at work on the pod's cards has changed, and with it the speed of everybody who is.
void Serving::share_cards(const Pod& pod) {
  const Node* const node = pods_.node_of(pod);
  if (!node || !node->cards || !node->cards->contends()) return;
  for (const auto& [id, speed] : node->cards->work(pod.id, pod.in_service > 0)) {
    Replica& replica = replicas_.at(id);
    if (replica.server.speed() == speed) continue;
    replica.server.set_speed(speed, world_.now());
    rearm(id);
  }
}

void Serving::fire(std::uint32_t, std::uint64_t pod) {
  Replica& replica = replicas_.at(pod);
  replica.next_end = {};
  finished_.clear();
  replica.server.take_finished(world_.now(), finished_);
  const auto done = finished_;
  for (const RequestId id : done)
    world_.gauges.add(Gauge::in_flight, requests_.get(id).function, -1, world_.now());
  refill(pod);
  note_running(pod);
  rearm(pod);
  for (const RequestId id : done) listener_.served(id);
}

void Serving::refill(PodId pod) {
  Server& server = replicas_.at(pod).server;
  Function& function = functions_[pods_.get(pod).function];
  while (server.has_free_slot()) {
    auto id = server.take_waiting();
    const bool ready = std::binary_search(function.ready.begin(), function.ready.end(), pod);
    if (!id && ready && !function.central.empty()) {
      id = function.central.front();
      function.central.pop_front();
    }
    if (!id) return;
    world_.gauges.add(Gauge::queued, requests_.get(*id).function, -1, world_.now());
    put_in_service(pod, *id);
  }
}

void Serving::withdraw(RequestId id) {
  Request& request = requests_.get(id);
  Function& function = functions_[request.function];
  if (request.pod == 0) {
    if (std::erase(function.central, id) > 0)
      world_.gauges.add(Gauge::queued, request.function, -1, world_.now());
    return;
  }
  const bool running = replicas_.at(request.pod).server.withdraw(id, world_.now());
  world_.gauges.add(running ? Gauge::in_flight : Gauge::queued, request.function, -1, world_.now());
  refill(request.pod);
  note_running(request.pod);
  rearm(request.pod);
}

void Serving::pod_ready(Pod& pod) {
  Function& function = functions_[pod.function];
  function.ready.insert(std::lower_bound(function.ready.begin(), function.ready.end(), pod.id),
                        pod.id);
  const Service& s = service(pod.function);
  replicas_.emplace(pod.id,
                    Replica{Server(s.slots, s.on_gpu || s.discipline == Discipline::ps), {}});
  refill(pod.id);
  note_running(pod.id);
  rearm(pod.id);
}

void Serving::pod_not_ready(Pod& pod) { std::erase(functions_[pod.function].ready, pod.id); }

void Serving::pod_leaving(Pod& pod) {
  pod_not_ready(pod);
  const auto found = replicas_.find(pod.id);
  if (found == replicas_.end()) return;
  world_.events.cancel(found->second.next_end);
  const std::size_t running = found->second.server.running();
  const std::vector<RequestId> all = found->second.server.take_all();
  const auto waiting = static_cast<std::int64_t>(all.size() - running);
  world_.gauges.add(Gauge::in_flight, pod.function, -static_cast<std::int64_t>(running),
                    world_.now());
  world_.gauges.add(Gauge::queued, pod.function, -waiting, world_.now());
  note_running(pod.id);
  replicas_.erase(found);
  for (const RequestId id : all) {
    requests_.get(id).pod = 0;
    listener_.dropped(id);
  }
}

}  // namespace thaw::sim
