// The section `cluster`: node autoscaler, links and node pools.
#include <optional>
#include <string>
#include <utility>

#include "engine/scenario/files.hpp"
#include "engine/scenario/gke_node_pool.hpp"
#include "engine/scenario/gpu_sharing.hpp"
#include "engine/scenario/presets.hpp"
#include "engine/scenario/sections.hpp"
#include "engine/scenario/values.hpp"

namespace thaw::scenario {
namespace {

constexpr int kMostActivators = 1000;
constexpr int kMostInstances = 100'000'000;
constexpr int kMostNodes = 100'000;
constexpr double kSumTolerance =
    1e-9;  // decimals in binary: 0.35 + 0.15 + 0.5 may miss 1 by a few ulp

Shape<Links> links() {
  return object<Links>("links", [](auto& v, Links& l) {
    v.optional("registry", l.registry, bandwidth(),
               "of the image registry, shared by the cluster; default 1GB/s");
    v.optional("internet", l.internet, bandwidth(),
               "to the internet, shared by the cluster; default 500MB/s");
    v.optional("volume", l.volume, bandwidth(), "of the shared volume; default 400MB/s");
    v.optional("node", l.node, bandwidth(), "of each node's network card; default 1GB/s");
    v.optional("pull", l.pull, bandwidth(),
               "at which one node downloads and unpacks images; default 60MB/s, a guess");
    v.optional("hostMemory", l.host_memory, bandwidth(),
               "at which a node reads again a model of a shared volume that its memory holds; "
               "default none: it reads the volume");
  });
}

struct MachineForm {
  std::optional<std::string> preset;
  std::optional<Millicores> cpu;
  std::optional<Bytes> memory;
  std::optional<int> gpus;
  std::optional<std::string> gpu_model;
  std::optional<Bytes> gpu_memory;
  std::optional<Price> price;
  std::optional<Duration> billing, billing_minimum;
};

std::optional<Machine> to_machine(const MachineForm& form, const Cursor& at) {
  Machine machine;
  if (form.preset) {
    for (const auto& [name, known] : machine_presets()) {
      if (name == *form.preset) machine = known;
    }
  } else if (!form.cpu || !form.memory || !form.price) {
    at.error("expected a preset, or cpu, memory and price");
    return {};
  }
  if (form.cpu) machine.cpu = *form.cpu;
  if (form.memory) machine.memory = *form.memory;
  if (form.gpus) machine.gpus = *form.gpus;
  if (form.gpu_model) machine.gpu_model = *form.gpu_model;
  if (form.gpu_memory) machine.gpu_memory = *form.gpu_memory;
  if (form.price) machine.price = *form.price;
  if (form.billing) machine.billing_unit = *form.billing;
  if (form.billing_minimum) machine.billing_minimum = *form.billing_minimum;
  return machine;
}

Shape<Machine> machine() {
  std::vector<std::pair<std::string, std::string>> names;
  for (const auto& [name, known] : machine_presets()) names.emplace_back(name, name);
  auto form = object<MachineForm>("machine", [preset = choice(names)](auto& v, MachineForm& m) {
    v.optional("preset", m.preset, preset, "a known machine; the other keys override it");
    v.optional("cpu", m.cpu, cpu(), "CPUs");
    v.optional("memory", m.memory, size(), "main memory");
    v.optional("gpus", m.gpus, integer(0, 64), "whole GPUs; default 0");
    v.optional("gpuModel", m.gpu_model, text(), "what kind of GPU");
    v.optional("gpuMemory", m.gpu_memory, size(), "of one GPU");
    v.optional("price", m.price, price(), "of one hour");
    v.optional("billing", m.billing, duration(),
               "the bill is rounded up to a multiple of it; default 0s, to the nanosecond");
    v.optional("billingMinimum", m.billing_minimum, duration(),
               "the bill of a node is for so long at least; default 0s");
  });
  return then<MachineForm, Machine>(form, to_machine);
}

struct Split {
  double instance = 0, boot = 0, gpu = 0;
};

struct ProvisioningForm {
  std::optional<Duration> median, p95, constant;
  std::optional<Split> split;
};

Shape<ProvisioningForm> provisioning() {
  auto split = object<Split>("provisioningSplit", [](auto& v, Split& s) {
    v.required("instance", s.instance, ratio(), "until the machine is there");
    v.required("boot", s.boot, ratio(), "from then until the Node is Ready");
    v.optional("gpu", s.gpu, ratio(), "from then until its GPUs are allocatable; default 0");
    const double off = s.instance + s.boot + s.gpu - 1;
    if (v.ok() && (off > kSumTolerance || off < -kSumTolerance))
      v.fault("", "the parts must add up to 1");
  });
  return object<ProvisioningForm>("provisioning", [split](auto& v, ProvisioningForm& p) {
    v.exactly_one({"median", "constant"});
    v.together("median", "p95");
    v.optional("median", p.median, duration_of(std::chrono::nanoseconds(1)),
               "from node requested to usable, half are faster");
    v.optional("p95", p.p95, duration(), "95 % are faster");
    v.optional("constant", p.constant, duration(), "always the same");
    v.optional("split", p.split, split, "fractions of the total, sum 1");
    if (v.ok() && p.p95 && *p.p95 < *p.median) v.fault("p95", "must not be below the median");
  });
}

// What is known of Kapsule: ten minutes for a GPU node, in all (observed); the 95th percentile and
// the split are guesses, and so is everything about nodes without GPUs.
template <class Visitor>
Provisioning to_provisioning(const std::optional<ProvisioningForm>& form, const Pool& pool,
                             Visitor& v) {
  const bool gpu = pool.machine.gpus > 0;
  const bool matters = pool.nodes_max > pool.nodes_min;
  Provisioning result;
  if (!form) {
    const auto median = std::chrono::minutes(gpu ? 10 : 2),
               p95 = std::chrono::minutes(gpu ? 12 : 4);
    result.total = Distribution::lognormal_median_p95(median, p95);
    if (matters)
      v.guess("provisioning",
              "lognormal, median " + to_text(Duration(median)) + ", p95 " + to_text(Duration(p95)));
  } else if (form->constant) {
    result.total = Distribution::constant(*form->constant);
  } else {
    result.total = Distribution::lognormal_median_p95(*form->median, *form->p95);
  }
  if (form && form->split) {
    result.instance_ratio = form->split->instance;
    result.boot_ratio = form->split->boot;
    result.gpu_ratio = form->split->gpu;
    return result;
  }
  if (!gpu) {
    result.instance_ratio = 0.6;
    result.boot_ratio = 0.4;
    result.gpu_ratio = 0;
  }
  if (matters) v.guess("provisioning.split", gpu ? "0.35, 0.15, 0.5" : "0.6, 0.4, 0");
  return result;
}

struct NodeRange {
  int min = 0, max = 0;
};

Shape<NodeRange> node_range() {
  return object<NodeRange>("nodeRange", [](auto& v, NodeRange& r) {
    v.required("min", r.min, integer(0, kMostNodes), "nodes that are always there");
    v.required("max", r.max, integer(0, kMostNodes), "nodes at most");
    if (v.ok() && r.max < r.min) v.fault("max", "must not be below min");
  });
}

// Where all that makes a pool is known: how its cards are offered, how long a node takes.
template <class Visitor>
void finish_pool(Pool& p, const std::optional<ProvisioningForm>& form, Visitor& v) {
  if (const auto wrong = settle_gpu_sharing(p)) v.fault("gpuSharing", *wrong);
  p.provisioning = to_provisioning(form, p, v);
  if (p.machine.gpus == 0 && p.provisioning.gpu_ratio > 0)
    v.fault("provisioning", "a machine without GPUs spends no part of its provisioning on them");
}

Shape<Spot> spot() {
  return object<Spot>("spot", [](auto& v, Spot& s) {
    std::optional<double> reclaims;
    v.optional("rate", reclaims, rate(),
               "at which the cloud takes one node back, such as 0.05/h; default only by faults");
    v.optional("notice", s.notice, duration(), "how long before it says so; default 30s");
    if (reclaims) s.mean = Distribution::rounded(1e9 / *reclaims);
  });
}

// What only the node autoscaler asks about a pool.
template <class Visitor>
void describe_for_autoscaler(Visitor& v, Pool& p) {
  v.optional("gpuLabel", p.gpu_label, yes_or_no(),
             "whether its nodes carry the provider's label for GPUs; default true");
  v.optional("scaleDownDisabled", p.scale_down_disabled, yes_or_no(),
             "whether its nodes are annotated so; default false");
  v.optional("priority", p.priority, integer(0, kMostNodes),
             "for the expander priority; default 0");
  v.optional("spot", p.spot, spot(), "its machines may be taken back; default not");
}

Shape<Pool> written_pool() {
  return object<Pool>("pool", [](auto& v, Pool& p) {
    NodeRange nodes;
    std::optional<ProvisioningForm> form;
    v.required("name", p.name, dns_label(), "of the pool");
    v.required("machine", p.machine, machine(), "what each node of it is");
    v.required("nodes", nodes, node_range(), "how many");
    v.optional("taints", p.taints, list_of(taint()), "key=value:Effect or key:Effect");
    v.optional("labels", p.labels, text_map(text()), "of every node");
    v.optional("gpuSharing", p.gpu_sharing, gpu_sharing(),
               "how its GPUs are offered; default each as a whole");
    v.optional("provisioning", form, provisioning(), "how long a new node takes");
    describe_for_autoscaler(v, p);
    if (!v.ok()) return;
    p.nodes_min = nodes.min;
    p.nodes_max = nodes.max;
    finish_pool(p, form, v);
  });
}

// A file beside the scenario, with the command that makes the pool.
Shape<GkeNodePool> gcloud_command() {
  const Shape<std::string> words = text();
  auto read = [words](const Cursor& at) -> std::optional<GkeNodePool> {
    const auto name = words.read(at);
    if (!name) return {};
    return read_gke_node_pool(beside(at.reading().file, *name), at.node().place,
                              at.reading().problems);
  };
  return {std::move(read), words.schema};
}

Shape<Pool> gke_pool() {
  return object<Pool>("gkePool", [](auto& v, Pool& p) {
    std::optional<GkeNodePool> made;
    std::optional<Machine> written;
    std::optional<NodeRange> nodes;
    std::optional<ProvisioningForm> form;
    v.required("gcloud", made, gcloud_command(),
               "a shell file with gcloud container node-pools create, which makes the pool");
    v.optional("name", p.name, dns_label(), "of the pool here; default the command's");
    v.optional("machine", written, machine(), "what each node is, where thaw does not know it");
    v.optional("nodes", nodes, node_range(), "how many, instead of what the command says");
    v.optional("taints", p.taints, list_of(taint()), "beside the command's");
    v.optional("labels", p.labels, text_map(text()), "beside the command's");
    v.optional("gpuSharing", p.gpu_sharing, gpu_sharing(), "where the command says none");
    v.optional("provisioning", form, provisioning(), "how long a new node takes");
    if (!made || (v.has("machine") && !written)) return;
    v.check([&](Diagnostics& problems) { p.machine = machine_of(*made, written, problems); });
    if (!v.ok()) return;
    if (p.name.empty()) p.name = made->name;
    p.nodes_min = nodes ? nodes->min : made->nodes_min;
    p.nodes_max = nodes ? nodes->max : made->nodes_max;
    p.labels.merge(made->labels);
    p.taints.insert(p.taints.end(), made->taints.begin(), made->taints.end());
    if (!made->partition.empty() && p.gpu_sharing.mode != GpuSharing::Mode::whole)
      v.fault("gpuSharing", "the command cuts the cards already");
    if (!v.ok()) return;
    if (!made->partition.empty()) {
      p.gpu_sharing.mode = GpuSharing::Mode::mig;
      p.gpu_sharing.profile = made->partition;
    }
    finish_pool(p, form, v);
  });
}

Shape<Pool> pool() { return with_or_without("gcloud", gke_pool(), written_pool()); }

}  // namespace

Shape<ClusterSpec> cluster_section() {
  return object<ClusterSpec>("cluster", [](auto& v, ClusterSpec& c) {
    v.optional("nodeAutoscaler", c.node_autoscaler, node_autoscaler(),
               "what adds and removes nodes; default kapsule");
    v.optional("links", c.links, links(), "bandwidths");
    v.optional("pools", c.pools, list_of(pool()), "node pools; needed with manifests");
    v.optional("instances", c.instances_max, integer(1, kMostInstances),
               "of all standalone functions together");
    v.optional("activators", c.activators, integer(1, kMostActivators),
               "of Knative, in front of every revision; default 1");
    if (!v.ok()) return;
    taint_gpu_nodes(c.pools);
    for (const Pool& p : c.pools) {
      if (p.machine.price.currency != c.pools[0].machine.price.currency) {
        v.fault("pools", "expected one currency, found " + c.pools[0].machine.price.currency +
                             " and " + p.machine.price.currency);
        return;
      }
    }
  });
}

}  // namespace thaw::scenario
