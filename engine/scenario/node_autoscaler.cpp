// The key `cluster.nodeAutoscaler`: presets of published timings, and each of them by itself.
#include <string>
#include <utility>
#include <vector>

#include "engine/scenario/sections.hpp"
#include "engine/scenario/units.hpp"
#include "engine/scenario/values.hpp"

namespace thaw::scenario {
namespace {

constexpr int kMost = 100'000;

NodeAutoscaler preset(const std::string& name) {
  NodeAutoscaler made;  // cluster-autoscaler's own defaults, which Kapsule keeps
  made.preset = name;
  made.enabled = name != "none";
  if (name == "karpenter") made.kind = NodeAutoscaler::Kind::karpenter;
  return made;
}

Shape<NodeAutoscaler> presets() {
  std::vector<std::pair<std::string, NodeAutoscaler>> known;
  for (const char* name : {"kapsule", "gke", "cluster-autoscaler", "karpenter", "none"})
    known.emplace_back(name, preset(name));
  return then<NodeAutoscaler, NodeAutoscaler>(
      choice(known),
      [](const NodeAutoscaler& a, const Cursor& at) -> std::optional<NodeAutoscaler> {
        if (a.preset == "gke")
          at.reading().guesses.emplace_back(
              "cluster.nodeAutoscaler gke (cluster-autoscaler's own timings: GKE publishes none)");
        return a;
      });
}

// GKE says that it removes nodes earlier and more eagerly, and packs pods; by how much it does not
// say.
void optimize_utilisation(NodeAutoscaler& a) {
  a.unneeded = std::chrono::minutes(1);
  a.delay_after_add = std::chrono::minutes(1);
  a.utilisation_threshold_ratio = a.gpu_utilisation_threshold_ratio = 0.75;
  a.packs = true;
}

Shape<Expander> expander() {
  return choice<Expander>({{"random", Expander::random},
                           {"most-pods", Expander::most_pods},
                           {"least-waste", Expander::least_waste},
                           {"least-nodes", Expander::least_nodes},
                           {"price", Expander::price},
                           {"priority", Expander::priority}});
}

// One, or a list that is asked in its order.
Shape<std::vector<Expander>> expanders() {
  const auto one = expander();
  const auto many = list_of(one);
  auto read = [one, many](const Cursor& at) -> std::optional<std::vector<Expander>> {
    if (at.node().kind == yaml::Node::Kind::list) return many.read(at);
    if (const auto single = one.read(at)) return std::vector{*single};
    return {};
  };
  return {std::move(read), any_schema({one.schema, many.schema})};
}

// A duration, or Never.
Shape<std::optional<Duration>> or_never() {
  using Form = std::optional<Duration>;
  return leaf<Form>({.expected = "a duration such as 30s, or Never",
                     .pattern = "^(Never|" + std::string(kDurationPattern) + ")$",
                     .unit = "s"},
                    [](std::string_view text) -> std::optional<Form> {
                      if (text == "Never") return Form{};
                      const auto value = units::duration(text);
                      return value ? std::optional<Form>(Form{*value}) : std::nullopt;
                    });
}

// Nodes: a number, or per cent of those that there are.
Shape<CountOrRatio> budget() {
  return leaf<CountOrRatio>(
      {.expected = "a number of nodes such as 5, or a part of them such as 10%",
       .types = {"string", "integer"},
       .pattern = "^[0-9]+%?$"},
      [](std::string_view text) -> std::optional<CountOrRatio> {
        const bool part = text.ends_with('%');
        const auto number = units::number(part ? text.substr(0, text.size() - 1) : text);
        if (!number || *number < 0 || *number > (part ? 100 : kMost)) return {};
        const auto whole = static_cast<std::int64_t>(*number);
        if (static_cast<double>(whole) != *number) return {};
        if (part) return CountOrRatio{0, *number / 100};
        return CountOrRatio{whole, {}};
      });
}

Shape<KarpenterSettings> karpenter() {
  using Consolidates = KarpenterSettings::Consolidates;
  return object<KarpenterSettings>("karpenter", [](auto& v, KarpenterSettings& k) {
    v.optional("batchIdle", k.batch_idle, duration(),
               "a batch of pods ends when none came for so long; default 1s");
    v.optional("batchMax", k.batch_max, duration(), "or when it is so old; default 10s");
    v.optional(
        "consolidationPolicy", k.policy,
        choice<Consolidates>({{"WhenEmpty", Consolidates::empty},
                              {"WhenEmptyOrUnderutilized", Consolidates::empty_or_underutilized}}),
        "which nodes may go; default WhenEmptyOrUnderutilized");
    v.optional("consolidateAfter", k.consolidate_after, or_never(),
               "after the last pod came or went; default 0s");
    v.optional("expireAfter", k.expire_after, or_never(), "a node's greatest age; default 720h");
    v.optional("budget", k.budget, budget(),
               "nodes disrupted at once, of those that there are; default 10%");
  });
}

template <class Visitor>
void describe_scale_up(Visitor& v, NodeAutoscaler& a) {
  v.optional("expander", a.expanders, expanders(),
             "which pool of those that help, or several, asked in turn; default least-waste");
  v.optional("nodesPerScaleUp", a.nodes_per_scale_up, integer(1, kMost),
             "nodes that one pass orders at most; default 1000");
  v.optional("newPodDelay", a.new_pod_delay, duration(),
             "pods younger than this bring no node; default 0s");
  v.optional("provisionTime", a.provision_time, duration_of(std::chrono::milliseconds(1)),
             "a machine that is no node by then is given up; default 15min");
  v.optional("startupTime", a.startup_time, duration(),
             "a node whose GPUs are not there by then is unready; default 15min");
  v.optional("backoff", a.backoff_initial, duration(),
             "a pool that failed is left alone for so long, doubled each time; default 5min");
  v.optional("backoffMax", a.backoff_max, duration(), "the longest; default 30min");
  v.optional("backoffReset", a.backoff_reset, duration(),
             "after so long without a failure it begins anew; default 3h");
}

template <class Visitor>
void describe_scale_down(Visitor& v, NodeAutoscaler& a) {
  v.optional("scaleDown", a.scale_down, yes_or_no(), "whether nodes are removed; default true");
  v.optional("unneeded", a.unneeded, duration(),
             "a node must be unneeded this long; default 10min");
  v.optional("unready", a.unready, duration(), "the same of a node that is unready; default 20min");
  v.optional("delayAfterAdd", a.delay_after_add, duration(),
             "no removal after a scale-up; default 10min");
  v.optional("delayAfterDelete", a.delay_after_delete, duration(),
             "no removal after another; default 0s, the next pass");
  v.optional("delayAfterFailure", a.delay_after_failure, duration(),
             "no removal after one that failed; default 3min");
  v.optional("taintDelay", a.taint_delay, duration(),
             "between the deletion taint and the deletion; default 5s");
  v.optional("graceMax", a.grace_max, duration(),
             "of the grace that an evicted pod has, so much at most; default 600s");
  v.optional("evictionMax", a.eviction_max, duration(),
             "a pod that cannot be evicted for so long ends the removal; default 2min");
  v.optional("unremovableRecheck", a.unremovable_recheck, duration(),
             "a node whose pods fit nowhere else is not looked at for so long; default 5min");
  v.optional("removalsAtOnce", a.removals_at_once, integer(1, kMost),
             "nodes being removed at most; default 10");
  v.optional("drainsAtOnce", a.drains_at_once, integer(1, kMost), "of them with pods; default 1");
  v.optional("utilisationThreshold", a.utilisation_threshold_ratio, ratio(),
             "below it a node without GPU is unneeded; default 0.5");
  v.optional("gpuUtilisationThreshold", a.gpu_utilisation_threshold_ratio, ratio(),
             "the same for nodes with GPUs, by requested GPUs; default 0.5");
  v.optional("unreadyMax", a.unready_max_ratio, ratio(),
             "with a larger part of the nodes unready nothing is done; default 0.45");
  v.optional("unreadyOk", a.unready_ok, integer(0, kMost),
             "unless they are no more than this; default 3");
  v.optional("localStorageBlocks", a.local_storage_blocks, yes_or_no(),
             "whether pods with disk emptyDir or hostPath keep their node; default true");
}

}  // namespace

Shape<NodeAutoscaler> node_autoscaler() {
  const auto known = presets();
  return short_or_long<NodeAutoscaler>(
      known, object<NodeAutoscaler>("nodeAutoscaler", [known](auto& v, NodeAutoscaler& a) {
        bool packs = false;
        v.optional("preset", a, known,
                   "published timings to start from: kapsule (default), gke, cluster-autoscaler, "
                   "karpenter or none");
        v.optional("profile", packs,
                   choice<bool>({{"balanced", false}, {"optimize-utilization", true}}),
                   "of gke: balanced (default) or optimize-utilization");
        if (v.has("profile") && a.preset != "gke") v.fault("profile", "is of the preset gke");
        if (packs) {
          optimize_utilisation(a);
          v.guess("profile", "unneeded and delayAfterAdd 1min, thresholds 0.75, packing");
        }
        v.optional("scan", a.scan, duration_of(std::chrono::milliseconds(1)),
                   "between two passes; default 10s");
        v.optional("deletion", a.deletion, duration(),
                   "until the machine is gone, billed; default 60s, a guess");
        describe_scale_up(v, a);
        describe_scale_down(v, a);
        v.optional("karpenter", a.karpenter, karpenter(), "of the preset karpenter");
        if (v.has("karpenter") && a.kind != NodeAutoscaler::Kind::karpenter)
          v.fault("karpenter", "is of the preset karpenter");
        if (v.ok() && a.expanders.empty()) v.fault("expander", "expected at least one");
        if (v.ok() && a.backoff_max < a.backoff_initial)
          v.fault("backoffMax", "must not be below backoff");
      }));
}

}  // namespace thaw::scenario
