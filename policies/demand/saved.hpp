// Real numbers in a policy's saved state, to the last bit.
#pragma once

#include <bit>
#include <cmath>
#include <string>

#include "engine/state.hpp"
#include "policies/demand/decaying_sum.hpp"

namespace thaw {

inline void save_real(StateWriter& out, const std::string& name, double value) {
  out.field(name, std::bit_cast<std::int64_t>(value));
}

inline double saved_real(const StateReader& in, const std::string& name, double fallback = 0) {
  const auto bits = in.field(name);
  const double value = bits ? std::bit_cast<double>(*bits) : fallback;
  return std::isfinite(value) ? value : fallback;
}

inline void save_sum(StateWriter& out, const std::string& name, const DecayingSum& sum) {
  save_real(out, name, sum.sum());
  out.field(name + ".at", sum.at().ns());
}

inline void restore_sum(const StateReader& in, const std::string& name, DecayingSum& sum) {
  sum.put(saved_real(in, name), TimePoint{Duration(in.field(name + ".at").value_or(0))});
}

}  // namespace thaw
