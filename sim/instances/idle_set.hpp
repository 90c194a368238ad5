// The idle instances of one function, in two orders at once: by how long they have been idle (a
// linked list through the instances, so the next to expire is its head) and as its dispatch wants
// them.
//
//   recently_idle, longest_idle   the ends of that list
//   newest, oldest                by creation: a sorted array, as idle sets are small
//   random                        an array to pick from
//   least_in_flight               every idle instance has none in flight: the oldest
#pragma once

#include <cstdint>
#include <vector>

#include "engine/random.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw::sim {

inline constexpr std::uint32_t kNoInstance = 0xFFFF'FFFF;

struct Instance {
  std::int64_t created = 0;              // ns
  std::int64_t since = 0;                // idle: from when; busy: the arrival of its request
  std::int64_t started = 0;              // busy: when its service began
  std::int64_t starting = 0;             // busy: so much of it is its own start
  double clock = 0;                      // idle: of evictions, when it became so
  std::uint32_t function = kNoInstance;  // nobody's: free to be used again
  std::uint32_t order = 0;               // of creation, within its function
  std::uint32_t older = kNoInstance, newer = kNoInstance;  // in the list of idle ones
  std::uint32_t place = 0;                                 // in the array of random dispatch
  std::uint32_t source = kNoInstance;                      // busy: the stream its request came from
};

class IdleSet {
 public:
  IdleSet() = default;
  explicit IdleSet(Dispatch dispatch) : dispatch_(dispatch) {}

  bool empty() const { return head_ == kNoInstance; }
  std::uint32_t longest_idle() const { return head_; }  // the next to expire
  void add(std::vector<Instance>& all,
           std::uint32_t id);  // idle since now: later than everyone in the set
  std::uint32_t take(std::vector<Instance>& all, Random& choice);
  void remove(std::vector<Instance>& all, std::uint32_t id);

 private:
  bool by_creation() const {
    return dispatch_ == Dispatch::newest || dispatch_ == Dispatch::oldest ||
           dispatch_ == Dispatch::least_in_flight;
  }
  static std::uint64_t key(const Instance& instance, std::uint32_t id) {
    return static_cast<std::uint64_t>(instance.order) << 32 | id;
  }
  void unlink(std::vector<Instance>& all, std::uint32_t id);

  Dispatch dispatch_ = Dispatch::newest;
  std::uint32_t head_ = kNoInstance, tail_ = kNoInstance;
  std::vector<std::uint64_t> sorted_;    // by_creation: order and id
  std::vector<std::uint32_t> unsorted_;  // random
};

}  // namespace thaw::sim
