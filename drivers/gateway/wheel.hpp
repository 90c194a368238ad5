// Many deadlines, looked at together: no timer of its own for any.
//
// To set one costs a store where it only moves away, as most do. A deadline passes at most
// kTick + a turn's pause late. Not thread-safe. Source: Varghese and Lauck's hashed wheel, lazily
// moved.
#pragma once

#include <array>
#include <cstdint>

#include "drivers/gateway/instant.hpp"
#include "drivers/gateway/ring.hpp"

namespace thaw::gateway {

constexpr Instant kNever = Instant::max();

class Wheel;

// Something with a deadline. Destroyed, it has none.
class Timed : private Linked<Wheel> {
 public:
  virtual ~Timed() = default;
  Instant until() const { return until_; }

 protected:
  virtual void expired(Instant now) = 0;  // the deadline is kNever again

 private:
  friend class Wheel;
  friend class Ring<Timed, Wheel>;

  Instant until_ = kNever;
  std::int64_t slot_ = 0;  // where it hangs, if it does
};

class Wheel {
 public:
  explicit Wheel(Instant now);
  // kNever: no deadline.
  void set(Timed& timed, Instant until);
  // Tells all whose deadline is over.
  void turn(Instant now);

 private:
  static constexpr std::int64_t kTick = 1 << 24;  // ns: 17 ms
  static constexpr std::int64_t kSlots = 1024;    // 17 s; what is later is looked at on the way

  static std::int64_t slot_of(Instant at) { return at.time_since_epoch().count() / kTick; }
  void hang(Timed& timed);

  std::array<Ring<Timed, Wheel>, kSlots> slots_;
  std::int64_t turned_;  // all slots before it are done
};

}  // namespace thaw::gateway
