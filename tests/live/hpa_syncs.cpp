#include "tests/live/hpa_syncs.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

#include "drivers/kubernetes/json_fields.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::live {
namespace hpa_syncs {

using kubernetes::number_at;
using kubernetes::text_at;
using Of = Change::Of;

constexpr std::int64_t kPeriod_ns = 1'000'000'000;  // of the plane's controller

std::int64_t milli_of(const Json& quantity) {
  const auto milli = units::kubernetes_milli(quantity.get<std::string>());
  if (!milli) throw std::runtime_error("no quantity: " + quantity.dump());
  return *milli;
}

// spec.metrics and the rest of an autoscaler's spec, as docs/decide.md writes them.
Json metric_of(const Json& metric) {
  const std::string type = text_at(metric, {"type"});
  const std::string field = type == "Pods" ? "pods" : type == "Object" ? "object" : "external";
  const Json& source = metric.at(field);
  const Json& target = source.at("target");
  const std::string target_type = text_at(target, {"type"});
  return {{"type", type},
          {"name", source.at("metric").at("name")},
          {"targetType", target_type},
          {"targetMilli", milli_of(target.at(target_type == "Value" ? "value" : "averageValue"))}};
}

Json autoscaler_of(const Json& object) {
  const Json& spec = object.at("spec");
  Json written = {{"minReplicas", spec.at("minReplicas")},
                  {"maxReplicas", spec.at("maxReplicas")},
                  {"metrics", Json::array()}};
  for (const Json& metric : spec.at("metrics")) written["metrics"].push_back(metric_of(metric));
  if (spec.contains("behavior")) written["behavior"] = spec["behavior"];
  return written;
}

Json reading_of(const std::string& type, const Json& answer) {
  const Json& values = answer.at("values");
  if (answer.at("status") != 200) return {{"error", true}};
  if (type == "Object") return {{"milli", milli_of(values.at(0).at("value"))}};
  Json list = Json::array();
  for (const Json& one : values) {
    const std::int64_t milli = milli_of(one.at("value"));
    if (type == "External") {
      list.push_back(milli);
    } else {
      list.push_back({{"pod", one.at("object")}, {"milli", milli}});
    }
  }
  return type == "External" ? Json{{"seriesMilli", list}} : Json{{"pods", list}};
}

// What is known of a subject's objects at an instant that only moves on.
class Seen {
 public:
  explicit Seen(std::vector<const Change*> changes) : changes_(std::move(changes)) {}

  bool may_move(std::int64_t until_ns) const {
    return next_ < changes_.size() && changes_[next_]->t_ns <= until_ns;
  }
  std::int64_t move() {  // to the next change; its instant
    const Change& change = *changes_[next_++];
    if (change.of == Of::deployment) deployment = change.facts;
    if (change.of == Of::pod && change.facts.is_null()) {
      pods.erase(change.name);
    } else if (change.of == Of::pod) {
      pods[change.name] = change.facts;
    }
    return change.t_ns;
  }
  Json pod_list() const {
    Json list = Json::array();
    for (const auto& [name, facts] : pods) {
      list.push_back(facts);
      list.back()["name"] = name;
      if (facts.at("deleted") == false) list.back().erase("deleted");
    }
    return list;
  }

  std::map<std::string, Json> pods;
  Json deployment;

