// What a language model's server does beside serving: it refuses, unloads its weights and loads
// them again, and keeps its KV cache within its limit.
#include <utility>

#include "engine/workload/work.hpp"
#include "sim/serving.hpp"

namespace thaw::sim {

bool Serving::may_start(Replica& replica, const Request& request) {
  if (request.output == 0) return true;
  return replica.weights == Weights::loaded &&
         replica.server.has_room_for(request.prompt, world_.now());
}

// A free slot, and nobody before it who waits for one or for room.
bool Serving::has_place(Replica& replica, const Request& request) {
  if (!replica.server.has_free_slot()) return false;
  if (service(request.function).llm && service(request.function).llm->kv_tokens > 0)
    return replica.server.waiting() == 0 &&
           (request.output == 0 || replica.server.has_room_for(request.prompt, world_.now()));
  return true;
}

bool Serving::too_long(const Request& request) const {
  const auto& llm = service(request.function).llm;
  return llm && llm->kv_tokens > 0 &&
         std::int64_t{request.prompt} + request.output > llm->kv_tokens;
}

void Serving::resume_preempted(Replica& replica) {
  while (const auto next = replica.server.first_preempted()) {
    const Request& request = requests_.get(next->id);
    if (!replica.server.has_room_for(request.prompt + next->answered, world_.now())) return;
    const Work rest = work_of_rest(*service(request.function).llm, request, next->answered);
    replica.server.resume(rest.all, rest.lead, world_.now(),
                          {request.prompt, request.output, next->answered});
  }
}

void Serving::refuse_soon(PodId pod, RequestId id) {
  requests_.get(id).pod = pod;
  replicas_.at(pod).refused.push_back(id);
  world_.events.after(Duration{0}, *this, kRefuse, pod);
}

// Its pod may be gone in the same instant, and has dropped them then.
void Serving::refuse(PodId pod) {
  const auto found = replicas_.find(pod);
  if (found == replicas_.end()) return;
  for (const RequestId id : std::exchange(found->second.refused, {}))
    listener_.served(id,
                     {too_long(requests_.get(id)) ? 400 : 503, Outcome::rejected, CutBy::replica});
}

void Serving::unload_later(PodId id) {
  const auto& llm = service(pods_.get(id).function).llm;
  if (!llm) return;
  Replica& replica = replicas_.at(id);
  world_.events.cancel(replica.model_clock);
  replica.model_clock = world_.events.after(llm->keep_alive, *this, kUnload, id);
}

void Serving::unload_weights(PodId id) {
  Replica& replica = replicas_.at(id);
  replica.model_clock = {};
  replica.weights = Weights::unloaded;
  const Pod& pod = pods_.get(id);
  pods_.tell(pod, "unloaded", pod.name + " unloaded its model");
}

void Serving::load_weights(PodId id) {
  Replica& replica = replicas_.at(id);
  const Pod& pod = pods_.get(id);
  replica.weights = Weights::loading;
  const Duration load = pods_.spec(pod).model_load.draw(functions_[pod.function].loads);
  replica.model_clock = world_.events.after(load, *this, kLoaded, id);
}

void Serving::weights_loaded(PodId id) {
  Replica& replica = replicas_.at(id);
  replica.weights = Weights::loaded;
  const Pod& pod = pods_.get(id);
  pods_.tell(pod, "loaded", pod.name + " loaded its model again");
  unload_later(id);
  refill(id);
  note_running(id);
  rearm(id);
}

}  // namespace thaw::sim
