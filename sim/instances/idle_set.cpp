#include "sim/instances/idle_set.hpp"

#include <algorithm>

namespace thaw::sim {

void IdleSet::add(std::vector<Instance>& all, std::uint32_t id) {
  Instance& instance = all[id];
  instance.older = tail_;
  instance.newer = kNoInstance;
  (tail_ == kNoInstance ? head_ : all[tail_].newer) = id;
  tail_ = id;
  if (by_creation()) {
    const std::uint64_t entry = key(instance, id);
    sorted_.insert(std::upper_bound(sorted_.begin(), sorted_.end(), entry), entry);
  } else if (dispatch_ == Dispatch::random) {
    instance.place = static_cast<std::uint32_t>(unsorted_.size());
    unsorted_.push_back(id);
  }
}

void IdleSet::unlink(std::vector<Instance>& all, std::uint32_t id) {
  const Instance& instance = all[id];
  (instance.older == kNoInstance ? head_ : all[instance.older].newer) = instance.newer;
  (instance.newer == kNoInstance ? tail_ : all[instance.newer].older) = instance.older;
}

std::uint32_t IdleSet::take(std::vector<Instance>& all, Random& choice) {
  std::uint32_t id = kNoInstance;
  switch (dispatch_) {
    case Dispatch::recently_idle:
      id = tail_;
      break;
    case Dispatch::longest_idle:
      id = head_;
      break;
    case Dispatch::random:
      id = unsorted_[choice.below(unsorted_.size())];
      break;
    case Dispatch::newest: {
      id = static_cast<std::uint32_t>(sorted_.back());
      sorted_.pop_back();
      unlink(all, id);
      return id;
    }
    default:
      id = static_cast<std::uint32_t>(sorted_.front());
      break;
  }
  remove(all, id);
  return id;
}

void IdleSet::remove(std::vector<Instance>& all, std::uint32_t id) {
  if (by_creation()) {
    sorted_.erase(std::lower_bound(sorted_.begin(), sorted_.end(), key(all[id], id)));
  } else if (dispatch_ == Dispatch::random) {
    const std::uint32_t last = unsorted_.back();
    unsorted_[all[id].place] = last;
    all[last].place = all[id].place;
    unsorted_.pop_back();
  }
  unlink(all, id);
}

}  // namespace thaw::sim
