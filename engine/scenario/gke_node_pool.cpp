#include "engine/scenario/gke_node_pool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

#include "engine/scenario/cursor.hpp"
#include "engine/scenario/gcloud_flags.hpp"
#include "engine/scenario/presets.hpp"
#include "engine/scenario/units.hpp"
#include "engine/scenario/values.hpp"

namespace thaw {
namespace {

using Words = std::vector<std::string>;

constexpr std::size_t kMostText = 1 << 20;
constexpr std::int64_t kDefaultNodes = 3;  // of each zone
constexpr std::int64_t kRegionsZones = 3;  // of a regional cluster, unless it is told others
constexpr std::string_view kPresets = "gke/";
constexpr const char* kGpuTaint = "nvidia.com/gpu";

struct Accelerator {
  std::string_view type, model;
  int gibibytes;
};
// GKE's names for cards, ours, and the memory in the cards' own names.
constexpr std::array<Accelerator, 10> kAccelerators{{{"nvidia-tesla-a100", "A100-40GB", 40},
                                                     {"nvidia-a100-80gb", "A100-80GB", 80},
                                                     {"nvidia-l4", "L4", 24},
                                                     {"nvidia-tesla-t4", "T4", 16},
                                                     {"nvidia-tesla-v100", "V100", 16},
                                                     {"nvidia-tesla-p100", "P100", 16},
                                                     {"nvidia-tesla-p4", "P4", 8},
                                                     {"nvidia-h100-80gb", "H100", 80},
                                                     {"nvidia-h100-mega-80gb", "H100", 80},
                                                     {"nvidia-h200-141gb", "H200", 141}}};

const Accelerator* accelerator_of(std::string_view type) {
  const auto found = std::ranges::find(kAccelerators, type, &Accelerator::type);
  return found == kAccelerators.end() ? nullptr : &*found;
}

bool is_one_of(const Words& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

// us-east1-b is a zone, us-east1 a region.
std::int64_t zones_of(GcloudFlags& flags) {
  if (flags.has("node-locations")) return std::ssize(split_text(flags.text("node-locations"), ','));
  const std::string location = flags.text("location");
  const bool region = std::ranges::count(location, '-') == 1;
  return flags.has("region") || region ? kRegionsZones : 1;
}

void read_size(GcloudFlags& flags, GkeNodePool& pool, Diagnostics& problems) {
  const std::int64_t zones = zones_of(flags);
  const std::int64_t at_first = flags.number("num-nodes", kDefaultNodes, 0) * zones;
  const bool scales = flags.has("enable-autoscaling");
  const bool in_all = flags.has("total-min-nodes") || flags.has("total-max-nodes");
  for (const char* const flag : {"min-nodes", "max-nodes"}) {
    if (in_all && flags.has(flag))
      flags.error(flag, "cannot stand beside --total-min-nodes and --total-max-nodes");
  }
  const std::int64_t min =
      in_all ? flags.number("total-min-nodes", 0, 0) : flags.number("min-nodes", 0, 0) * zones;
  const std::int64_t max =
      in_all ? flags.number("total-max-nodes", 0, 1) : flags.number("max-nodes", 0, 1) * zones;
  const bool limits = in_all || flags.has("min-nodes") || flags.has("max-nodes");
  pool.nodes_min = static_cast<int>(scales ? min : at_first);
  pool.nodes_max = static_cast<int>(scales ? max : at_first);
  if (!scales && limits)
    problems.notice(fmt::format(
        "pool {}: without --enable-autoscaling its limits mean nothing; it stays at {} node{}",
        pool.name, at_first, at_first == 1 ? "" : "s"));
  if (!scales) return;
  if (!flags.has("max-nodes") && !flags.has("total-max-nodes"))
    flags.error("enable-autoscaling", "needs --max-nodes or --total-max-nodes");
  else if (max < min)
    flags.error(in_all ? "total-max-nodes" : "max-nodes", "must not be below the least");
  else if (at_first > min)
    problems.notice(fmt::format("pool {}: its first {} nodes are not modelled; it begins with {}",
                                pool.name, at_first, min));
}

void read_accelerator(GcloudFlags& flags, GkeNodePool& pool, Diagnostics& problems) {
  const Words known{"type",
                    "count",
                    "gpu-driver-version",
                    "gpu-partition-size",
                    "gpu-sharing-strategy",
                    "max-shared-clients-per-gpu"};
  auto given = flags.pairs("accelerator");
  if (given.empty()) return;
  for (const auto& [key, value] : given) {
    if (!is_one_of(known, key))
      flags.error("accelerator", "unknown key " + key + scenario::suggestion(key, known));
  }
  const std::string type = given["type"], driver = given["gpu-driver-version"];
  const auto count = given["count"].empty() ? 1 : units::integer(given["count"]).value_or(0);
  if (type.empty()) flags.expected("accelerator", "type=CARD", flags.text("accelerator"));
  if (count < 1 || count > 16) flags.expected("accelerator", "count from 1 to 16", given["count"]);
  pool.gpus = static_cast<int>(count);
  pool.partition = given["gpu-partition-size"];
  const Accelerator* const card = accelerator_of(type);
  pool.gpu_model = card ? std::string(card->model) : type;
  if (card) pool.gpu_memory = Bytes{std::int64_t{card->gibibytes} << 30};
  pool.labels["cloud.google.com/gke-accelerator"] = type;
  pool.labels["cloud.google.com/gke-accelerator-count"] = std::to_string(count);
  if (driver == "default" || driver == "latest")
    pool.labels["cloud.google.com/gke-gpu-driver-version"] = driver;
  if (given.contains("gpu-sharing-strategy") || given.contains("max-shared-clients-per-gpu"))
    problems.notice(fmt::format(
        "pool {}: sharing of cards by {} is not modelled; each is offered once", pool.name,
        given["gpu-sharing-strategy"].empty() ? "time" : given["gpu-sharing-strategy"]));
}

void read_labels(GcloudFlags& flags, GkeNodePool& pool, Diagnostics& problems) {
  pool.labels.merge(flags.pairs("node-labels"));
  pool.labels[kGkePoolLabel] = pool.name;
  pool.labels["node.kubernetes.io/instance-type"] = pool.machine_type;
  std::string zone = flags.text("zone");
  if (const std::string where = flags.text("location"); std::ranges::count(where, '-') == 2)
    zone = where;
  if (!zone.empty() && !flags.has("node-locations")) {
    pool.labels["topology.kubernetes.io/zone"] = zone;
    pool.labels["topology.kubernetes.io/region"] = zone.substr(0, zone.rfind('-'));
  }
  for (const char* const kind : {"spot", "preemptible"}) {
    if (!flags.has(kind)) continue;
    pool.labels[fmt::format("cloud.google.com/gke-{}", kind)] = "true";
    problems.notice(fmt::format(
        "pool {}: --{}: that its nodes are taken away and cost less is not modelled; node_loss is "
        "a fault, and machine.price the price",
        pool.name, kind));
  }
  if (!flags.has("node-taints")) return;
  const std::string taints = flags.text("node-taints");
  for (const std::string_view text : split_text(taints, ',')) {
    if (auto taint = scenario::parse_taint(text))
      pool.taints.push_back(std::move(*taint));
    else
      flags.expected("node-taints", "a taint such as key=value:NoSchedule", text);
  }
}

GkeNodePool to_pool(GcloudFlags& flags, Diagnostics& problems) {
  GkeNodePool pool;
  pool.place = flags.place();
  pool.name = flags.name();
  pool.machine_type = flags.text("machine-type", "e2-medium");  // gcloud's default
  pool.machine_place = flags.place_of("machine-type");
  pool.accelerator_place = flags.place_of("accelerator");
  read_size(flags, pool, problems);
  read_accelerator(flags, pool, problems);
  read_labels(flags, pool, problems);
  flags.tell_unknown(pool.name);
  return pool;
}

}  // namespace

std::optional<std::size_t> node_pool_arguments(const ShellCommand& command) {
  const auto& words = command.words;
  std::size_t at = command.is("$") ? 1 : 0;
  const auto next = [&](std::string_view word) {
    const bool same = at < words.size() && words[at].text == word;
    at += same;
    return same;
  };
  if (!next("gcloud")) return std::nullopt;
  if (!next("alpha")) next("beta");
  if (!next("container") || !next("node-pools") || !next("create")) return std::nullopt;
  return at;
}

std::string gke_gpu_model(std::string_view type) {
  const Accelerator* const card = accelerator_of(type);
  return card ? std::string(card->model) : "";
}

std::optional<GkeNodePool> read_gke_node_pool(const std::string& file, const Place& blame,
                                              Diagnostics& problems) {
  std::ifstream stream(file, std::ios::binary);
  std::string text(kMostText + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.empty() || text.size() > kMostText) {
    problems.error(blame, "", "cannot read " + file + ": missing, empty or above 1 MiB");
    return std::nullopt;
  }
  const std::size_t before = problems.error_count();
  std::vector<std::pair<ShellCommand, std::size_t>> found;
  for (ShellCommand& command : read_shell(text, file, 1, problems).commands) {
    if (const auto from = node_pool_arguments(command))
      found.emplace_back(std::move(command), *from);
  }
  if (problems.error_count() != before) return std::nullopt;
  if (found.empty()) {
    problems.error({file, 0, 0}, "",
                   "expected a command gcloud container node-pools create, found none");
    return std::nullopt;
  }
  if (found.size() > 1)
    problems.error(found[1].first.words.front().place, "",
                   "expected one pool, found another: each has its own file");
  GcloudFlags flags(found[0].first, found[0].second, problems);
  return to_pool(flags, problems);
}

Machine machine_of(const GkeNodePool& pool, const std::optional<Machine>& written,
                   Diagnostics& problems) {
  Words known;
  std::optional<Machine> found = written;
  for (const auto& [name, machine] : scenario::machine_presets()) {
    if (!name.starts_with(kPresets)) continue;
    known.push_back(name.substr(kPresets.size()));
    if (!found && known.back() == pool.machine_type) found = machine;
  }
  if (!found) {
    problems.error(pool.machine_place, "--machine-type",
                   fmt::format("thaw knows {}, found {}: say what it is by `machine` beside gcloud",
                               scenario::alternatives(known), pool.machine_type));
    return {};
  }
  Machine machine = *found;
  if (pool.gpus == 0) return machine;
  if (machine.gpus == 0) {
    machine.gpus = pool.gpus;
    machine.gpu_model = pool.gpu_model;
  }
  if (machine.gpu_model.empty()) machine.gpu_model = pool.gpu_model;
  if (machine.gpu_memory == Bytes{}) machine.gpu_memory = pool.gpu_memory;
  if (machine.gpus != pool.gpus || machine.gpu_model != pool.gpu_model)
    problems.error(pool.accelerator_place, "--accelerator",
                   fmt::format("asks for {} {}, and the machine has {} {}", pool.gpus,
                               pool.gpu_model, machine.gpus, machine.gpu_model));
  return machine;
}

void taint_gpu_nodes(std::vector<Pool>& pools) {
  const bool others =
      std::ranges::any_of(pools, [](const Pool& pool) { return pool.machine.gpus == 0; });
  for (Pool& pool : pools) {
    if (!others || pool.machine.gpus == 0 || !pool.labels.contains(kGkePoolLabel)) continue;
    if (std::ranges::find(pool.taints, kGpuTaint, &Taint::key) == pool.taints.end())
      pool.taints.push_back({kGpuTaint, "present", TaintEffect::no_schedule});
  }
}

void tolerate_own_resources(Manifests& manifests, const std::vector<Pool>& pools) {
  const bool gke = std::ranges::any_of(
      pools, [](const Pool& pool) { return pool.labels.contains(kGkePoolLabel); });
  if (!gke) return;
  for (Workload& workload : manifests.workloads) {
    for (const auto& [resource, number] : workload.requests.extended)
      workload.tolerations.push_back({resource, true, "", TaintEffect::no_schedule});
  }
}

}  // namespace thaw
