#include "drivers/world/decision_log.hpp"

#include <string>

namespace thaw::world {

void DecisionLog::serve(const Functions& functions) {
  functions_ = &functions;
  last_.clear();
}

void DecisionLog::step(FunctionId id, const Observation& seen, const Decision&,
                       const Decision& capped) {
  ++steps_;
  if (capped.why.code == ReasonCode::waiting_for_tick) return;  // says nothing
  Last& last = last_[id];
  const bool same = last.desired == capped.desired && last.why.code == capped.why.code &&
                    (!shadow_ || last.spec == seen.spec);
  const bool first = last.why.code == ReasonCode::none;
  last = {seen.spec, seen.ready, capped.desired, capped.why};
  if (same && !first) return;
  const auto& [ns, name] = functions_->known.at(id).first;
  nlohmann::json fields = {{"function", ns + "/" + name},
                           {"replicas", seen.spec.count},
                           {"ready", seen.ready.count},
                           {"reason", name_of(capped.why.code)}};
  std::string words = ns + "/" + name + " " + std::to_string(seen.spec.count);
  if (capped.desired) {
    fields["desired"] = capped.desired->count;
    words += " → " + std::to_string(capped.desired->count);
  } else {
    words += " left alone";
  }
  if (shadow_) words += " (the cluster has " + std::to_string(seen.spec.count) + ")";
  log_.info("decision", words + ": " + to_words(capped.why), std::move(fields));
}

}  // namespace thaw::world
