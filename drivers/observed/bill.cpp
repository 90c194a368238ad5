#include "drivers/observed/bill.hpp"

#include <algorithm>
#include <numeric>

#include "engine/scenario/placement.hpp"

namespace thaw::observed {
namespace {

// The largest part that the pod asks of any resource of the node.
double share_of(const world::PodState& pod, const Node& node) {
  std::map<std::string, double> asked;
  for (const world::ContainerRequest& one : pod.requests)
    asked[one.resource] += static_cast<double>(one.milli);
  double share = 0;
  for (const auto& [resource, milli] : asked)
    if (const auto has = node.allocatable_milli.find(resource);
        has != node.allocatable_milli.end() && has->second > 0)
      share = std::max(share, milli / static_cast<double>(has->second));
  return std::min(share, 1.0);
}

bool can_host(const Pool& pool, const Scenario& scenario) {
  return std::ranges::any_of(scenario.functions, [&](const FunctionSpec& function) {
    const Workload& workload = scenario.manifests.workloads[function.workload];
    const auto gpus = room_on_node(workload, pool);
    return tolerates(workload.tolerations, pool.taints) &&
           selects(workload.node_selector, pool, "") &&
           workload.requests.cpu.count <= pool.machine.cpu.count &&
           workload.requests.memory.count <= pool.machine.memory.count && (!gpus || *gpus > 0);
  });
}

}  // namespace

Bill::Bill(const View& view, const Nodes& nodes, const Pods& pods)
    : view_(view), nodes_(nodes), pods_(pods), settled_(view.scenario().start) {
  for (const Pool& pool : view.scenario().cluster.pools) {
    fixed_.push_back(!can_host(pool, view.scenario()));
    pools_.emplace_back().by_function.resize(view.scenario().functions.size() + 1, Parts{});
  }
}

void Bill::settle() {
  const TimePoint now = view_.now();
  const auto time = static_cast<double>((now - settled_).count());
  settled_ = now;
  if (time <= 0) return;
  for (const auto& [name, node] : nodes_.all()) {
    pools_[node.pool].node_ns += time;
    share_out(name, node, time);
  }
}

void Bill::share_out(const std::string& name, const Node& node, double time) {
  std::vector<Parts>& books = pools_[node.pool].by_function;
  Parts& nobody = books.back();
  if (fixed_[node.pool]) {
    nobody[fixed] += time;
    return;
  }
  if (node.stage == Node::Stage::draining || node.stage < Node::Stage::usable) {
    nobody[node.stage == Node::Stage::draining ? draining : cold_start] += time;
    return;
  }
  std::vector<std::pair<const Pod*, double>> on;
  double reserved = 0;
  for (const auto& [uid, pod] : pods_.all()) {
    if (pod.state.node != name) continue;
    on.emplace_back(&pod, share_of(pod.state, node));
    reserved += on.back().second;
  }
  if (on.size() == 1) on.front().second = reserved = 1;
  const double scale = reserved > 1 ? 1 / reserved : 1;
  for (const auto& [pod, share] : on) {
    Parts& parts = books[pod->function];
    const double held = time * share * scale;
    if (pod->state.deleting) {
      parts[stranded] += held;
    } else if (!pod->ready()) {
      parts[cold_start] += held;
    } else {
      const Gauges& gauges = view_.gauges;
      const auto calls = static_cast<double>(gauges.at(Gauge::in_flight, pod->function).value());
      const auto ready = static_cast<double>(gauges.at(Gauge::ready, pod->function).value());
      const double busy = ready > 0 ? std::min(1.0, calls / ready) : 0;
      parts[useful] += held * busy;
      parts[idle_warm] += held * (1 - busy);
    }
  }
  nobody[stranded] += time * std::max(0.0, 1 - reserved);
}

double Bill::money(std::size_t pool, double node_ns) const {
  const auto per_hour =
      static_cast<double>(view_.scenario().cluster.pools[pool].machine.price.per_hour);
  return node_ns / 3600e9 * per_hour / 1e9;
}

double Bill::total() const {
  double total = 0;
  for (std::size_t p = 0; p < pools_.size(); ++p) total += money(p, pools_[p].node_ns);
  return total;
}

void Bill::tell(Summary& summary) const {
  const Scenario& scenario = view_.scenario();
  if (scenario.cluster.pools.empty()) return;
  Summary::Cost& cost = summary.cost;
  cost.currency = scenario.cluster.pools.front().machine.price.currency;
  cost.total = total();
  std::vector<Parts> by_function(scenario.functions.size() + 1, Parts{});
  for (std::size_t p = 0; p < pools_.size(); ++p) {
    Summary::Pool& pool = summary.pools[scenario.cluster.pools[p].name];
    pool.nodes_mean = view_.gauges.at(Gauge::nodes, p).mean(view_.now());
    pool.nodes_peak = view_.gauges.at(Gauge::nodes, p).max();
    pool.node_hours = pools_[p].node_ns / 3600e9;
    pool.cost = money(p, pools_[p].node_ns);
    for (std::size_t f = 0; f < by_function.size(); ++f)
      for (std::size_t part = 0; part < kParts; ++part)
        by_function[f][part] += money(p, pools_[p].by_function[f][part]);
  }
  for (std::size_t f = 0; f < by_function.size(); ++f) {
    const Parts& of = by_function[f];
    cost.useful += of[useful];
    cost.idle_warm += of[idle_warm];
    cost.cold_start += of[cold_start];
    cost.stranded += of[stranded];
    cost.draining += of[draining];
    cost.fixed += of[fixed];
    const double all = std::accumulate(of.begin(), of.end(), 0.0);
    if (f == scenario.functions.size()) {
      cost.unattributed = all;
    } else {
      summary.functions[scenario.functions[f].name].cost = {all, of[useful], of[idle_warm],
                                                            of[cold_start], of[stranded]};
    }
  }
}

}  // namespace thaw::observed