 private:
  std::vector<const Change*> changes_;
  std::size_t next_ = 0;
};

// What the status says of each metric; an entry without a type is one that could not be read.
Json proposals_of(const Json& status) {
  Json proposals = Json::array();
  if (!status.contains("currentMetrics")) return proposals;
  for (const Json& metric : status.at("currentMetrics")) {
    Json one = Json::object();
    const std::string type = text_at(metric, {"type"});
    if (type.empty()) one["error"] = true;
    for (const char* field : {"object", "pods", "external"}) {
      if (!metric.contains(field)) continue;
      const Json& current = metric.at(field).at("current");
      if (current.contains("value")) one["valueMilli"] = milli_of(current["value"]);
      if (current.contains("averageValue")) {
        one["averageValueMilli"] = milli_of(current["averageValue"]);
      }
    }
    proposals.push_back(std::move(one));
  }
  return proposals;
}

double seconds_between(std::int64_t from_ns, std::int64_t to_ns) {
  return static_cast<double>(to_ns - from_ns) / 1e9;
}

Json conditions_of(const Json& status) {
  Json conditions = Json::object();
  if (!status.contains("conditions")) return conditions;
  for (const Json& one : status.at("conditions")) {
    conditions[text_at(one, {"type"})] = {one.at("status"), one.at("reason")};
  }
  return conditions;
}

// What a step says of the target. Pods that are plain need no name, unless a reading has it.
Json target_of(const Seen& seen, const Json& metrics) {
  const auto is_plain = [](const auto& pod) {
    return pod.second.at("phase") == "Running" && pod.second.at("ready") == "True" &&
           pod.second.at("deleted") == false;
  };
  const auto is_of_pods = [](const Json& metric) { return metric.at("type") == "Pods"; };
  Json target = {{"statusReplicas", seen.deployment.at("statusReplicas")}};
  if (std::ranges::all_of(seen.pods, is_plain) && std::ranges::none_of(metrics, is_of_pods)) {
    target["readyPods"] = seen.pods.size();
  } else {
    target["pods"] = seen.pod_list();
  }
  return target;
}

Json readings_of(const Sync& sync, const Json& metrics) {
  Json readings = Json::array();
  for (std::size_t i = 0; i < sync.answers.size(); ++i) {
    readings.push_back(reading_of(metrics.at(i).at("type").get<std::string>(), sync.answers[i]));
  }
  return readings;
}

Json expected_of(const Json& status, std::int32_t replicas, const ScaleWrite* write) {
  Json expected = {{"desiredReplicas", write != nullptr ? write->replicas : replicas},
                   {"rescaled", write != nullptr},
                   {"conditions", conditions_of(status)}};
  if (write == nullptr || !write->asked_nothing()) expected["proposals"] = proposals_of(status);
  if (write != nullptr) expected["cause"] = write->cause;
  return expected;
}

Json case_of(const std::string& subject, const Json& object, const Controller& controller) {
  return {{"kind", "reconcile"},
          {"name", subject},
          {"origin", "recorded from kube-controller-manager"},
          {"controller",
           {{"downscaleStabilizationSeconds", controller.downscale_stabilization_s},
            {"initialReadinessDelaySeconds", 1},
            {"scaleToZeroEnabled", false}}},
          {"hpa", autoscaler_of(object)},
          {"steps", Json::array()}};
}

void count(const Json& step, RecordedSyncs& recorded) {
  const Json& expected = step.at("expect");
  if (expected.at("rescaled") == true) ++recorded.writes;
  const Json& conditions = expected.at("conditions");
  const auto says = [&](const char* condition, const char* part) {
    return conditions.contains(condition) &&
           conditions[condition].at(1).get<std::string>().find(part) != std::string::npos;
  };
  if (says("AbleToScale", "Stabilized") || says("ScalingLimited", "Limit")) ++recorded.held_back;
  const auto failed = [](const Json& reading) { return reading.contains("error"); };
  if (std::ranges::any_of(step.at("readings"), failed)) ++recorded.failures;
}

// .spec.replicas, as it was written.
class Numbers {
 public:
  Numbers(std::int32_t first, std::vector<ScaleWrite> writes)
      : writes_(std::move(writes)), at_(first) {}

