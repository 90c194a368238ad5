// What the controller remembers of one autoscaler: recommendations, and the changes it made.
//
// Entries stay in the order of their slots. A new one takes the last slot whose entry has expired,
// one at most, and is appended where there is none; expired entries that nobody overwrote still
// count for whoever looks further back. Source: the controller's recommendations, scaleUpEvents and
// scaleDownEvents. Errors: none. Allocates only when it grows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/time.hpp"

namespace thaw::hpa {

struct Recommendation {
  TimePoint at;
  std::int32_t replicas = 0;  // what the metrics asked for, before any limit
};

struct ScaleEvent {
  TimePoint at;
  std::int32_t change = 0;  // replicas more, or fewer
};

template <class Entry>
class Slots {
 public:
  Slots() = default;
  explicit Slots(std::vector<Entry> entries) : entries_(std::move(entries)) {}

  std::span<const Entry> entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }
  void clear() { entries_.clear(); }

  // Entries taken before `expired` may be overwritten.
  void store(const Entry& entry, TimePoint expired) {
    for (std::size_t i = entries_.size(); i-- > 0;) {
      if (entries_[i].at < expired) {
        overwritten_ = entries_[i];
        slot_ = i;
        entries_[i] = entry;
        return;
      }
    }
    overwritten_.reset();
    slot_ = entries_.size();
    entries_.push_back(entry);
  }

  // The last store() happened at another instant.
  void restamp(TimePoint at) { entries_[slot_].at = at; }

  // Takes the last store() back.
  void undo() {
    if (overwritten_) {
      entries_[slot_] = *overwritten_;
    } else {
      entries_.pop_back();
    }
  }

 private:
  std::vector<Entry> entries_;
  std::optional<Entry> overwritten_;
  std::size_t slot_ = 0;
};

struct History {
  Slots<Recommendation> recommendations;
  Slots<ScaleEvent> ups, downs;
};

}  // namespace thaw::hpa
