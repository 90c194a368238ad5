// Arrivals by time of day (or of the week): a rate for each bucket of the period, an exponentially
// weighted mean over the periods seen.
//
// Buckets are those of UTC; one that was watched for less than half of its time does not count.
// Units: arrivals a second. Errors: none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/policy.hpp"

namespace thaw {

class Seasons {
 public:
  // `weight` of the latest period, above 0 and at most 1. Forgets where period or bucket change.
  void configure(Duration period, Duration bucket, double weight);
  void begin(TimePoint now);
  void add(TimePoint at, double arrivals);
  // Whatever bucket ends until then is done.
  void advance(TimePoint now);

  // The highest rate of the buckets between two instants; empty: none of them was seen.
  std::optional<double> most(TimePoint from, TimePoint until) const;
  TimePoint next_bucket(TimePoint t) const { return t - t.since_epoch % bucket_ + bucket_; }

  void save(StateWriter& out) const;
  void restore(const StateReader& in);

 private:
  struct Bucket {
    double rate = 0;
    bool seen = false;
  };
  std::size_t index(TimePoint t) const {
    return static_cast<std::size_t>(t.since_epoch / bucket_) % buckets_.size();
  }

  Duration bucket_{std::chrono::minutes(15)};
  double weight_ = 0.5;
  std::vector<Bucket> buckets_;
  std::optional<TimePoint> watched_;  // the current bucket, since then
  double arrived_ = 0;                // in it
};

}  // namespace thaw