  // To a sync; what it wrote itself, if it did.
  const ScaleWrite* move(std::int64_t t_ns, std::int64_t next_ns) {
    if (own_ != nullptr) take(*std::exchange(own_, nullptr));
    for (; next_ < writes_.size() && writes_[next_].from_ns < t_ns; ++next_) take(writes_[next_]);
    if (next_ == writes_.size() || writes_[next_].from_ns >= next_ns) return nullptr;
    if (!writes_[next_].by_controller) return nullptr;
    return own_ = &writes_[next_++];
  }
  std::int32_t at() const { return at_; }
  // What it was before somebody wrote it since then.
  std::optional<std::int32_t> before_hand(std::int64_t since_ns) const {
    return last_ != nullptr && !last_->by_controller && last_->done_ns >= since_ns ? before_
                                                                                   : std::nullopt;
  }

 private:
  void take(const ScaleWrite& write) {
    before_ = std::exchange(at_, write.replicas);
    last_ = &write;
  }

  std::vector<ScaleWrite> writes_;
  std::size_t next_ = 0;
  const ScaleWrite *own_ = nullptr, *last_ = nullptr;
  std::int32_t at_;
  std::optional<std::int32_t> before_;
};

// When a sync may have looked at the target: it began a period after the one before at the soonest,
// and what it wrote itself it did not see.
struct Look {
  std::int64_t from_ns, at_ns, until_ns;

  Look(const std::vector<Sync>& syncs, std::size_t i, const ScaleWrite* write)
      : at_ns(syncs[i].from_ns) {
    from_ns = at_ns - kUnsettled_ns;
    if (i > 0) from_ns = std::min(from_ns, syncs[i - 1].to_ns + kPeriod_ns);
    until_ns = std::max(at_ns + kUnsettled_ns, syncs[i].to_ns);
    if (write != nullptr) until_ns = std::min(until_ns, write->from_ns);
  }
};

// Each state that the target had meanwhile, that of the last answer first, and so on by nearness.
std::vector<Json> states_of(Seen& seen, const Look& look, const Json& metrics) {
  while (seen.may_move(look.from_ns)) seen.move();
  std::vector<Json> states{target_of(seen, metrics)};
  std::size_t nearest = 0;
  while (seen.may_move(look.until_ns)) {
    const std::int64_t t_ns = seen.move();
    Json state = target_of(seen, metrics);
    if (state != states.back()) states.push_back(std::move(state));
    if (t_ns <= look.at_ns) nearest = states.size() - 1;
  }
  std::rotate(states.begin(), states.begin() + static_cast<std::ptrdiff_t>(nearest), states.end());
  return states;
}

// What else a sync may have seen, and when it may have been; as the step stands comes last.
std::vector<Json> others_of(const Json& step, const std::vector<Json>& states, double unsure_s) {
  const double at_s = step.at("atSeconds");
  const auto with = [&](Json fields, double seconds) {
    fields["atSeconds"] = seconds;
    for (const char* same : {"specReplicas", "expect"}) fields[same] = step.at(same);
    return fields;
  };
  std::vector<Json> others{with(states[0], at_s), with(states[0], at_s + unsure_s),
                           with(states[0], at_s - unsure_s)};
  for (std::size_t i = 1; i < states.size(); ++i) others.push_back(with(states[i], at_s));
  return others;
}

// The number was read before the metrics were asked for: so one that was written by hand just
// before the answer may not have been seen.
void add_without_hand(std::int32_t before, std::vector<Json>& others) {
  Json fields = others.front();
  Json& expected = fields["expect"];
  if (expected.at("rescaled") == false) expected["desiredReplicas"] = before;
  fields["specReplicas"] = before;
  others.push_back(std::move(fields));
}

// The widest doubt about an instant, at most as long as things are unsettled.
std::int64_t widest_ns(const std::vector<Sync>& syncs) {
  std::int64_t widest = 0;
  for (const Sync& sync : syncs) widest = std::max(widest, sync.to_ns - sync.from_ns);
  return std::min(widest, kUnsettled_ns);
}

std::vector<std::string> names_of(const Json& metrics) {
  std::vector<std::string> names;
  for (const Json& metric : metrics) names.push_back(metric.at("name"));
  return names;
}

// .spec.replicas before anybody wrote it.
std::int32_t first_of(const std::vector<const Change*>& changes) {
  const auto first = std::ranges::find(changes, Of::deployment, &Change::of);
  if (first == changes.end()) throw std::runtime_error("no target");
  return static_cast<std::int32_t>(number_at((*first)->facts, {"replicas"}));
}

// A report that was refused, for its object was an old one, says nothing, and what it would have
// said of the limit is missing from the next ones until a sync gets so far again.
class Reports {
 public:
  // Takes out of what is expected what nobody can know; whether the report was refused.
  bool cut(bool refused, Json& expected) {
    const Json& able = expected.at("conditions").at("AbleToScale");
    if (refused) {
      limit_is_old_ = true;
      expected.erase("conditions");
      for (Json& one : expected["proposals"]) one = Json::object();
    } else if (limit_is_old_ && able.at(1) == "SucceededGetScale") {
      expected["conditions"].erase("ScalingLimited");
    } else {
      limit_is_old_ = false;
    }
    return refused;
  }

