// Observe, decide, cap, submit, record: the one loop that both worlds run.
//
// Synchronous and single-threaded; a live world posts its pokes to one strand. Policies that fall
// due at the same instant are asked in the order of their function ids. A poke from inside a step
// (a write that takes effect at once) is answered after that step.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/ports.hpp"

namespace thaw {

class Controller {
 public:
  Controller(Clock& clock, Cluster& cluster, Recorder& recorder);

  void add(FunctionId, std::unique_ptr<ScalingPolicy>);
  void cap(FunctionId, Replicas most);  // an operator's limit; never raises a value
  void start();                         // asks every policy once
  void stop();                          // forgets every alarm; nothing is decided until start()
  void poke(FunctionId, Cause);         // without effect for a function that nobody added
  void alarm(FunctionId);

  using State = std::map<FunctionId, SavedState>;
  State save() const;  // observes each function first, so that the state is as of now
  // Before start(). Returns the ids whose state was not understood; they start fresh.
  std::vector<FunctionId> restore(const State&);

  const Wants& wants(FunctionId) const;

 private:
  struct Governed {
    std::unique_ptr<ScalingPolicy> policy;
    Wants wants;
    std::optional<Replicas> cap;
  };
  void ask(FunctionId, Cause);
  void step(FunctionId, Governed&, Cause);

  Clock& clock_;
  Cluster& cluster_;
  Recorder& recorder_;
  std::map<FunctionId, Governed> governed_;
  std::deque<std::pair<FunctionId, Cause>> waiting_;
  bool running_ = false;
  bool stepping_ = false;
};

}  // namespace thaw
