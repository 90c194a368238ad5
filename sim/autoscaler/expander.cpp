#include "sim/autoscaler/expander.hpp"

#include <algorithm>
#include <utility>

#include "sim/autoscaler/planned.hpp"

namespace thaw::sim {
namespace {

double part(std::int64_t of, std::int64_t whole) {
  return whole > 0 ? static_cast<double>(of) / static_cast<double>(whole) : 0.0;
}

// The parts of CPU and memory of one node: larger pods come first.
double size_of(const Workload& pod, const Resources& node) {
  return part(pod.requests.cpu.count, node.cpu.count) +
         part(pod.requests.memory.count, node.memory.count);
}

// The parts of CPU and memory that nobody would use.
double waste_of(const ScaleUp& option, const Pool& pool) {
  const Resources node = capacity_of(pool);
  Resources asked;
  for (const Workload* pod : option.pods) reserve(asked, pod->requests);
  const auto count = static_cast<std::int64_t>(option.nodes);
  return 2.0 - part(asked.cpu.count, node.cpu.count * count) -
         part(asked.memory.count, node.memory.count * count);
}

// The smaller, the better.
double score(Expander expander, const ScaleUp& option, const Pool& pool) {
  const auto nodes = static_cast<double>(option.nodes);
  const auto pods = static_cast<double>(option.pods.size());
  switch (expander) {
    case Expander::most_pods:
      return -pods;
    case Expander::least_waste:
      return waste_of(option, pool);
    case Expander::least_nodes:
      return nodes;
    case Expander::price:
      return static_cast<double>(pool.machine.price.per_hour) * nodes / pods;
    case Expander::priority:
      return -static_cast<double>(pool.priority);
    case Expander::random:
      break;
  }
  return 0;
}

}  // namespace

ScaleUp estimate(const std::vector<Pool>& pools, std::size_t pool,
                 const std::vector<const Workload*>& pods, std::size_t nodes_max) {
  ScaleUp made{pool, 0, {}};
  const Resources capacity = template_of(pools[pool]);
  std::vector<const Workload*> sorted;
  for (const Workload* pod : pods)
    if (can_host(pools[pool], *pod) && fits(pod->requests, capacity, {})) sorted.push_back(pod);
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Workload* a, const Workload* b) {
    return size_of(*a, capacity) > size_of(*b, capacity);
  });
  std::vector<PlannedNode> nodes;
  for (const Workload* pod : sorted) {
    PlannedNode* home = first_fit(nodes, *pod);
    if (!home && nodes.size() < nodes_max) home = &nodes.emplace_back(planned(pools[pool]));
    if (!home) continue;
    place(*home, *pod);
    made.pods.push_back(pod);
  }
  made.nodes = nodes.size();
  return made;
}

ScaleUp best_of(std::vector<ScaleUp> options, const std::vector<Expander>& expanders,
                const std::vector<Pool>& pools, Random& random) {
  for (const Expander expander : expanders) {
    if (expander == Expander::random) break;  // the rest is drawn anyway
    std::vector<double> scores;
    for (const ScaleUp& option : options)
      scores.push_back(score(expander, option, pools[option.pool]));
    const double best = *std::min_element(scores.begin(), scores.end());
    std::vector<ScaleUp> kept;
    for (std::size_t i = 0; i < options.size(); ++i)
      if (scores[i] <= best) kept.push_back(std::move(options[i]));
    options = std::move(kept);
  }
  const std::size_t taken = options.size() > 1 ? random.below(options.size()) : 0;
  return std::move(options[taken]);
}

}  // namespace thaw::sim
