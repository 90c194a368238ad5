// A recording decided again: by the policies that decided then, or by another.
//
// Each question comes when it came then, with the facts of then: what another policy would have set
// off (sooner pods, other metrics) is not in it, so that its answers say what it would have wished
// at each of these moments, not where it would have led. It must want no fact that the recorded one
// did not (InputError names them).
// Errors: InputError for settings that are wrong, a policy that is not there or cannot be replayed,
// and a state that the policy does not understand. Threads: one.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/recording/recording.hpp"

namespace thaw::recording {

// One question, answered again.
struct Again {
  std::string function;
  TimePoint at;
  std::string recorded, decided;  // as decision_text has them
  bool same() const { return recorded == decided; }
};

// A line: function, when, and both decisions.
std::string to_json(const Again& again);

class Replay {
 public:
  using FindPolicy = const PolicyInfo* (*)(std::string_view name);
  // `instead`: who decides for every function; empty: who did.
  struct Instead {
    std::string policy;
    Params params;
  };
  Replay(FindPolicy find, std::optional<Instead> instead);

  // `file`: what errors name. Files that continue one another are taken one after the other; one
  // that is taken alone goes on from the state that its policies kept, which is not all of them
  // (grids begin anew), so that its first answers may differ. Nothing: no question was asked.
  std::optional<Again> take(Line line, const std::string& file, int number);

 private:
  struct Decider {
    std::string name;
    std::unique_ptr<ScalingPolicy> policy;
  };
  void make(const Made& made, const std::string& file, int number);

  FindPolicy find_;
  std::optional<Instead> instead_;
  std::map<FunctionId, Decider> deciders_;
};

}  // namespace thaw::recording
