#include "tests/live/hpa_syncs.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

#include "drivers/kubernetes/json_fields.hpp"
#include "engine/scenario/rfc3339.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::live {
namespace hpa_syncs {

using kubernetes::number_at;
using kubernetes::text_at;
using Of = Change::Of;

constexpr const char* kController = "kube-controller-manager";

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
          {"targetMilli",
           milli_of(target.at(target_type == "Value" ? "value" : "averageValue"))}};
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

// One sync: its instant is that of its last question, or of its write where it asked nothing.
struct Sync {
  std::int64_t t_ns = 0;
  std::vector<Json> answers = {};
};

// A write of .spec.replicas, by the controller or by hand.
struct Write {
  std::int64_t t_ns;
  std::int32_t replicas;
  bool by_controller;
  std::string cause = {};

  bool asked_nothing() const { return cause == "currentAboveMax" || cause == "currentBelowMin"; }
};

std::vector<Sync> syncs_of(const Json& autoscaler, const std::vector<Json>& answers,
                           const std::vector<Write>& writes) {
  std::map<std::string, std::size_t> index;
  for (const Json& metric : autoscaler.at("metrics")) {
    index.emplace(metric.at("name").get<std::string>(), index.size());
  }
  std::vector<Sync> syncs;
  for (const Json& answer : answers) {
    const auto found = index.find(answer.at("metric").get<std::string>());
    if (found == index.end()) continue;
    if (found->second == 0) syncs.emplace_back();
    if (syncs.empty() || syncs.back().answers.size() != found->second) {
      throw std::runtime_error("a question out of its order: " + answer.dump());
    }
    syncs.back().answers.push_back(answer);
    syncs.back().t_ns = answer.at("t_ns");
  }
  for (const Write& write : writes) {
    if (write.asked_nothing()) syncs.push_back({write.t_ns});
  }
  std::ranges::sort(syncs, {}, &Sync::t_ns);
  return syncs;
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

// The cause that a line of the controller's log gives, in the words of `thaw decide`.
std::string cause_of(const std::string& line) {
  if (line.find(" above target\"") != std::string::npos) return "metricAboveTarget";
  if (line.find("reason=\"All metrics below target\"") != std::string::npos) {
    return "allMetricsBelowTarget";
  }
  if (line.find("above Spec.MaxReplicas\"") != std::string::npos) return "currentAboveMax";
  if (line.find("below Spec.MinReplicas\"") != std::string::npos) return "currentBelowMin";
  return "none";
}

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

Json conditions_of(const Json& status) {
  Json conditions = Json::object();
  if (!status.contains("conditions")) return conditions;
  for (const Json& one : status.at("conditions")) {
    conditions[text_at(one, {"type"})] = {one.at("status"), one.at("reason")};
  }
  return conditions;
}

}  // namespace hpa_syncs

SyncReader::SyncReader(const Plane& plane, const HpaWatch& watch, Controller controller)
    : changes_(watch.changes()), controller_(controller) {
  using namespace hpa_syncs;
  for (const std::string& line : plane.lines("metric-answers.jsonl")) {
    Json answer = Json::parse(line);
    if (text_at(answer, {"user"}) == kController) answers_.push_back(std::move(answer));
  }
  // The audit log has the wall clock.
  const std::int64_t ahead =
      std::chrono::system_clock::now().time_since_epoch().count() - steady_ns();
  for (const std::string& line : plane.lines("audit.jsonl")) {
    if (line.find("\"subresource\":\"scale\"") == std::string::npos) continue;
    Json write = Json::parse(line);
    if (!write.contains("requestObject") ||
        number_at(write, {"responseStatus", "code"}) != 200) {
      continue;
    }
    const auto at = scenario::parse_rfc3339(text_at(write, {"stageTimestamp"}));
    if (!at) throw std::runtime_error("no instant: " + line);
    write["t_ns"] = at->since_epoch.count() - ahead;
    writes_.push_back(std::move(write));
  }
  for (std::string& line : plane.lines("kube-controller-manager.log")) {
    if (line.find("\"Successfully rescaled\"") != std::string::npos) log_.push_back(std::move(line));
  }
}

