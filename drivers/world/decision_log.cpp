#include "drivers/world/decision_log.hpp"

#include <string>

namespace thaw::world {

void DecisionLog::serve(const Functions& functions) {
  functions_ = &functions;
  std::map<FunctionName, Last> kept;
  for (const Function& function : functions.governed)
    if (auto known = last_.extract(function.name)) kept.insert(std::move(known));
  last_ = std::move(kept);
}

void DecisionLog::step(FunctionId id, const Observation& seen, const Decision&,
                       const Decision& capped) {
  ++steps_;
  if (capped.why.code == ReasonCode::waiting_for_tick) return;  // says nothing
  const FunctionName& name = functions_->known.at(id).first;
  Last& last = last_[name];
  const bool same = last.desired == capped.desired && last.why.code == capped.why.code &&
                    (!shadow_ || last.spec == seen.spec);
  const bool first = last.why.code == ReasonCode::none;
  last = {seen.spec, seen.ready, capped.desired, capped.why};
  if (same && !first) return;
  const std::string text = name.first + "/" + name.second;
  nlohmann::json fields = {{"function", text},
                           {"replicas", seen.spec.count},
                           {"ready", seen.ready.count},
                           {"reason", name_of(capped.why.code)}};
  std::string words = text + " " + std::to_string(seen.spec.count);
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
