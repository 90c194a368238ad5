// Workers that go once they have been idle for some time: the k-th is in use while k are, and stays
// for `idle` after that.
//
// Kubernetes picks which replica goes, so that they are alike: what counts is how many were in use
// at most within the idle time. Units: replicas. Errors: none.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "engine/policy.hpp"

namespace thaw {

class Workers {
 public:
  void resize(std::int32_t most) { used_.resize(static_cast<std::size_t>(most), TimePoint{}); }
  void use(std::int32_t workers, TimePoint now) {
    const auto used = std::min(static_cast<std::size_t>(std::max(workers, 0)), used_.size());
    std::fill_n(used_.begin(), used, now);
  }
  // Those in use within `idle`; the later ones were used the longest ago.
  std::int32_t kept(Duration idle, TimePoint now) const {
    const auto gone = std::find_if(used_.begin(), used_.end(),
                                   [&](TimePoint last) { return now - last >= idle; });
    return static_cast<std::int32_t>(gone - used_.begin());
  }

  void save(StateWriter& out) const {
    for (std::size_t i = 0; i < used_.size() && used_[i] != TimePoint{}; ++i)
      out.field("used" + std::to_string(i + 1), used_[i].ns());
  }
  void restore(const StateReader& in) {
    for (std::size_t i = 0; i < used_.size(); ++i)
      used_[i] = TimePoint{Duration(in.field("used" + std::to_string(i + 1)).value_or(0))};
  }

 private:
  std::vector<TimePoint> used_;
};

}  // namespace thaw
