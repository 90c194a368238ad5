// The Traffic of one function, counted as its calls come and go.
//
// Every call: arrived(), perhaps waited() and granted() in turn, and ended() once. Instants only
// grow.
#pragma once

#include <cstdint>
#include <optional>

#include "drivers/gateway/instant.hpp"
#include "drivers/gateway/traffic.hpp"

namespace thaw::gateway {

enum class Outcome : unsigned char {
  completed,  // an answer of a replica went through whole
  timed_out,  // its function's time was over
  rejected,   // the queue was full, or the gateway drains, or the request is not to be sent
  failed,     // its replica
  unfinished  // its caller went away, or was too slow
};

class Tally {
 public:
  void arrived(Instant now);
  void cold() { ++traffic_.cold; }
  void queued(Instant now);    // begins to wait for a place
  void unqueued(Instant now);  // has one, or gave up
  void started(Instant now);   // in service from here on
  void stopped(Instant now);   // no longer
  void ended(Instant now, Outcome outcome);
  void waited(Duration length) { add(traffic_.wait, length); }  // of a call that got its place
  // Of an answer that went through: its status, and how long it took from the arrival.
  void completed(int status, Duration latency);

  // As of `now`, which the world calls `world_now`. The function's name is not filled in.
  Traffic traffic(Instant now, TimePoint world_now) const;

 private:
  static void add(Histogram& histogram, Duration length);
  void advance(Instant now);

  Traffic traffic_;
  Instant since_{};  // concurrency_ns is up to date until here
  std::optional<Instant> last_;
};

}  // namespace thaw::gateway
