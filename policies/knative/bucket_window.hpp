// A sliding window of a metric: values summed into buckets of equal length, and their average.
//
// Linear: the mean over the time since the first value, at most the window; buckets still missing
// at its end shrink the divisor rather than count as zero. Weighted exponential: newer buckets
// weigh more; nothing is divided, so a fresh window underestimates.
// Units: buckets lie on multiples of their length since the epoch. Memory is taken when the window
// is made or resized. Errors: none; the window is at least one bucket long.
// Source: Knative Serving, pkg/autoscaler/aggregation/bucketing.go, 1.23.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/time.hpp"

namespace thaw::knative {

enum class Aggregation : std::uint8_t { linear, weighted_exponential };

class BucketWindow {
 public:
  BucketWindow(Aggregation aggregation, Duration window, Duration bucket = 1s);

  void record(TimePoint at, double value);  // a value older than the window is dropped
  double average(TimePoint now) const;      // 0 when nothing lies in the window
  bool empty(TimePoint now) const;
  void resize(Duration window, TimePoint now);  // keeps the newest buckets, if they are recent

 private:
  using Bucket = std::int64_t;  // its number since the epoch

  Bucket bucket_of(TimePoint t) const;
  bool spans_window(Bucket count) const { return count * bucket_ >= window_; }
  std::size_t slot(Bucket bucket) const;
  void advance_to(Bucket bucket);
  double linear_average(Bucket now) const;
  double weighted_average(Bucket now) const;

  Aggregation aggregation_;
  Duration window_, bucket_;
  std::vector<double> values_;  // a ring
  double total_ = 0;
  double newest_weight_ = 0;  // of the weighted average
  std::optional<Bucket> first_, last_;
};

}  // namespace thaw::knative
