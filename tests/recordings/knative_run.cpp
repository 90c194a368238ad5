#include "tests/recordings/knative_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/scenario/governance.hpp"
#include "policies/all.hpp"
#include "tests/sim/scenario_builder.hpp"

namespace thaw::sim {
namespace {

constexpr Duration kLead = 80s;    // about as long as each revision existed before its load
constexpr double kFirstUse = -70;  // as in the recordings of a revision that was used before

Duration of_seconds(double s) { return Distribution::rounded(s * 1e9); }

// The revision's ticks count from the start of the run: the load starts so much later that they
// fall where they did.
Duration lead_of(const KnativeReplay& how) { return kLead - of_seconds(how.tick_phase_s); }

// The seeds under which the simulated activator reports within 50 ms after a full second, as
// KnativeDataPath::start draws it.
std::uint64_t seed_of(int luck) {
  std::uint64_t seed = 0;
  for (int found = -1; found < luck;) {
    Random random(++seed, "knative/phases", 0);
    if (Distribution::uniform(0s, 1s).draw(random) < 50ms) ++found;
  }
  return seed;
}

// One revision on a node that has room for all its pods.
Scenario scenario_of(const KnativeRecording& recording, const KnativeReplay& how,
                     const std::string& trace) {
  Scenario scenario;
  scenario.name = "recording";
  scenario.start = kStart + of_seconds(how.second_phase_s);
  scenario.versions.knative = {1, 21, 0};
  scenario.cluster.pools.push_back(pool("cpu", 1, 1));
  scenario.until = lead_of(how) + of_seconds(recording.end_s);
  FunctionSpec& function = add_function(scenario, "a");
  function.service.duration = Distribution::constant(of_seconds(recording.service_s));
  function.service.slots = 1000;  // the recorded server sleeps: it takes any number at once
  function.stop = 3s;
  function.container_start = Distribution::uniform(of_seconds(how.start_delay_least_s),
                                                   of_seconds(how.start_delay_most_s));
  Workload& workload = workload_of(scenario, function);
  workload.kind = Workload::Kind::knative_service;
  workload.replicas = Replicas(0);
  workload.requests.cpu = Millicores(10);
  workload.container_concurrency = static_cast<std::uint32_t>(recording.container_concurrency);
  for (const auto& [key, value] : recording.annotations)
    workload.annotations["autoscaling.knative.dev/" + key] = {value, {}};
  scenario.manifests.config_maps.push_back({{},
                                            "config-autoscaler",
                                            "knative-serving",
                                            {{"scale-to-zero-grace-period", {"6s", {}}},
                                             {"allow-zero-initial-scale", {"true", {}}},
                                             {"enable-scale-to-zero", {"true", {}}}}});
  Arrivals calls;
  calls.name = "calls";
  calls.source = Arrivals::Source::trace;
  calls.trace = trace;
  calls.function = "a";
  calls.path = "/function/a/";
  calls.until = *scenario.until;
  if (how.closed_loop) {
    calls.source = Arrivals::Source::closed;
    calls.clients = recording.clients;
    calls.from = lead_of(how);
    calls.until = lead_of(how) + of_seconds(recording.load_until_s);
  }
  scenario.arrivals.push_back(calls);
  return scenario;
}

// Knative's policy, shown in addition what each new pod's queue-proxy reports of its probe.
class SeesProbes final : public ScalingPolicy {
 public:
  SeesProbes(std::unique_ptr<ScalingPolicy> policy, double call_s)
      : policy_(std::move(policy)), call_s_(call_s) {}

  Wants wants() const override { return policy_->wants(); }
  Decision decide(const Observation& seen) override {
    if (seen.cause == Cause::start) started_ = seen.now;
    for (const PodFacts& pod : seen.pods)
      if (pod.ready == Condition::yes && known_.insert(pod.id).second) note(pod);
    load_.assign(seen.load.begin(), seen.load.end());
    const auto due = [&](const Load& probe) { return probe.at <= seen.now; };
    std::copy_if(probes_.begin(), probes_.end(), std::back_inserter(load_), due);
    std::erase_if(probes_, due);
    std::stable_sort(load_.begin(), load_.end(),
                     [](const Load& a, const Load& b) { return a.at < b.at; });
    Observation shown = seen;
    shown.load = load_;
    return policy_->decide(shown);
  }
  void reconfigure(const Spec&, Diagnostics&) override {}
  void save(StateWriter&) const override {}
  bool restore(const StateReader&) override { return false; }

 private:
  // The queue-proxy began a little before the probe, and reports a second later; the next scrape
  // sees it.
  void note(const PodFacts& pod) {
    const TimePoint reported = pod.ready_changed - of_seconds(call_s_) - 100ms + 1s;
    const Duration since = (reported - (started_ + 100ms)) % 1s;
    probes_.push_back(
        {.at = reported + (1s - since), .concurrency = call_s_, .from_replicas = true});
  }

