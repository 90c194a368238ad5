// When each function was last called, as far as this process knows.
//
// A wake call goes on until a replica is ready, as SlimFaas's does: the idle clock starts then.
// Threads: one.
// Source: SlimFaas's wake loop (0.24 to 0.81).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "engine/time.hpp"

namespace thaw::world {

// Namespace and name.
using FunctionName = std::pair<std::string, std::string>;

class Activity {
 public:
  void called(const FunctionName& function, TimePoint at);
  void wake(const FunctionName& function, TimePoint at);
  bool waking(const FunctionName& function) const { return waking_.contains(function); }
  // Each second: those still waking count as called; `ready`: it has a ready replica.
  template <class Ready>
  void refresh(TimePoint now, const Ready& ready) {
    for (auto it = waking_.begin(); it != waking_.end();) {
      called(*it, now);
      it = ready(*it) ? waking_.erase(it) : std::next(it);
    }
  }

  std::optional<TimePoint> last(const FunctionName& function) const;
  const std::map<FunctionName, TimePoint>& all() const { return last_; }
  void forget() { last_.clear(); }

 private:
  std::map<FunctionName, TimePoint> last_;
  std::set<FunctionName> waking_;
};

}  // namespace thaw::world
