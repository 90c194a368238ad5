#include "drivers/gateway/wheel.hpp"

#include <algorithm>

namespace thaw::gateway {

Wheel::Wheel(Instant now) : turned_(slot_of(now)) {}

void Wheel::hang(Timed& timed) {
  timed.slot_ = std::clamp(slot_of(timed.until_), turned_, turned_ + kSlots - 2);
  slots_[static_cast<std::size_t>(timed.slot_ % kSlots)].push_back(timed);
}

void Wheel::set(Timed& timed, Instant until) {
  timed.until_ = until;
  if (until == kNever) return;  // its slot finds nothing to do
  if (timed.linked() && timed.slot_ <= slot_of(until)) return;
  hang(timed);
}

void Wheel::turn(Instant now) {
  const std::int64_t to = slot_of(now);
  while (turned_ < to) {
    Ring<Timed, Wheel>& slot = slots_[static_cast<std::size_t>(turned_ % kSlots)];
    ++turned_;  // what is hung from here on goes to another slot, so that this one runs empty
    while (!slot.empty()) {
      Timed& timed = slot.front();
      timed.unlink();
      if (timed.until_ == kNever) continue;
      if (timed.until_ > now) {
        hang(timed);
      } else {
        timed.until_ = kNever;
        timed.expired(now);
      }
    }
  }
}

}  // namespace thaw::gateway
