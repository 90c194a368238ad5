#include "policies/demand/erlang.hpp"

#include <algorithm>
#include <limits>

#include "engine/math.hpp"

namespace thaw::erlang {
namespace {

constexpr double kForever = std::numeric_limits<double>::infinity();

// Erlang B of one server more.
double next_blocked(double blocked, double load, int servers) {
  return load * blocked / (servers + load * blocked);
}

Queue queue_of(int servers, double load, double blocked) {
  if (load >= servers) return {servers, load, 1};
  return {servers, load, blocked / (1 - load / servers * (1 - blocked))};
}

// Grows by one server at a time, for as long as `wants_more` says.
template <class WantsMore>
int grow(double load, int most, WantsMore wants_more) {
  double blocked = 1;
  for (int servers = 1; servers <= most; ++servers) {
    blocked = next_blocked(blocked, load, servers);
    if (!wants_more(queue_of(servers, load, blocked))) return servers;
  }
  return most;
}

}  // namespace

double Queue::waits_longer(double t) const {
  if (load >= servers) return 1;
  return waits * math::exp(-(servers - load) * t);
}

double Queue::mean_wait() const { return load < servers ? waits / (servers - load) : kForever; }

double Queue::wait_at(double miss) const {
  if (load >= servers) return kForever;
  return waits <= miss ? 0 : math::log(waits / miss) / (servers - load);
}

Queue queue(int servers, double load) {
  double blocked = 1;
  for (int s = 1; s <= servers; ++s) blocked = next_blocked(blocked, load, s);
  return queue_of(servers, load, blocked);
}

int least_servers(double load, double t, double miss, int least, int most) {
  if (load <= 0) return std::min(least, most);
  return std::max(std::min(least, most),
                  grow(load, most, [&](const Queue& with) { return with.waits_longer(t) > miss; }));
}

// The cost falls and then rises, for the mean wait is convex in the number of servers.
int cheapest_servers(double load, double weight, int least, int most) {
  if (load <= 0) return std::min(least, most);
  double before = kForever;
  const int passed = grow(load, most, [&](const Queue& with) {
    const double cost = with.servers + load * weight * with.mean_wait();
    const bool falls = cost < before || before == kForever;
    before = cost;
    return falls;
  });
  // The last one is past the least, unless there were no more to look at.
  const Queue last = queue(passed, load), fewer = queue(passed - 1, load);
  const auto cost = [&](const Queue& with) {
    return with.servers + load * weight * with.mean_wait();
  };
  const int best = passed > 1 && cost(fewer) <= cost(last) ? passed - 1 : passed;
  return std::max(std::min(least, most), best);
}

}  // namespace thaw::erlang
