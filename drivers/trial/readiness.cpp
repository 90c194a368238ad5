#include "drivers/trial/readiness.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "drivers/applied/application.hpp"
#include "drivers/observed/nodes.hpp"
#include "drivers/world/role.hpp"

namespace thaw::trial {
namespace {

constexpr Duration kWithin = std::chrono::minutes(2), kBetween = std::chrono::milliseconds(200);

// Empty: all are there.
std::string missing(const Scenario& scenario, const std::vector<kubernetes::Json>& nodes) {
  std::map<std::string, int> ready;
  const observed::ReadyNode is_ready(scenario);
  for (const kubernetes::Json& node : nodes)
    if (is_ready(node)) ++ready[observed::pool_of(node)];
  std::string text;
  for (const Pool& pool : scenario.cluster.pools) {
    if (ready[pool.name] >= pool.nodes_min) continue;
    text += (text.empty() ? "" : ", ") + pool.name + ": " + std::to_string(ready[pool.name]) +
            " of " + std::to_string(pool.nodes_min);
  }
  return text;
}

}  // namespace

Awaitable<void> until_nodes(kubernetes::Reader& reader, const Scenario& scenario,
                            std::function<bool()> stopped) {
  const auto last = std::chrono::steady_clock::now() + kWithin;
  while (true) {
    kubernetes::Collection all{"/api/v1/nodes"};
    const std::vector<kubernetes::Json> nodes = co_await reader.list_all(all);
    const std::string lacks = missing(scenario, nodes);
    if (lacks.empty()) co_return;
    if (stopped()) throw applied::Interrupted("interrupted");
    if (std::chrono::steady_clock::now() > last)
      throw std::runtime_error(
          "the scenario begins with nodes that are not there, Ready and with their GPUs (" + lacks +
          "); a node's pool is its label thaw.dev/pool, or the provider's own");
    co_await world::pause(reader.transport().executor(), kBetween);
  }
}

}  // namespace thaw::trial
