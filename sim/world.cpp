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
    : scenario(s),
      seed(seed_value),
      events(s.start),
      gauges(s.start, s.sampling, names_of(s.functions), names_of(s.cluster.pools)) {}

void World::tell(EventKind kind, std::string name, std::string what, std::string words,
                 Fields fields) {
  timeline.push_back(
      {now(), kind, std::move(name), std::move(what), std::move(words), std::move(fields)});
}

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