namespace hpa_syncs {

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

std::vector<Write> writes_of(const std::string& subject, const std::vector<Json>& writes,
                             const std::vector<std::string>& log) {
  std::vector<Write> found;
  for (const Json& one : writes) {
    if (text_at(one, {"objectRef", "name"}) != subject) continue;
    found.push_back(
        {one.at("t_ns"),
         static_cast<std::int32_t>(number_at(one, {"requestObject", "spec", "replicas"})),
         text_at(one, {"user", "username"}) == kController});
  }
  auto next = found.begin();  // the log has a line for each of the controller's, in their order
  const auto by_hand = [](const Write& write) { return !write.by_controller; };
  for (const std::string& line : log) {
    if (line.find("HPA=\"default/" + subject + "\"") == std::string::npos) continue;
    next = std::find_if_not(next, found.end(), by_hand);
    if (next != found.end()) (next++)->cause = cause_of(line);
  }
  if (std::find_if_not(next, found.end(), by_hand) != found.end()) {
    throw std::runtime_error(subject + ": a rescale that is not logged");
  }
  return found;
}

Json facts_of(const Sync& sync, const Json& metrics, const Seen& seen, std::int32_t replicas,
              std::int64_t start_ns) {
  Json step = {{"atSeconds", static_cast<double>(sync.t_ns - start_ns) / 1e9},
               {"specReplicas", replicas},
               {"statusReplicas", seen.deployment.at("statusReplicas")},
               {"pods", seen.pod_list()},
               {"readings", Json::array()}};
  for (std::size_t i = 0; i < sync.answers.size(); ++i) {
    step["readings"].push_back(
        reading_of(metrics.at(i).at("type").get<std::string>(), sync.answers[i]));
  }
  return step;
}

Json expected_of(const Json& status, std::int32_t replicas, const Write* write) {
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

void count(const Json& step, const Around& around, RecordedSyncs& recorded) {
  const Json& expected = step.at("expect");
  ++recorded.syncs;
  if (expected.at("rescaled") == true) ++recorded.writes;
  if (!around.settled()) ++recorded.unsettled;
  const Json& conditions = expected.at("conditions");
  const auto says = [&](const char* condition, const char* part) {
    return conditions.contains(condition) &&
           conditions[condition].at(1).get<std::string>().find(part) != std::string::npos;
  };
  if (says("AbleToScale", "Stabilized") || says("ScalingLimited", "Limit")) ++recorded.held_back;
  for (const Json& reading : step.at("readings")) {
    if (!reading.contains("error")) continue;
    ++recorded.failures;
    break;
  }
}

}  // namespace hpa_syncs

RecordedSyncs SyncReader::of(const std::string& subject) const {
  using namespace hpa_syncs;
  std::vector<const Change*> mine;
  const Json* object = nullptr;
  for (const Change& change : changes_) {
    if (change.subject != subject) continue;
    mine.push_back(&change);
    if (change.of == Of::autoscaler && object == nullptr) object = &change.facts;
  }
  if (object == nullptr) throw std::runtime_error("no autoscaler " + subject);

  RecordedSyncs recorded;
  recorded.test_case = case_of(subject, *object, controller_);
  const Json& hpa = recorded.test_case.at("hpa");
  const std::vector<Write> writes = writes_of(subject, writes_, log_);
  const std::vector<Sync> syncs = syncs_of(hpa, answers_, writes);
  Around around(mine);
  std::optional<std::int32_t> replicas;
  auto next_write = writes.begin();
  for (std::size_t i = 0; i + 1 < syncs.size(); ++i) {
    const std::int64_t t_ns = syncs[i].t_ns, next_ns = syncs[i + 1].t_ns;
    recorded.longest_pause_ns = std::max(recorded.longest_pause_ns, next_ns - t_ns);
    for (; next_write != writes.end() && next_write->t_ns < t_ns; ++next_write) {
      replicas = next_write->replicas;
    }
    const Write* const write =
        next_write != writes.end() && next_write->t_ns < next_ns && next_write->by_controller
            ? &*next_write++
            : nullptr;
    around.move(t_ns, write != nullptr ? write->t_ns : next_ns, next_ns);
    if (!replicas) replicas = number_at(around.at.deployment, {"replicas"});
    Json step = facts_of(syncs[i], hpa.at("metrics"), around.at, *replicas, syncs[0].t_ns);
    step["expect"] = expected_of(around.next.autoscaler.at("status"), *replicas, write);
    if (write != nullptr) {
      step["writtenAfterSeconds"] = static_cast<double>(write->t_ns - t_ns) / 1e9;
      replicas = write->replicas;
    }
    count(step, around, recorded);
    recorded.test_case["steps"].push_back(std::move(step));
  }
  return recorded;
}

}  // namespace thaw::live
