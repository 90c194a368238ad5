#include "drivers/world/routes.hpp"

#include <algorithm>
#include <utility>

namespace thaw::world {

gateway::Routes routes_of(const Functions& functions, const Inventory& inventory,
                          const Endpoints& endpoints, std::vector<std::string> inside) {
  gateway::Routes routes;
  routes.inside = std::move(inside);
  const Endpoints::Look look = endpoints.look(inventory);
  for (std::size_t id = 0; id < functions.known.size(); ++id) {
    const auto& [name, key] = functions.known[id];
    const Served& served = functions.served[id];
    if (served.trusted)
      for (const auto& [pod_id, pod] : inventory.pods_of(key))
        routes.inside.insert(routes.inside.end(), pod.state.addresses.begin(),
                             pod.state.addresses.end());
    if (!served.answers) continue;
    gateway::Route route = served.route;
    route.ready = look.ready(key, name.second, served.endpoints);
    routes.functions.push_back(std::move(route));
  }
  std::ranges::sort(routes.functions, {}, &gateway::Route::name);
  std::ranges::sort(routes.inside);
  return routes;
}

}  // namespace thaw::world
