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

  void until(std::int64_t t_ns) {
    for (; next_ < changes_.size() && changes_[next_]->t_ns <= t_ns; ++next_) {
      const Change& change = *changes_[next_];
      if (change.of == Of::deployment) deployment = change.facts;
      if (change.of == Of::autoscaler) autoscaler = change.facts;
      if (change.of != Of::pod) continue;
      if (change.facts.is_null()) {
        pods.erase(change.name);
      } else {
        pods[change.name] = change.facts;
      }
    }
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
  Json deployment, autoscaler;

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

// What was there before and at a sync, after it, and by the next one.
struct Around {
  explicit Around(const std::vector<const Change*>& changes)
      : before(changes), at(changes), after(changes), next(changes) {}

  // A write changes things too, so what came after it does not count.
  void move(std::int64_t t_ns, std::int64_t end_ns, std::int64_t next_ns) {
    before.until(t_ns - kUnsettled_ns);
    at.until(t_ns);
    after.until(std::min(t_ns + kUnsettled_ns, end_ns));
    next.until(next_ns);
  }
  bool settled() const {
    return before.pods == after.pods &&
           before.deployment.at("statusReplicas") == after.deployment.at("statusReplicas");
  }

  Seen before, at, after, next;
};

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

// What else a sync may have seen, and when it may have been; as the step stands comes last.
std::vector<Json> others_of(const Json& step, const Around& around, const Json& metrics,
                            double unsure_s) {
  const double at_s = step.at("atSeconds");
  const auto with = [&](const Seen& seen, double seconds) {
    Json fields = target_of(seen, metrics);
    fields["atSeconds"] = seconds;
    return fields;
  };
  std::vector<Json> others{with(around.at, at_s), with(around.at, at_s + unsure_s),
                           with(around.at, at_s - unsure_s)};
  if (around.settled()) return others;
  others.push_back(with(around.after, at_s));
  others.push_back(with(around.before, at_s));
  return others;
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

}  // namespace hpa_syncs

RecordedSyncs recorded_syncs(const std::string& subject, const Journals& journals,
                             const std::vector<Change>& changes, const Controller& controller) {
  using namespace hpa_syncs;
  std::vector<const Change*> mine;
  const Json* object = nullptr;
  for (const Change& change : changes) {
    if (change.subject != subject) continue;
    mine.push_back(&change);
    if (change.of == Of::autoscaler && object == nullptr) object = &change.facts;
  }
  if (object == nullptr) throw std::runtime_error("no autoscaler " + subject);

  RecordedSyncs recorded;
  recorded.test_case = case_of(subject, *object, controller);
  const Json metrics = recorded.test_case.at("hpa").at("metrics");
  const std::vector<ScaleWrite> writes = journals.writes(subject);
  const std::vector<Sync> syncs = journals.syncs(subject, names_of(metrics));
  Around around(mine);
  std::optional<std::int32_t> replicas;
  auto next_write = writes.begin();
  for (std::size_t i = 0; i + 1 < syncs.size(); ++i) {
    const Sync& sync = syncs[i];
    const std::int64_t next_ns = syncs[i + 1].from_ns;
    recorded.longest_pause_ns = std::max(recorded.longest_pause_ns, next_ns - sync.from_ns);
    for (; next_write != writes.end() && next_write->from_ns < sync.from_ns; ++next_write) {
      replicas = next_write->replicas;
    }
    const ScaleWrite* const write =
        next_write != writes.end() && next_write->from_ns < next_ns && next_write->by_controller
            ? &*next_write++
            : nullptr;
    around.move(sync.from_ns, write != nullptr ? write->done_ns : next_ns, next_ns);
    if (!replicas) {
      replicas = static_cast<std::int32_t>(number_at(around.at.deployment, {"replicas"}));
    }
    const double at_s = seconds_between(syncs[0].from_ns, (sync.from_ns + sync.to_ns) / 2);
    Json step = target_of(around.at, metrics);
    step["atSeconds"] = at_s;
    step["specReplicas"] = *replicas;
    step["readings"] = readings_of(sync, metrics);
    step["expect"] = expected_of(around.next.autoscaler.at("status"), *replicas, write);
    if (write != nullptr) {
      step["writtenAfterSeconds"] = seconds_between(syncs[0].from_ns, write->done_ns) - at_s;
      replicas = write->replicas;
    }
    if (!around.settled()) ++recorded.unsettled;
    recorded.others[i] =
        others_of(step, around, metrics, static_cast<double>(widest_ns(syncs)) / 1e9);
    count(step, recorded);
    recorded.test_case["steps"].push_back(std::move(step));
  }
  return recorded;
}

}  // namespace thaw::live
