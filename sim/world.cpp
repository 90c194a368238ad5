#include "sim/world.hpp"

#include <algorithm>
#include <iterator>

namespace thaw::sim {
namespace {

template <class Items>
std::vector<std::string> names_of(const Items& items) {
  std::vector<std::string> names;
  std::transform(items.begin(), items.end(), std::back_inserter(names),
                 [](const auto& i) { return i.name; });
  return names;
}

}  // namespace

World::World(const Scenario& s, std::uint64_t seed_value)
    : Play(s, seed_value),
      gauges(s.start, s.sampling, names_of(s.functions), names_of(s.cluster.pools)) {}

const Fault* World::disturbance(Fault::Kind kind) const {
  const auto found = std::find_if(disturbances.begin(), disturbances.end(),
                                  [&](const Fault* fault) { return fault->kind == kind; });
  return found == disturbances.end() ? nullptr : *found;
}

// A registry that is only slow is not out.
bool World::registry_is_out() const {
  return std::any_of(disturbances.begin(), disturbances.end(), [](const Fault* fault) {
    return fault->kind == Fault::Kind::registry_outage && fault->times <= 1;
  });
}

}  // namespace thaw::sim
