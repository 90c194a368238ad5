// What the cloud has to give: faults of a scenario that keep machines back or slow them down, while
// they last.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/event_queue.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

enum class Supply : std::uint8_t {
  coming,
  error,    // the order fails: out of stock, or beyond the quota
  silence,  // nothing is said and nothing comes
};

class Cloud final : public Handler {
 public:
  explicit Cloud(World& world) : world_(world) {}

  static bool is_about_it(const Fault& fault);
  void begin(std::size_t fault);  // index into the scenario's

  // Of one more machine for the pool, which has so many, as has the whole cluster.
  Supply supply(std::size_t pool, std::int64_t of_pool, std::int64_t of_cluster) const;

  struct Stages {
    Duration instance{}, boot{}, gpu{};
  };
  void slow_down(std::size_t pool, Stages& stages) const;

  void fire(std::uint32_t what, std::uint64_t fault) override;  // it ends

 private:
  bool concerns(const Fault& fault, std::size_t pool) const;

  World& world_;
  std::vector<const Fault*> active_;  // in the order in which they began
};

}  // namespace thaw::sim
