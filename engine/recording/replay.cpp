#include "engine/recording/replay.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/diagnostic.hpp"

namespace thaw::recording {

std::string to_json(const Again& again) {
  using Out = nlohmann::ordered_json;
  const Out line = {{"function", again.function},
                    {"at", to_text(again.at)},
                    {"recorded", Out::parse(again.recorded)},
                    {"decided", Out::parse(again.decided)}};
  return line.dump(-1, ' ', false, Out::error_handler_t::replace) + "\n";
}

Replay::Replay(FindPolicy find, std::optional<Instead> instead)
    : find_(find), instead_(std::move(instead)) {}

void Replay::make(const Made& made, const std::string& file, int number) {
  if (made.continues && deciders_.contains(made.spec.function)) return;
  const Place place{file, number, 0};
  Diagnostics problems;
  const std::string& name = instead_ ? instead_->policy : made.policy;
  const PolicyInfo* const info = find_(name);
  if (!info || info->governs != Governs::replicas) {
    problems.error(
        place, made.spec.name,
        info ? name + " keeps single instances: nobody asks it" : "there is no policy " + name);
    problems.throw_if_any();
  }
  Spec spec = made.spec;
  if (instead_) spec.params = instead_->params;
  std::unique_ptr<ScalingPolicy> policy = info->make(spec, problems);
  problems.throw_if_any();
  for (const std::string& want : wanted(policy->wants())) {
    if (std::find(made.wants.begin(), made.wants.end(), want) == made.wants.end())
      problems.error(place, made.spec.name,
                     name + " wants " + want + ", which " + made.policy +
                         " did not, so that it was not recorded");
  }
  if (made.state && !instead_ && !policy->restore(StateReader(*made.state)))
    problems.error(place, made.spec.name, name + " does not understand its state of then");
  problems.throw_if_any();
  deciders_[made.spec.function] = {made.spec.name, std::move(policy)};
}

std::optional<Again> Replay::take(Line line, const std::string& file, int number) {
  if (const Made* const made = std::get_if<Made>(&line)) {
    make(*made, file, number);
    return std::nullopt;
  }
  if (!std::holds_alternative<Asked>(line)) return std::nullopt;
  const Asked& asked = std::get<Asked>(line);
  const auto found = deciders_.find(asked.function);
  if (found == deciders_.end())
    throw InputError({{{file, number, 0}, "function", "no line before says who decides for it"}});
  Decider& decider = found->second;
  if (asked.decided.empty()) {
    decider.policy->look(asked.seen.observation);
    return std::nullopt;
  }
  const Decision decision = decider.policy->decide(asked.seen.observation);
  return Again{decider.name, asked.seen.observation.now, asked.decided, decision_text(decision)};
}

}  // namespace thaw::recording
