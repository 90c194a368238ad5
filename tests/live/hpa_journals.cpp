#include "tests/live/hpa_journals.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "drivers/kubernetes/json_fields.hpp"
#include "engine/scenario/rfc3339.hpp"

namespace thaw::live {
namespace hpa_journals {

using kubernetes::number_at;
using kubernetes::text_at;

constexpr const char* kController = "kube-controller-manager";

// The audit log has the wall clock.
std::int64_t instant(const Json& entry, const char* field, std::int64_t ahead_ns) {
  const auto at = scenario::parse_rfc3339(text_at(entry, {field}));
  if (!at) throw std::runtime_error("no instant: " + entry.dump());
  return at->ns() - ahead_ns;
}

std::string cause_of(const std::string& line) {
  const auto says = [&](const char* reason) { return line.find(reason) != std::string::npos; };
  if (says(" above target\"")) return "metricAboveTarget";
  if (says("reason=\"All metrics below target\"")) return "allMetricsBelowTarget";
  if (says("above Spec.MaxReplicas\"")) return "currentAboveMax";
  if (says("below Spec.MinReplicas\"")) return "currentBelowMin";
  return "none";
}

}  // namespace hpa_journals

Journals::Journals(const Plane& plane) {
  read_answers(plane);
  read_writes(plane);
  read_log(plane);
}

void Journals::read_answers(const Plane& plane) {
  for (const std::string& line : plane.lines("metric-answers.jsonl")) {
    Json answer = Json::parse(line);
    if (kubernetes::text_at(answer, {"user"}) != hpa_journals::kController) continue;
    answers_.push_back(std::move(answer));
  }
}

void Journals::read_writes(const Plane& plane) {
  using namespace hpa_journals;
  const std::int64_t ahead_ns =
      std::chrono::system_clock::now().time_since_epoch().count() - steady_ns();
  for (const std::string& line : plane.lines("audit.jsonl")) {
    const bool scale = line.find("\"subresource\":\"scale\"") != std::string::npos;
    if (!scale && line.find("\"horizontalpodautoscalers\"") == std::string::npos) continue;
    const Json entry = Json::parse(line);
    const std::string name = text_at(entry, {"objectRef", "name"});
    const bool by_controller = text_at(entry, {"user", "username"}) == kController;
    const std::int64_t from_ns = instant(entry, "requestReceivedTimestamp", ahead_ns);
    if (by_controller) said_[name].push_back(from_ns);
    const bool taken = number_at(entry, {"responseStatus", "code"}) == 200;
    if (!scale && by_controller) (taken ? reports_ : refused_)[name].push_back(from_ns);
    if (!taken) continue;  // a conflict: a scale is written again
    if (!scale || !entry.contains("requestObject")) continue;
    writes_[name].push_back(
        {from_ns, instant(entry, "stageTimestamp", ahead_ns),
         static_cast<std::int32_t>(number_at(entry, {"requestObject", "spec", "replicas"})),
         by_controller});
  }
  for (auto& [name, instants] : said_) std::ranges::sort(instants);
  for (auto& [name, instants] : reports_) std::ranges::sort(instants);
  for (auto& [name, writes] : writes_) std::ranges::sort(writes, {}, &ScaleWrite::done_ns);
}

// It has a line for each of the controller's writes, in their order.
void Journals::read_log(const Plane& plane) {
  std::map<std::string, std::vector<std::string>> causes;
  for (const std::string& line : plane.lines("kube-controller-manager.log")) {
    const std::string of = "HPA=\"default/";
    const std::size_t at = line.find(of);
    if (at == std::string::npos || line.find("\"Successfully rescaled\"") == std::string::npos) {
      continue;
    }
    const std::size_t begin = at + of.size();
    causes[line.substr(begin, line.find('"', begin) - begin)].push_back(
        hpa_journals::cause_of(line));
  }
  for (auto& [name, writes] : writes_) {
    auto cause = causes[name].begin();
    for (ScaleWrite& write : writes) {
      if (!write.by_controller) continue;
      if (cause == causes[name].end()) {
        throw std::runtime_error(name + ": a rescale that is not logged");
      }
      write.cause = *cause++;
    }
  }
}

std::vector<ScaleWrite> Journals::writes(const std::string& subject) const {
  const auto found = writes_.find(subject);
  return found == writes_.end() ? std::vector<ScaleWrite>{} : found->second;
}

std::size_t Journals::reports(const std::string& subject, std::int64_t until_ns) const {
  const std::vector<std::int64_t>& all = reports_.at(subject);
  return static_cast<std::size_t>(std::ranges::lower_bound(all, until_ns) - all.begin());
}

bool Journals::refused(const std::string& subject, std::int64_t from_ns,
                       std::int64_t until_ns) const {
  const auto found = refused_.find(subject);
  return found != refused_.end() && std::ranges::any_of(found->second, [&](std::int64_t t_ns) {
           return t_ns >= from_ns && t_ns < until_ns;
         });
}

std::vector<Sync> Journals::syncs(const std::string& subject,
                                  const std::vector<std::string>& metrics) const {
  std::vector<Sync> syncs;
  for (const Json& answer : answers_) {
    const auto found = std::ranges::find(metrics, answer.at("metric").get<std::string>());
    if (found == metrics.end()) continue;
    if (found == metrics.begin()) syncs.emplace_back();
    const auto index = static_cast<std::size_t>(found - metrics.begin());
    if (syncs.empty() || syncs.back().answers.size() != index) {
      throw std::runtime_error("a question out of its order: " + answer.dump());
    }
    syncs.back().answers.push_back(answer);
    syncs.back().from_ns = answer.at("t_ns");
  }
  for (const ScaleWrite& write : writes(subject)) {
    if (write.asked_nothing()) syncs.push_back({write.from_ns, write.from_ns});
  }
  std::ranges::sort(syncs, {}, &Sync::from_ns);
  const std::vector<std::int64_t>& said = said_.at(subject);
  for (std::size_t i = 0; i < syncs.size(); ++i) {
    Sync& sync = syncs[i];
    const auto first = std::ranges::lower_bound(said, sync.from_ns);
    const bool its_own =
        first != said.end() && (i + 1 == syncs.size() || *first < syncs[i + 1].from_ns);
    sync.to_ns = its_own ? *first : sync.from_ns;
  }
  return syncs;
}

}  // namespace thaw::live
