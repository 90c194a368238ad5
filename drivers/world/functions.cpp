#include "drivers/world/functions.hpp"

#include <algorithm>
#include <utility>

#include "drivers/world/served.hpp"
#include "engine/scenario/governance.hpp"
#include "engine/scenario/manifest_reader.hpp"
#include "engine/scenario/slimfaas_annotations.hpp"

namespace thaw::world {
namespace {

std::string problems_of(const Diagnostics& problems) {
  std::string text;
  try {
    problems.throw_if_any();
  } catch (const InputError& error) {
    for (const Diagnostic& one : error.problems())
      text += (text.empty() ? "" : "; ") + (one.key.empty() ? "" : one.key + ": ") + one.message;
  }
  return text;
}

class Census {
 public:
  Census(const Inventory& inventory, const DriveConfig& config, FindPolicy find, bool shadow,
         bool record)
      : inventory_(inventory), config_(config), find_(find), shadow_(shadow), record_(record) {
    scenario_.versions = config.versions;
    for (const DriveConfig::Function& one : config.functions) named_.emplace(key_of(one), &one);
    for (const auto& [name, hpa] : inventory.hpas())
      if (hpa.target) hpas_.emplace(*hpa.target, &hpa);
  }

  Functions take() {
    for (const auto& [key, state] : inventory_.workloads()) read(key, state);
    for (const DriveConfig::Function& named : config_.functions) {
      const WorkloadKey key = key_of(named);
      if (!inventory_.find(key)) refuse(key, "is not there");
    }
    Diagnostics problems;
    const std::vector<Governance> governed = govern_alone(scenario_, choices(), problems);
    for (Governance one : governed) {  // a copy: its peers go before the next one's come
      one.spec.peers = peers_of(scenario_, governed, one.spec);
      add(functions_.known[one.spec.function].second, one);
    }
    if (!problems.ok() && functions_.governed.empty()) refuse({}, problems_of(problems));
    return std::move(functions_);
  }

 private:
  std::vector<PolicyChoice> choices() const {
    std::vector<PolicyChoice> all;
    for (const DriveConfig::Function& one : config_.functions)
      if (one.settings && inventory_.find(key_of(one)))
        all.push_back({one.policy, one.name, one.policy, *one.settings});
    return all;
  }

  static WorkloadKey key_of(const DriveConfig::Function& named) {
    return {named.stateful, named.ns, named.workload};
  }

  const DriveConfig::Function* named(const WorkloadKey& key) const {
    const auto found = named_.find(key);
    return found == named_.end() ? nullptr : found->second;
  }

  const HpaState* hpa_of(const WorkloadKey& key) const {
    const auto found = hpas_.find(key);
    return found == hpas_.end() ? nullptr : found->second;
  }

  void refuse(const WorkloadKey& key, std::string why) {
    functions_.refused.push_back({key, std::move(why)});
  }

  // Into the scenario, as its manifest file would be.
  void read(const WorkloadKey& key, const WorkloadState& state) {
    const bool heeded = named(key) || !config_.named_only;  // its annotations
    Diagnostics problems;
    const yaml::Node manifest = manifest_of(state.settings, to_text(key));
    Manifests read = read_documents({{&manifest, key.ns, ""}}, problems);
    const bool asked =
        named(key) || (heeded && state.settings.find("SlimFaas/Function") != std::string::npos);
    if (read.workloads.empty() || !problems.ok()) {
      if (asked) refuse(key, problems_of(problems));
      return;
    }
    Workload& workload = read.workloads.front();
    if (is_slimfaas(workload) && state.spec.count > 0) running_slimfaas_[key.ns] = to_text(key);
    scenario_.manifests.workloads.push_back(std::move(workload));
    const Workload& kept = scenario_.manifests.workloads.back();
    if (!named(key) && (!heeded || !is_slimfaas_function(kept))) return;
    FunctionSpec function;
    function.name = named(key) ? named(key)->name : key.name;
    function.place = kept.place;
    function.workload = scenario_.manifests.workloads.size() - 1;
    if (named(key)) function.policy = named(key)->policy;
    functions_.known.push_back({{key.ns, function.name}, key});
    functions_.served.push_back(served(key, functions_.known.back().first, kept));
    scenario_.functions.push_back(std::move(function));
    if (const HpaState* const hpa = hpa_of(key); hpa && shadow_) {
      const yaml::Node asked_for =
          manifest_of(hpa->settings, "HorizontalPodAutoscaler " + hpa->ns + "/" + hpa->name);
      Manifests with = read_documents({{&asked_for, key.ns, ""}}, problems);
      for (HpaObject& one : with.hpas) scenario_.manifests.hpas.push_back(std::move(one));
    }
  }

