// How busy each function is, second by second, as a gateway that sees every call would report it:
// for policies that live on reports, where the data path gives none of its own.
//
// A report closes at each full second of the clock: mean number in flight or waiting, calls that
// arrived and calls answered with success. Only functions that somebody listens to are measured.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/load_reports.hpp"
#include "engine/policy.hpp"
#include "engine/workload/load.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class LoadMeter final : public Handler {
 public:
  LoadMeter(World& world, const LoadGenerator& load) : world_(world), load_(load) {}

  void listen(std::size_t function);  // from now on
  // Moves the reports since the last call to the end of `into`.
  void take(std::size_t function, std::vector<Load>& into) {
    functions_[function].reports.take(into);
  }

  void fire(std::uint32_t what, std::uint64_t function) override;

 private:
  struct Count {
    Integral in_flight, queued;
    std::int64_t arrived = 0, completed = 0;
  };
  struct Function {
    bool listened = false;
    Count before;
    LoadReports reports;
  };
  Count count(std::size_t function) const;
  void plan(std::size_t function);

  World& world_;
  const LoadGenerator& load_;
  std::vector<Function> functions_;
};

}  // namespace thaw::sim
