#include "drivers/observed/pods.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "drivers/kubernetes/json_fields.hpp"

namespace thaw::observed {

void Pods::apply(const nlohmann::json& object) {
  const auto function =
      view_.function(kubernetes::text_at(object, {"metadata", "labels", "thaw.dev/function"}));
  if (!function) return;
  Pod now{*function, world::pod_of(object)};
  const auto [found, fresh] = pods_.try_emplace(now.state.uid);
  Pod& kept = found->second;
  if (fresh) {
    tell(now, "created", " created");
    kept.function = now.function;
  }
  tell_changes(kept, now);
  kept = std::move(now);
  count(*function);
}

void Pods::tell_changes(const Pod& before, const Pod& now) {
  const world::PodState &was = before.state, &is = now.state;
  if (is.unschedulable && !was.unschedulable) tell(now, "unschedulable", " fits no node");
  if (!is.node.empty() && was.node.empty()) tell(now, "scheduled", " scheduled on " + is.node);
  if (is.running && !was.running) tell(now, "started", " container started");
  if (now.ready() && !before.ready()) tell(now, "ready", " Ready");
  if (is.deleting && !was.deleting) {
    tell(now, "terminating", " Terminating");
  } else if (before.ready() && !now.ready()) {
    tell(now, "not_ready", " not Ready");
  }
}

void Pods::remove(const nlohmann::json& object) {
  const auto found = pods_.find(kubernetes::text_at(object, {"metadata", "uid"}));
  if (found == pods_.end()) return;
  const Pod gone = std::move(found->second);
  pods_.erase(found);
  tell(gone, "gone", " gone");
  count(gone.function);
}

void Pods::tell(const Pod& pod, const std::string& what, const std::string& words) {
  View::Fields fields{{"pod", pod.state.name}};
  if (!pod.state.node.empty()) fields.emplace_back("node", pod.state.node);
  view_.tell(EventKind::pod, view_.scenario().functions[pod.function].name, what,
             pod.state.name + words, std::move(fields));
}

void Pods::count(std::size_t function) {
  std::int64_t exist = 0, ready = 0;
  for (const auto& [uid, pod] : pods_) {
    if (pod.function != function) continue;
    ++exist;
    ready += pod.ready();
  }
  view_.set(Gauge::replicas, function, exist);
  view_.set(Gauge::ready, function, ready);
}

}  // namespace thaw::observed