  Served served(const WorkloadKey& key, const FunctionName& name, const Workload& workload) {
    Served all;
    Diagnostics problems;
    all.route = route_of(workload, name, config_.gateway, all.trusted, problems);
    all.answers = problems.ok();
    if (config_.gateway && !all.answers) refuse(key, problems_of(problems));
    if (const DriveConfig::Function* const own = named(key)) {
      settle(*own, all.route);
      all.endpoints = {own->service, own->port};
    }
    return all;
  }

  // Who else would fight over it; empty: nobody.
  std::string rival_of(const WorkloadKey& key) const {
    if (shadow_) return {};
    if (const HpaState* const hpa = hpa_of(key))
      return "HorizontalPodAutoscaler " + hpa->name + " scales it; delete that first";
    if (const std::string& owner = inventory_.find(key)->owner; !owner.empty())
      return "belongs to " + owner;
    const auto slimfaas = running_slimfaas_.find(key.ns);
    const Workload& workload = scenario_.manifests.workloads[workload_of_.at(key)];
    if (slimfaas != running_slimfaas_.end() && is_slimfaas_function(workload))
      return slimfaas->second + " scales it; scale that to 0 first";
    return {};
  }

  void add(const WorkloadKey& key, const Governance& one) {
    workload_of_[key] = scenario_.functions[one.spec.function].workload;
    if (const auto* entry = named(key); entry && entry->scaled_by_others) return;
    if (std::string rival = rival_of(key); !rival.empty()) return refuse(key, std::move(rival));
    if (one.policy.empty()) return refuse(key, "nothing says by which policy it is scaled");
    const PolicyInfo* const info = find_(one.policy);
    if (!info) return refuse(key, "there is no policy \"" + one.policy + "\"");
    if (info->governs == Governs::instances)
      return refuse(key, one.policy + " keeps single instances; a " +
                             (key.stateful ? "StatefulSet" : "Deployment") + " has replicas");
    Diagnostics problems;
    std::unique_ptr<ScalingPolicy> policy = info->make(one.spec, problems);
    if (!problems.ok()) return refuse(key, problems_of(problems));
    if (config_.gateway && !functions_.served[one.spec.function].answers) return;  // it is refused
    const Wants wants = policy->wants();
    // A gateway is in the path always, so that whoever steers the path finds it there.
    if (wants.idle_times || wants.future)
      return refuse(key, one.policy + " needs to see what only a simulation can");
    if (!config_.gateway && (wants.load || wants.requests || wants.path))
      return refuse(key, one.policy +
                             " needs to see each request: that takes a gateway: section in the "
                             "configuration");
    std::optional<Replicas> most;
    if (const auto* entry = named(key); entry && entry->most) most = Replicas(*entry->most);
    std::vector<MetricRef> metrics(wants.metrics.begin(), wants.metrics.end());
    functions_.governed.push_back({one.spec.function, functions_.known[one.spec.function].first,
                                   key, one.policy, std::move(metrics), std::move(policy), most,
                                   record_ ? std::optional(one.spec) : std::nullopt});
  }

  const Inventory& inventory_;
  const DriveConfig& config_;
  const FindPolicy find_;
  const bool shadow_, record_;
  std::map<WorkloadKey, const DriveConfig::Function*> named_;
  std::map<WorkloadKey, const HpaState*> hpas_;
  Scenario scenario_;
  std::map<WorkloadKey, std::size_t> workload_of_;
  std::map<std::string, std::string> running_slimfaas_;  // by namespace
  Functions functions_;
};

}  // namespace

Functions functions_of(const Inventory& inventory, const DriveConfig& config, FindPolicy find,
                       bool shadow, bool record) {
  return Census(inventory, config, find, shadow, record).take();
}

}  // namespace thaw::world
