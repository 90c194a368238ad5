// What a language model's server does beside serving: it refuses, unloads its weights and loads
// them again.
#include <utility>

#include "sim/serving.hpp"

namespace thaw::sim {

// Its pod may be gone in the same instant, and has dropped them then.
void Serving::refuse(PodId pod) {
  const auto found = replicas_.find(pod);
  if (found == replicas_.end()) return;
  for (const RequestId id : std::exchange(found->second.refused, {}))
    listener_.served(id, {503, Outcome::rejected, CutBy::replica});
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