 private:
  bool limit_is_old_ = false;
};

}  // namespace hpa_syncs

RecordedSyncs recorded_syncs(const std::string& subject, const Journals& journals,
                             const std::vector<Change>& changes, const Controller& controller) {
  using namespace hpa_syncs;
  std::vector<const Change*> mine;
  std::vector<const Json*> versions;  // of the autoscaler, each once
  for (const Change& change : changes) {
    if (change.subject != subject) continue;
    mine.push_back(&change);
    if (change.of == Of::autoscaler && (versions.empty() || *versions.back() != change.facts)) {
      versions.push_back(&change.facts);
    }
  }
  if (versions.empty()) throw std::runtime_error("no autoscaler " + subject);

  RecordedSyncs recorded;
  recorded.test_case = case_of(subject, *versions.front(), controller);
  const Json metrics = recorded.test_case.at("hpa").at("metrics");
  const std::vector<Sync> syncs = journals.syncs(subject, names_of(metrics));
  const double unsure_s = seconds_between(0, widest_ns(syncs));
  Seen seen(mine);
  Numbers numbers(first_of(mine), journals.writes(subject));
  Reports reports;
  for (std::size_t i = 0; i + 1 < syncs.size(); ++i) {
    const Sync& sync = syncs[i];
    const std::int64_t next_ns = syncs[i + 1].from_ns;
    recorded.longest_pause_ns = std::max(recorded.longest_pause_ns, next_ns - sync.from_ns);
    const ScaleWrite* const write = numbers.move(sync.from_ns, next_ns);
    const Look look(syncs, i, write);
    const std::vector<Json> states = states_of(seen, look, metrics);
    const std::int32_t replicas = numbers.at();
    const double at_s = seconds_between(syncs[0].from_ns, (sync.from_ns + sync.to_ns) / 2);
    Json step = states[0];
    step["atSeconds"] = at_s;
    step["specReplicas"] = replicas;
    step["readings"] = readings_of(sync, metrics);
    const Json& said = *versions.at(journals.reports(subject, next_ns));
    step["expect"] = expected_of(said.at("status"), replicas, write);
    const bool refused = journals.refused(subject, sync.from_ns, next_ns);
    count(step, recorded);
    if (reports.cut(refused, step["expect"])) ++recorded.refused;
    if (write != nullptr) {
      step["writtenAfterSeconds"] = seconds_between(syncs[0].from_ns, write->done_ns) - at_s;
    }
    recorded.others[i] = others_of(step, states, unsure_s);
    const auto without_hand = numbers.before_hand(look.from_ns);
    if (without_hand) add_without_hand(*without_hand, recorded.others[i]);
    if (without_hand || states.size() > 1) ++recorded.unsettled;
    recorded.test_case["steps"].push_back(std::move(step));
  }
  return recorded;
}

}  // namespace thaw::live
