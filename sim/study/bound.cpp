#include "sim/study/bound.hpp"

#include <algorithm>

namespace thaw::sim {
namespace {

// A replica that has a node to itself: no node has room for two.
bool one_card_a_node(const Scenario& scenario) {
  return std::all_of(scenario.cluster.pools.begin(), scenario.cluster.pools.end(),
                     [](const Pool& pool) {
                       return pool.machine.gpus * pool.gpu_sharing.per_card <= 1 &&
                              pool.gpu_sharing.profile.empty() && pool.gpu_sharing.profiles.empty();
                     });
}

}  // namespace

Bound::Bound(const Scenario& scenario, const std::vector<Governor>& governors)
    : functions_(scenario.functions.size()) {
  std::size_t priced = 0;
  bool on_nodes = false, asks_for_cards = true;
  for (const Governor& governor : governors) {
    Priced& function = functions_[governor.spec.function];
    const FunctionSpec& spec = scenario.functions[governor.spec.function];
    function.levels = governor.spec.levels;
    if (function.levels.empty()) continue;
    ++priced;
    if (spec.standalone) continue;
    function.slots = std::max(1, spec.service.slots);
    on_nodes = true;
    asks_for_cards &= !scenario.manifests.workloads[spec.workload].requests.extended.empty();
  }
  node_each_ = !on_nodes || (priced == 1 && asks_for_cards && one_card_a_node(scenario));
}

void Bound::add(FunctionId function, TimePoint arrival, Duration service) {
  functions_[function].requests.push_back({arrival, service});
}

std::optional<Optimum> Bound::total(Priced& function, Duration wait, TimePoint end) const {
  if (function.levels.size() < 2) return std::nullopt;
  const std::size_t from = node_each_ || function.levels.size() == 2 ? 0 : 1;
  std::stable_sort(
      function.requests.begin(), function.requests.end(),
      [](const FutureRequest& a, const FutureRequest& b) { return a.arrival < b.arrival; });
  OptimumQuestion question;
  question.requests = function.requests;
  question.keep_per_s = function.levels.back().keep_per_s;
  question.start_cost = function.levels[from].start_cost;
  question.slots = function.slots;
  question.wait_allowed = wait;
  question.end = end;
  question.nodes_shared = !node_each_;
  for (std::size_t level = from + 1; level + 1 < function.levels.size(); ++level)
    question.halfway.push_back(
        {function.levels[level].keep_per_s, function.levels[level].start_cost});
  return optimum(question);
}

std::optional<Optimum> Bound::total(const std::vector<Duration>& waits, TimePoint end) {
  Optimum sum;
  sum.nodes_shared = !node_each_;
  for (std::size_t f = 0; f < functions_.size(); ++f) {
    if (functions_[f].requests.empty()) continue;
    const auto one = total(functions_[f], f < waits.size() ? waits[f] : Duration{0}, end);
    if (!one) return std::nullopt;
    sum.wait_allowed = std::max(sum.wait_allowed, one->wait_allowed);
    sum.total += one->total;
    sum.serving += one->serving;
    sum.keeping += one->keeping;
    sum.starting += one->starting;
    sum.starts += one->starts;
    sum.layers += one->layers;
  }
  if (sum.total <= 0) return std::nullopt;
  return sum;
}

}  // namespace thaw::sim
