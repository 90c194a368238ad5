#include "sim/instances/remains.hpp"

#include <algorithm>

namespace thaw::sim {

void Remains::follow(Duration idle, std::span<const Rest> rests) {
  idle_ = idle.count();
  rests_.assign(rests.begin(), rests.end());
  for (const Rest& rest : rests_)
    if (uses_.size() <= rest.level) uses_.resize(rest.level + 1);
}

std::optional<std::size_t> Remains::count(std::int64_t since, std::int64_t now,
                                          std::int64_t warm_up, std::vector<Use>& uses) const {
  std::int64_t from = since + idle_;
  for (const Rest& rest : rests_) {
    const std::int64_t until = since + rest.until.count();
    uses[rest.level].kept_ns += InstanceTally::counted(from, std::min(until, now), warm_up);
    if (now < until) return rest.level;
    from = until;
  }
  return std::nullopt;
}

std::optional<std::size_t> Remains::take(std::int64_t now, std::int64_t warm_up) {
  settle(now, warm_up);
  if (left_.empty()) return std::nullopt;
  const auto level = count(left_.back(), now, warm_up, uses_);
  left_.pop_back();
  uses_[*level].starts += now >= warm_up;
  return level;
}

void Remains::settle(std::int64_t now, std::int64_t warm_up) {
  while (!left_.empty() && left_.front() + rests_.back().until.count() <= now) {
    count(left_.front(), now, warm_up, uses_);
    left_.pop_front();
  }
}

std::vector<Remains::Use> Remains::uses(std::int64_t now, std::int64_t warm_up) const {
  std::vector<Use> uses = uses_;
  for (std::size_t i = 0; i < left_.size(); ++i) count(left_[i], now, warm_up, uses);
  return uses;
}

}  // namespace thaw::sim
