#include "drivers/gateway/tally.hpp"

#include <algorithm>

namespace thaw::gateway {
namespace {

constexpr std::uint64_t Traffic::*kCounts[] = {&Traffic::completed, &Traffic::timed_out,
                                               &Traffic::rejected, &Traffic::failed,
                                               &Traffic::unfinished};  // in Outcome's order

}  // namespace

void Tally::add(Histogram& histogram, Duration length) {
  const double s = seconds(length);
  const auto bound = std::ranges::lower_bound(Histogram::bounds, s);
  ++histogram.counts[static_cast<std::size_t>(bound - Histogram::bounds.begin())];
  histogram.sum_s += s;
}

void Tally::advance(Instant now) {
  const std::int64_t on = std::int64_t{traffic_.in_flight} + traffic_.queued;
  if (on > 0) traffic_.concurrency_ns += on * Duration(now - since_).count();
  since_ = now;
}

void Tally::arrived(Instant now) { last_ = now; }

void Tally::queued(Instant now) {
  advance(now);
  ++traffic_.queued;
}

void Tally::unqueued(Instant now) {
  advance(now);
  --traffic_.queued;
}

void Tally::started(Instant now) {
  advance(now);
  ++traffic_.in_flight;
}

void Tally::stopped(Instant now) {
  advance(now);
  --traffic_.in_flight;
}

void Tally::ended(Instant now, Outcome outcome) {
  last_ = now;
  ++traffic_.total;
  ++(traffic_.*kCounts[static_cast<std::size_t>(outcome)]);
}

void Tally::completed(int status, Duration latency) {
  if (status < 400) ++traffic_.succeeded;
  add(traffic_.latency, latency);
}

Traffic Tally::traffic(Instant now, TimePoint world_now) const {
  Tally copy = *this;
  copy.advance(now);
  const bool on = traffic_.in_flight + traffic_.queued > 0;
  if (on) {
    copy.traffic_.last_activity = world_now;
  } else if (last_) {
    copy.traffic_.last_activity = world_now - Duration(now - *last_);
  }
  return copy.traffic_;
}

}  // namespace thaw::gateway
