// The pods of a scenario's functions, as the API server tells them.
//
// An instant is that at which this process heard of it: the server's own times are to the second.
// What is told of a pod is told once, in the simulator's words: created, unschedulable, scheduled,
// started (its containers run), ready, not_ready, terminating, gone.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "drivers/observed/view.hpp"
#include "drivers/world/objects.hpp"

namespace thaw::observed {

struct Pod {
  std::size_t function = 0;
  world::PodState state;
  bool ready() const { return state.ready == Condition::yes && !state.deleting; }
};

class Pods {
 public:
  explicit Pods(View& view) : view_(view) {}

  void apply(const nlohmann::json& object);
  void remove(const nlohmann::json& object);

  const std::map<std::string, Pod>& all() const { return pods_; }  // by uid

 private:
  void tell(const Pod& pod, const std::string& what, const std::string& words);
  void tell_changes(const Pod& before, const Pod& now);
  void count(std::size_t function);

  View& view_;
  std::map<std::string, Pod> pods_;
};

}  // namespace thaw::observed
