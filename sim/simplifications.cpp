#include "sim/simplifications.hpp"

#include <algorithm>

#include "engine/scenario/openfaas.hpp"
#include "engine/scenario/slimfaas_annotations.hpp"

namespace thaw::sim {
namespace {

using Notices = std::vector<std::string>;

template <class Items, class Holds>
bool any(const Items& items, const Holds& holds) {
  return std::any_of(items.begin(), items.end(), holds);
}

bool has_dapr(const Workload& workload) {
  const auto dapr = workload.annotations.find("dapr.io/enabled");
  return dapr != workload.annotations.end() && dapr->second.value == "true";
}

bool is_function(const Scenario& scenario, const Workload& workload) {
  return any(scenario.functions, [&](const FunctionSpec& function) {
    return &scenario.manifests.workloads[function.workload] == &workload;
  });
}

// A plain Service: neither SlimFaas's, nor OpenFaaS's, nor Knative's.
bool is_behind_a_service(const Scenario& scenario, const FunctionSpec& function) {
  const Workload& workload = scenario.manifests.workloads[function.workload];
  return !is_slimfaas_function(workload) && workload.kind != Workload::Kind::openfaas_function &&
         workload.kind != Workload::Kind::knative_service;
}

void of_serving(const Scenario& scenario, Notices& notices) {
  if (!scenario.manifests.ingresses.empty())
    notices.push_back(
        "answers arrive whole: a read timeout counts from the call to the end of its answer");
  const auto& workloads = scenario.manifests.workloads;
  if (any(workloads, has_dapr))
    notices.push_back(
        "Dapr's sidecars take no room on a node; their part of a call is a pipeline's hop");
  if (any(scenario.functions,
          [&](const FunctionSpec& f) { return is_behind_a_service(scenario, f); }))
    notices.push_back(
        "a Service: each call opens a connection of its own; clients that keep theirs would stay "
        "with the replicas that they know");
  if (any(workloads, [&](const Workload& w) { return w.kind == Workload::Kind::knative_service; }))
    notices.push_back("Knative: there are as many activators all the time, and they take no room");
  if (any(workloads, is_slimfaas_function))
    notices.push_back("SlimFaas: one of it decides and serves, whatever replicas it has");
  if (!scenario.pipelines.empty())
    notices.push_back(
        "a pipeline's stages are called one after another: none holds its place while a later one "
        "works");
  if (any(scenario.arrivals, [](const Arrivals& stream) {
        return stream.source == Arrivals::Source::closed && stream.think.mean() < 100e6;
      }))
    notices.push_back(
        "a client of a closed loop who is refused at once comes back after 100 ms, a guess");
  if (!scenario.rounds.empty())
    notices.push_back(
        "rounds: a call that failed is not made again, and who is left behind is not stopped");
}

void of_metrics(const Scenario& scenario, Notices& notices) {
  if (scenario.manifests.hpas.empty()) return;
  notices.push_back(
      "metrics: what is not of GPUs is the function's own, whatever object or labels are asked "
      "for; "
      "memory is not known");
}

void of_images_and_models(const Scenario& scenario, Notices& notices) {
  const auto& functions = scenario.functions;
  if (scenario.cluster.links.host_memory.count > 0)
    notices.push_back(
        "a node's memory keeps models of shared volumes as long as they fit the machine, whatever "
        "pods use of it and whether or not the volume stays mounted");
  if (any(functions, [](const FunctionSpec& function) { return !function.layers.empty(); }))
    notices.push_back("the layers that one pod brings to a node are there once all of them are");
  if (any(functions, [](const FunctionSpec& function) {
        return function.image.count > 0 || !function.layers.empty();
      }))
    notices.push_back(
        "images: unpacking is part of the pull's bandwidth, and a node never throws an image away");
  if (any(functions, [](const FunctionSpec& function) { return function.service.llm.has_value(); }))
    notices.push_back(
        "language models: the prefill is batched as well as decoding; every answer is streamed, at "
        "an even pace; weights are loaded before a pod is Ready, and the GPU memory of unloaded "
        "ones stays taken");
  if (any(functions, [](const FunctionSpec& function) {
        return function.service.llm && function.service.llm->kv_tokens > 0;
      }))
    notices.push_back(
        "the KV cache is counted in tokens, not in blocks; a prompt takes its room at once, "
        "nothing "
        "is shared between requests, and the one that started last gives way and is computed "
        "again");
  for (const FunctionSpec& function : functions)
    if (function.model && !function.service.llm)
      notices.push_back(function.name +
                        ": weights are loaded before the pod is Ready and stay loaded "
                        "(Ollama loads at the first request and unloads after 5 min)");
}

void of_nodes(const Scenario& scenario, Notices& notices) {
  const NodeAutoscaler& autoscaler = scenario.cluster.node_autoscaler;
  const auto& pools = scenario.cluster.pools;
  const bool grows =
      autoscaler.enabled && any(pools, [](const Pool& p) { return p.nodes_max > p.nodes_min; });
  if (grows && any(scenario.manifests.workloads,
                   [&](const Workload& w) { return !is_function(scenario, w); }))
    notices.push_back(
        "what runs on a node and is no function is placed at the start and keeps its node: it is "
        "neither drained nor moved");
  if (autoscaler.enabled && autoscaler.kind == NodeAutoscaler::Kind::karpenter)
    notices.push_back(
        "Karpenter: all pools that may grow are the machine types of one NodePool; the nodes of "
        "their minimum are not its own; no drift, no spot to spot");
  const auto& expanders = autoscaler.expanders;
  if (std::find(expanders.begin(), expanders.end(), Expander::price) != expanders.end())
    notices.push_back(
        "the expander price takes the cheapest for each pod served, without upstream's preference "
        "of machine sizes");
  if (any(pools, [](const Pool& p) { return p.spot.has_value(); }))
    notices.push_back(
        "spot machines: something handles the cloud's notice at once (the autoscaler, or a "
        "termination handler); the price is the machine's own");
  if (any(pools, [](const Pool& p) { return p.machine.price.per_hour > 0; }))
    notices.push_back(
        "the bill is of machines alone: traffic, disks, load balancers and the control plane cost "
        "nothing");
}

void of_faults(const Scenario& scenario, Notices& notices) {
  using Kind = Fault::Kind;
  const auto has = [&](Kind kind) {
    return any(scenario.faults, [&](const Fault& fault) { return fault.kind == kind; });
  };
  if (has(Kind::registry_outage))
    notices.push_back(
        "a registry that is out lets what is on its way come, and models from it as well");
  if (has(Kind::metrics_outage))
    notices.push_back(
        "an outage of metrics leaves what queue-proxies, activators and gateways count themselves");
  if (any(scenario.faults, [](const Fault& fault) { return fault.answer == Fault::Metrics::nan; }))
    notices.push_back(
        "of metrics that are NaN prometheus-adapter makes 0, as it does since 0.8; resource "
        "metrics "
        "stay numbers");
  if (has(Kind::api_throttling))
    notices.push_back(
        "throttling delays the replicas that are written; node autoscalers have none");
  if (has(Kind::clock_skew))
    notices.push_back(
        "a clock that is off jumps at once, and all that its controller counts goes by it, timers "
        "too; alerts are counted by the same clock");
}

}  // namespace

std::vector<std::string> simplifications_of(const Scenario& scenario) {
  Notices notices{
      "hops, API calls and controllers but SlimFaas and the node autoscaler take no time; "
      "system pods take no room on a node"};
  of_serving(scenario, notices);
  of_metrics(scenario, notices);
  of_images_and_models(scenario, notices);
  of_nodes(scenario, notices);
  of_faults(scenario, notices);
  return notices;
}

}  // namespace thaw::sim