  std::unique_ptr<ScalingPolicy> policy_;
  double call_s_;
  TimePoint started_;
  std::set<std::uint64_t> known_;
  std::vector<Load> probes_, load_;
};

// The make() of a PolicyInfo is a plain function: what it needs comes with the parameters.
std::unique_ptr<ScalingPolicy> make_with_probes(const Spec& spec, Diagnostics& problems) {
  Spec own = spec;
  own.params = {};
  double call_s = 0;
  for (const auto& [key, entry] : spec.params.entries()) {
    if (key == "probe") {
      call_s = std::stod(entry.value);
    } else {
      own.params.set(key, entry.value, entry.place);
    }
  }
  return std::make_unique<SeesProbes>(find_policy("concurrency")->make(own, problems), call_s);
}

const PolicyInfo& with_probes() {
  static const PolicyInfo info = [] {
    PolicyInfo made = *find_policy("concurrency");
    made.make = make_with_probes;
    return made;
  }();
  return info;
}

std::string write_trace(const KnativeRecording& recording, const KnativeReplay& how) {
  const auto path = std::filesystem::path(testing::TempDir()) /
                    (recording.file + "-" + std::to_string(how.luck) + ".csv");
  std::ofstream out(path);
  out.precision(12);
  out << "arrival_s,function\n";
  const double lead = seconds(lead_of(how));
  if (how.used_before) out << lead + kFirstUse << ",a\n";
  for (const double at : recording.requests_s) out << lead + at << ",a\n";
  return path.string();
}

}  // namespace

KnativeRecording KnativeRecording::read(const std::string& name) {
  std::ifstream in("tests/recordings/knative/" + name + ".json");
  EXPECT_TRUE(in) << name;
  const auto json = nlohmann::json::parse(in);
  KnativeRecording recording;
  recording.file = name;
  constexpr std::string_view kPrefix = "autoscaling.knative.dev/";
  for (const auto& [key, value] : json.at("config").at("annotations").items())
    recording.annotations[key.substr(kPrefix.size())] = value.get<std::string>();
  recording.container_concurrency = json.at("config").at("containerConcurrency");
  recording.service_s = json.at("config").at("service_ms").get<double>() / 1000;
  recording.requests_s = json.at("requests_s").get<std::vector<double>>();
  std::sort(recording.requests_s.begin(), recording.requests_s.end());
  recording.clients = json.at("load").value("clients", 0);
  recording.load_until_s = json.at("load").value("until", 0.0);
  recording.tick_phase_s = json.at("tick_phase_s");
  recording.end_s = json.at("end_s");
  recording.start_delays_s = json.at("decided_to_ready_s").get<std::vector<double>>();
  for (const auto& row : json.at("spec_replicas"))
    recording.changes.push_back({row.at(0), row.at(1)});
  return recording;
}

std::vector<ReplicaChange> replay(const KnativeRecording& recording, const KnativeReplay& how) {
  const std::string trace = write_trace(recording, how);
  const Scenario scenario = scenario_of(recording, how, trace);
  Diagnostics problems;
  RunOptions options;
  options.seed = seed_of(how.luck);
  for (Governance& one : govern(scenario, {}, problems)) {
    one.spec.params.set("probe", std::to_string(recording.service_s), {});
    EXPECT_EQ(one.policy, "concurrency");
    options.governors.push_back({one.spec, &with_probes()});
  }
  problems.throw_if_any();
  const RunResult result = simulate(scenario, options);
  std::filesystem::remove(trace);
  std::vector<ReplicaChange> changes{{-seconds(kLead), 0}};
  for (const auto& event : result.timeline) {
    if (event.kind != EventKind::decision) continue;
    const auto desired = std::get<std::int64_t>(event.fields.front().second);
    if (desired != changes.back().replicas)
      changes.push_back({seconds(event.at - scenario.start - lead_of(how)), desired});
  }
  return changes;
}

std::int64_t peak(const std::vector<ReplicaChange>& changes) {
  std::int64_t most = 0;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const bool over = i + 1 < changes.size() && changes[i + 1].at_s < 0;
    if (!over) most = std::max(most, changes[i].replicas);
  }
  return most;
}

double mean(const std::vector<ReplicaChange>& changes, double end_s) {
  double area = 0;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const double from = std::max(0.0, changes[i].at_s);
    const double to = i + 1 < changes.size() ? changes[i + 1].at_s : end_s;
    if (to > from) area += (to - from) * static_cast<double>(changes[i].replicas);
  }
  return area / end_s;
}

}  // namespace thaw::sim
