#include "policies/knative/delay_window.hpp"

#include <algorithm>

#include "engine/invariant.hpp"

namespace thaw::knative {
namespace {

constexpr Duration kSlot = 2s;

std::int64_t slot_of(TimePoint t) {
  return t.since_epoch / kSlot - (t.since_epoch % kSlot < 0ns ? 1 : 0);
}

}  // namespace

DelayWindow::DelayWindow(Duration delay)
    : peaks_(static_cast<std::size_t>((delay + kSlot - 1ns) / kSlot)) {
  THAW_CHECK(!peaks_.empty(), "a delay has a length");
}

std::int32_t DelayWindow::record(TimePoint now, std::int32_t count) {
  std::int64_t slot = slot_of(now);
  if (size_ > 0)
    slot = std::max(slot, peak(size_ - 1).slot);  // a clock set back stays where it was
  const auto length = static_cast<std::int64_t>(peaks_.size());
  while (size_ > 0 && slot - peak(0).slot >= length) {
    first_ = (first_ + 1) % peaks_.size();
    --size_;
  }
  // What is not above the newest count can never be the highest again.
  while (size_ > 0 && peak(size_ - 1).count <= count) --size_;
  // A lower count within a slot that already has a higher one changes nothing.
  if (size_ == 0 || peak(size_ - 1).slot != slot) {
    peak(size_) = {slot, count};
    ++size_;
  }
  return peak(0).count;
}

}  // namespace thaw::knative
