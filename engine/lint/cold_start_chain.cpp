#include "engine/lint/cold_start_chain.hpp"

#include <algorithm>

#include "engine/random.hpp"
#include "engine/scenario/vgpu_request.hpp"

namespace thaw::lint {
namespace {

constexpr std::uint64_t kSeed = 1;

Duration transfer(Bytes size, BytesPerSecond rate) {
  return Distribution::rounded(static_cast<double>(size.count) / static_cast<double>(rate.count) *
                               1e9);
}

// Guesses in use are told by load_scenario in one notice, each as "KEY (value)".
std::string source(const Scenario& scenario, const std::string& key) {
  const bool guess = std::ranges::any_of(scenario.notices, [&](const std::string& notice) {
    return notice.starts_with("guesses in use") && notice.find(key + " (") != std::string::npos;
  });
  return key + (guess ? ", a guess" : "");
}

class Chain {
 public:
  Chain(const Scenario& scenario, const FunctionSpec& function)
      : scenario_(scenario),
        function_(function),
        workload_(scenario.manifests.workloads[function.workload]),
        own_("functions." + function.name + ".") {}

  std::optional<ColdStart> build() {
    const Pool* const pool = quickest_pool();
    if (!pool) return std::nullopt;
    const Links& links = scenario_.cluster.links;
    chain_.with_node = pool->nodes_min == 0;
    if (chain_.with_node) {
      const NodeAutoscaler& autoscaler = scenario_.cluster.node_autoscaler;
      add("scan", "cluster.nodeAutoscaler", Distribution::uniform(0s, autoscaler.scan));
      add("node", source(scenario_, "cluster.pools." + pool->name + ".provisioning"),
          pool->provisioning.total);
      add("image", own_ + "image at cluster.links.pull",
          Distribution::constant(
              transfer(function_.image, std::min({links.pull, links.node, links.registry}))));
    }
    add("container", source(scenario_, own_ + "containerStart"), function_.container_start);
    add("delay", own_ + "fixedDelay", function_.fixed_delay);
    add_model(links);
    add("load", source(scenario_, own_ + "modelLoad"), function_.model_load);
    chain_.whole.sort();
    return std::move(chain_);
  }

 private:
  // With what the function needs, of those the one that is there soonest.
  const Pool* quickest_pool() const {
    const Pool* best = nullptr;
    const bool adds_nodes = scenario_.cluster.node_autoscaler.enabled;
    for (const Pool& pool : scenario_.cluster.pools) {
      const bool lacks_gpu =
          workload_.requests.extended.contains(kGpuCards) && pool.machine.gpus == 0;
      if (lacks_gpu || pool.nodes_max == 0 || (pool.nodes_min == 0 && !adds_nodes)) continue;
      const bool there = pool.nodes_min > 0, best_there = best && best->nodes_min > 0;
      if (!best || (there && !best_there) ||
          (there == best_there && pool.provisioning.total.mean() < best->provisioning.total.mean()))
        best = &pool;
    }
    return best;
  }

  void add_model(const Links& links) {
    if (!function_.model) return;
    const bool kept = workload_.storage != Storage::pod;
    BytesPerSecond rate = links.internet;
    std::string link = "internet";
    if (kept || function_.model->from == Model::From::volume) {
      rate = links.volume;
      link = "volume";
    } else if (function_.model->from == Model::From::registry) {
      rate = links.registry;
      link = "registry";
    }
    add("model", own_ + "model at cluster.links." + link,
        Distribution::constant(transfer(function_.model->size, std::min(rate, links.node))));
  }

  void add(const std::string& name, const std::string& from, const Distribution& duration) {
    constexpr double kWorthALine = 50e6;  // ns: below, it would be printed as 0
    if (duration.mean() < kWorthALine) return;
    const std::string purpose = "lint/" + name + "/" + function_.name;
    chain_.whole.add(duration, purpose);
    Sample alone;
    alone.add(duration, purpose);
    alone.sort();
    chain_.stages.push_back({name, from, alone.quantile(0.5), alone.quantile(0.95)});
  }

  const Scenario& scenario_;
  const FunctionSpec& function_;
  const Workload& workload_;
  const std::string own_;
  ColdStart chain_;
};

Duration rounded_to(Duration duration, Duration step) {
  return (duration + step / 2) / step * step;
}

}  // namespace

void Sample::add(const Distribution& duration, const std::string& purpose) {
  Random random(kSeed, purpose);
  for (Duration& draw : draws_) draw += duration.draw(random);
}

void Sample::sort() { std::ranges::sort(draws_); }

Duration Sample::quantile(double p) const {
  return draws_[static_cast<std::size_t>(p * static_cast<double>(kDraws))];
}

double Sample::ratio_above(Duration limit) const {
  const auto above = draws_.end() - std::ranges::upper_bound(draws_, limit);
  return static_cast<double>(above) / static_cast<double>(kDraws);
}

std::optional<ColdStart> cold_start_of(const Scenario& scenario, const FunctionSpec& function) {
  return Chain(scenario, function).build();
}

std::string to_text(const ColdStart& chain) {
  std::string text =
      rough(chain.whole.quantile(0.5)) + " (p50), " + rough(chain.whole.quantile(0.95)) + " (p95)";
  const char* separator = ": ";
  for (const ColdStart::Stage& stage : chain.stages) {
    text += separator + stage.name + " " + rough(stage.median) + " (" + stage.source + ")";
    separator = ", ";
  }
  return text;
}

std::string rough(Duration duration) {
  return thaw::to_text(rounded_to(duration, duration < 1min ? Duration(100ms) : Duration(1s)));
}

std::string per_cent(double ratio) {
  if (ratio > 0 && ratio < 0.01) return "under 1 %";
  if (ratio > 0.99 && ratio < 1) return "over 99 %";
  return std::to_string(static_cast<int>(ratio * 100 + 0.5)) + " %";
}

}  // namespace thaw::lint
