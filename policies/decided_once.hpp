// A policy of single instances that decides once, at the start, by its settings alone; the world
// does the rest. It has nothing to remember.
#pragma once

#include "engine/policy.hpp"
#include "policies/break_even_point.hpp"

namespace thaw {

class DecidedOnce : public ScalingPolicy {
 public:
  Wants wants() const final { return {}; }
  Decision decide(const Observation&) final { return decision_; }
  void save(StateWriter& out) const final { out.version(1); }
  bool restore(const StateReader& in) final { return in.version() == 1; }

 protected:
  void decide_for(const KeepAlive& instances, const Reason& why) {
    decision_ = {};
    decision_.instances = instances;
    decision_.why = why;
  }

 private:
  Decision decision_;
};

}  // namespace thaw
