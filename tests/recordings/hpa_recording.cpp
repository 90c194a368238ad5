#include "tests/recordings/hpa_recording.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <utility>

#include "policies/all.hpp"

namespace thaw {
namespace {

using nlohmann::json;

constexpr TimePoint kStart{1767571200s};

TimePoint instant(double at) { return kStart + Duration(std::llround(at * 1e9)); }

// "metrics.0.object.target.value": what a manifest's spec is to the policy.
void flatten(const std::string& path, const json& value, Params& params) {
  const auto below = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
  if (value.is_object()) {
    for (const auto& [key, one] : value.items()) flatten(below(key), one, params);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      flatten(below(std::to_string(i)), value[i], params);
    }
  }
  if (value.is_structured() ? value.empty() : !value.is_null()) {
    params.set(path, value.is_string() ? value.get<std::string>() : value.dump(), {});
  }
}

// The last value of column `column` before `at`; rows are [time, …].
std::int32_t last_before(const json& rows, std::size_t column, double at) {
  std::int32_t value = 0;
  for (const json& row : rows) {
    if (row[0].get<double>() < at) value = row[column].get<std::int32_t>();
  }
  return value;
}

// When .spec.replicas changed from `from` on and before `to`.
std::optional<double> write_between(const json& deployment, double from, double to) {
  for (const json& row : deployment) {
    const double at = row[0].get<double>();
    if (at < from || at >= to) continue;
    if (row[1].get<std::int32_t>() != last_before(deployment, 1, at)) return at;
  }
  return {};
}

std::vector<HpaRecording::Read> reads_of(const json& file) {
  std::vector<HpaRecording::Read> reads;
  const json& rows = file.at("metric_reads");
  const json& deployment = file.at("deployment_series");
  double quickest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    HpaRecording::Read read;
    read.at = read.decided_at = rows[i][0].get<double>();
    read.answer = rows[i][1];
    const double next = i + 1 < rows.size() ? rows[i + 1][0].get<double>()
                                            : std::numeric_limits<double>::infinity();
    read.spec = last_before(deployment, 1, read.at);
    read.replicas = last_before(deployment, 2, read.at);
    read.spec_after = last_before(deployment, 1, next);
    read.written_at = write_between(deployment, read.at, next);
    if (read.written_at) quickest = std::min(quickest, *read.written_at - read.at);
    reads.push_back(std::move(read));
  }
  for (HpaRecording::Read& read : reads) {
    if (read.written_at) read.decided_at = *read.written_at - quickest;
    read.ready_pods = last_before(file.at("ready_pods"), 1, read.at);
    read.ready_pods_decided = last_before(file.at("ready_pods"), 1, read.decided_at);
  }
  return reads;
}

// The pods of the target: those that are ready, and the rest still starting.
std::vector<PodFacts> pods_of(std::int32_t replicas, std::int32_t ready_pods) {
  std::vector<PodFacts> pods;
  for (std::int32_t i = 0; i < std::max(replicas, ready_pods); ++i) {
    const bool ready = i < ready_pods;
    PodFacts pod{};
    pod.id = static_cast<std::uint64_t>(i);
    pod.phase = ready ? PodPhase::running : PodPhase::pending;
    pod.ready = ready ? Condition::yes : Condition::no;
    pod.created = pod.ready_changed = kStart - 1h;
    if (ready) pod.started = pod.created;
    pods.push_back(pod);
  }
  return pods;
}

// What the metrics API answered: one number for an object, as one series of an external metric, or
// for each ready pod.
struct MetricAnswer {
  std::vector<Milli> series;
  std::vector<PodSample> samples;
  MetricFacts facts;

  MetricAnswer(const json& answer, TimePoint taken, const std::vector<PodFacts>& pods) {
    facts.taken = taken;
    facts.presence = answer.is_number() ? Presence::ok : Presence::error;
    if (!answer.is_number()) return;
    const Milli value = std::llround(answer.get<double>() * 1000);
    series.push_back(value);
    for (const PodFacts& pod : pods) {
      if (pod.phase == PodPhase::running) samples.push_back({pod.id, value, taken, 60s, {}});
    }
    facts.series = series;
    facts.pods = samples;
  }
};

}  // namespace

HpaRecording read_hpa_recording(const std::string& path) {
  std::ifstream in(path);
  const json file = json::parse(in);
  HpaRecording recording;
  recording.name = file.at("run").get<std::string>();
  recording.spec.name = "a";
  flatten("", file.at("hpa_spec"), recording.spec.params);
  static const std::string kFlags = "horizontal-pod-autoscaler-";
  for (const auto& [flag, value] : file.at("controller_flags").items()) {
    if (!flag.starts_with(kFlags)) continue;
    recording.spec.params.set("flags." + flag.substr(kFlags.size()), value.get<std::string>(), {});
  }
  recording.spec.params.set("gates.HPAScaleToZero", "false", {});
  const std::string version = file.at("kubernetes").get<std::string>();
  recording.spec.versions.kubernetes = parse_version(version).value();
  recording.reads = reads_of(file);
  return recording;
}

std::vector<Mismatch> replay(const HpaRecording& recording, Moments moments) {
  Diagnostics diagnostics;
  const auto policy = find_policy("hpa")->make(recording.spec, diagnostics);
  diagnostics.throw_if_any();
  const bool both = moments == Moments::read_and_write;
  std::vector<Mismatch> mismatches;
  Observation seen{};
  for (const HpaRecording::Read& read : recording.reads) {
    seen.now = instant(both ? read.decided_at : read.at);
    seen.cause = Cause::timer;
    seen.spec = Replicas(read.spec);
    seen.status = Replicas(read.replicas);
    seen.ready = Replicas(both ? read.ready_pods_decided : read.ready_pods);
    const std::vector<PodFacts> pods = pods_of(seen.status.count, seen.ready.count);
    const MetricAnswer answer(read.answer, seen.now, pods);
    const std::vector<MetricFacts> answers(policy->wants().metrics.size(), answer.facts);
    seen.pods = pods;
    seen.metrics = answers;
    const Decision decision = policy->decide(seen);
    const std::int32_t ours = decision.desired.value_or(seen.spec).count;
    if (ours != read.spec_after) {
      mismatches.push_back({read.at, read.spec_after, ours, to_words(decision.why)});
    }
    if (!both || !read.written_at) continue;
    seen.now = instant(*read.written_at);
    seen.cause = Cause::pods;
    seen.spec = Replicas(read.spec_after);
    seen.last_write = {seen.last_write.ticket + 1, WriteState::done, seen.spec};
    policy->decide(seen);
  }
  return mismatches;
}

}  // namespace thaw
