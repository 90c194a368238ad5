#include "engine/event_queue.hpp"

#include <algorithm>

#include "engine/invariant.hpp"

namespace thaw {

bool EventQueue::later(const Entry& a, const Entry& b) {
  if (a.at != b.at) return a.at > b.at;
  if (a.turn != b.turn) return a.turn > b.turn;
  return a.sequence > b.sequence;
}

EventId EventQueue::at(TimePoint t, Handler& handler, std::uint32_t what, std::uint64_t arg,
                       Turn turn) {
  THAW_CHECK(t >= now_, "an event lies in the past");
  std::uint32_t slot;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  Slot& s = slots_[slot];
  s.handler = &handler;
  s.what = what;
  s.arg = arg;
  s.live = true;
  heap_.push_back({t, turn, slot, sequence_++});
  std::push_heap(heap_.begin(), heap_.end(), later);
  return {slot, s.generation};
}

void EventQueue::cancel(EventId& id) {
  if (id.slot < slots_.size() && slots_[id.slot].generation == id.generation) {
    slots_[id.slot].live = false;
    drop_cancelled();
  }
  id = {};
}

EventQueue::Entry EventQueue::pop() {
  std::pop_heap(heap_.begin(), heap_.end(), later);
  const Entry top = heap_.back();
  heap_.pop_back();
  ++slots_[top.slot].generation;
  free_.push_back(top.slot);
  return top;
}

// Keeps the head of the heap alive, so that next() is the truth. Deeper ones go when they come up.
void EventQueue::drop_cancelled() {
  while (!heap_.empty() && !slots_[heap_.front().slot].live) pop();
}

void EventQueue::run_next() {
  const Entry top = pop();
  const Slot event = slots_[top.slot];
  slots_[top.slot].live = false;
  drop_cancelled();
  now_ = top.at;
  ++fired_;
  event.handler->fire(event.what, event.arg);
}

void EventQueue::advance_to(TimePoint t) {
  THAW_CHECK(t >= now_ && t <= next(), "the clock would skip an event");
  now_ = t;
}

}  // namespace thaw
