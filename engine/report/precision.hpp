// Whether the means of a report are known as well as was asked for.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "engine/statistics/estimate.hpp"

namespace thaw {

// The reported mean that is known least well: which, and its half width as a share of it.
struct WidestMean {
  std::string what;
  double share = 0;

  void look(const std::string& name, const Estimate& estimate);
};

// What to say where `precision`, a share, was not reached in so many replications.
std::optional<std::string> precision_notice(const WidestMean& widest, double precision,
                                            std::size_t replications);

}  // namespace thaw
