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
    functions_.push_back({{},
                          {},
                          world.random("dispatch/" + function.name),
                          world.random("model load again/" + function.name)});
}

bool Serving::offer(RequestId id) {
  Request& request = requests_.get(id);
  Function& function = functions_[request.function];
  if (function.ready.empty()) return false;
  request.taken = world_.now();
  if (too_long(request)) {
    refuse_soon(choose(request, false), id);
    return true;
  }
  if (const PodId pod = choose(request, true)) {
    begin(pod, id);
    return true;
  }
  if (service(request.function).queue == QueuePlace::central) {
    world_.gauges.add(Gauge::queued, request.function, 1, world_.now());
    function.central.push_back(id);
  } else {
    line_up(choose(request, false), id);
  }
  return true;
}

void Serving::offer_to(PodId pod, RequestId id) {
  const Request& request = requests_.get(id);
  if (too_long(request)) return refuse_soon(pod, id);
  if (has_place(replicas_.at(pod), request)) return begin(pod, id);
  line_up(pod, id);
}

// Behind what is there; refused where the line is full.
void Serving::line_up(PodId pod, RequestId id) {
  Request& request = requests_.get(id);
  Replica& replica = replicas_.at(pod);
  const Service& s = service(request.function);
  request.pod = pod;
  if (s.llm && replica.server.load() >= static_cast<std::size_t>(s.slots + s.llm->queue_max))
    return refuse_soon(pod, id);
  world_.gauges.add(Gauge::queued, request.function, 1, world_.now());
  replica.server.wait(id);
  if (request.output > 0 && replica.weights == Weights::unloaded) load_weights(pod);
}

// 0 if there is none.
PodId Serving::choose(const Request& request, bool need_free_slot) {
  fit_.clear();
  for (const PodId pod : functions_[request.function].ready)
    if (!need_free_slot || has_place(replicas_.at(pod), request)) fit_.push_back(pod);
  if (fit_.empty()) return 0;
  if (need_free_slot) return next_in_order(request.function);
  return *std::min_element(fit_.begin(), fit_.end(), [&](PodId a, PodId b) {
    return replicas_.at(a).server.load() < replicas_.at(b).server.load();
  });
}

PodId Serving::next_in_order(std::size_t index) {
  const std::vector<PodId>& fit = fit_;
  const auto load = [&](PodId pod) { return replicas_.at(pod).server.load(); };
  const auto end = [&](PodId pod) { return replicas_.at(pod).server.last_end(); };
  const auto by = [&](auto&& better) { return *std::min_element(fit.begin(), fit.end(), better); };
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
      return fit[functions_[index].choice.below(fit.size())];
    case Dispatch::least_in_flight:
      break;
  }
  return by([&](PodId a, PodId b) { return load(a) < load(b); });
}

void Serving::begin(PodId pod, RequestId id) {
  if (!may_start(replicas_.at(pod), requests_.get(id))) return line_up(pod, id);
  put_in_service(pod, id);
  note_running(pod);
  rearm(pod);
}

void Serving::put_in_service(PodId pod, RequestId id) {
  Request& request = requests_.get(id);
  request.pod = pod;
  request.began = world_.now();
  Replica& in = replicas_.at(pod);
  const Duration work = work_of(pod, request);
  if (request.output > 0) {
    in.server.start_streamed(id, work, request.lead + (work - request.work), world_.now(),
                             {request.prompt, request.output, 0});
    if (in.inferring++ == 0) world_.events.cancel(in.model_clock);
  } else {
    in.server.start(id, work, world_.now());
  }
  world_.gauges.add(Gauge::in_flight, request.function, 1, world_.now());
  if (request.began == request.arrived) return;
  const Pod& replica = pods_.get(pod);
  waits_.ended(request, replica, *pods_.node_of(replica));
}

void Serving::rearm(PodId pod) {
  Replica& replica = replicas_.at(pod);
  world_.events.cancel(replica.next_end);
  const TimePoint end = replica.server.next_end(world_.now());
  if (end != TimePoint::never()) replica.next_end = world_.events.at(end, *this, kNext, pod);
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

void Serving::fire(std::uint32_t what, std::uint64_t pod) {
  if (what == kRefuse) return refuse(pod);
  if (what == kUnload) return unload_weights(pod);
  if (what == kLoaded) return weights_loaded(pod);
  Replica& replica = replicas_.at(pod);
  replica.next_end = {};
  finished_.clear();
  if (replica.inferring > 0) {
    replica.server.take_begun(world_.now(), finished_);
    for (const RequestId id : finished_) requests_.get(id).first_token = world_.now();
    finished_.clear();
  }
  replica.server.take_finished(world_.now(), finished_);
  replica.server.preempt(world_.now());
  std::vector<RequestId> done = std::move(done_);  // whoever is told may come back here
  done.assign(finished_.begin(), finished_.end());
  for (const RequestId id : done) left_service(pod, requests_.get(id));
  refill(pod);
  note_running(pod);
  rearm(pod);
  for (const RequestId id : done) listener_.served(id, {});
  done_ = std::move(done);
}

void Serving::left_service(PodId pod, const Request& request) {
  world_.gauges.add(Gauge::in_flight, request.function, -1, world_.now());
  if (request.output > 0 && --replicas_.at(pod).inferring == 0) unload_later(pod);
}

void Serving::refill(PodId pod) {
  Replica& replica = replicas_.at(pod);
  Server& server = replica.server;
  Function& function = functions_[pods_.get(pod).function];
  resume_preempted(replica);
  while (server.has_free_slot()) {
    const auto first = server.first_waiting();
    if (first && !may_start(replica, requests_.get(*first))) return;
    auto id = server.take_waiting();
    const bool ready = std::binary_search(function.ready.begin(), function.ready.end(), pod);
    if (!id && ready && !function.central.empty()) {
      if (!may_start(replica, requests_.get(function.central.front()))) return;
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
  Replica& replica = replicas_.at(request.pod);
  if (std::erase(replica.refused, id) > 0) return;
  if (replica.server.withdraw(id, world_.now())) {
    left_service(request.pod, request);
  } else {
    world_.gauges.add(Gauge::queued, request.function, -1, world_.now());
  }
  refill(request.pod);
  note_running(request.pod);
  rearm(request.pod);
}

void Serving::pod_ready(Pod& pod) {
  Function& function = functions_[pod.function];
  function.ready.insert(std::lower_bound(function.ready.begin(), function.ready.end(), pod.id),
                        pod.id);
  const Service& s = service(pod.function);
  replicas_.emplace(pod.id, Replica{Server(s.slots, s.on_gpu || s.discipline == Discipline::ps,
                                           s.llm ? s.llm->batch : 1),
                                    {},
                                    Weights::loaded,
                                    {},
                                    0,
                                    {}});
  if (s.llm) replicas_.at(pod.id).server.limit_kv(s.llm->kv_tokens);
  unload_later(pod.id);
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
  world_.events.cancel(found->second.model_clock);
  const std::size_t running = found->second.server.running();
  std::vector<RequestId> all = found->second.server.take_all();
  const auto waiting = static_cast<std::int64_t>(all.size() - running);
  all.insert(all.end(), found->second.refused.begin(), found->second.refused.end());
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
