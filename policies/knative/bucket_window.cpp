#include "policies/knative/bucket_window.hpp"

#include <algorithm>
#include <cmath>

#include "engine/invariant.hpp"
#include "engine/math.hpp"

namespace thaw::knative {
namespace {

// All buckets of a weighted window together are to weigh this much, or each at least a fifth of
// what it and those after it weigh.
constexpr double kWeightInWindow = 0.9999, kLeastWeight = 0.2;

std::size_t buckets_in(Duration window, Duration bucket) {
  return static_cast<std::size_t>((window + bucket - 1ns) / bucket);
}

double newest_weight(std::size_t buckets) {
  const double each = math::pow(1 - kWeightInWindow, 1 / static_cast<double>(buckets));
  return std::max(1 - each, kLeastWeight);
}

double to_six_decimals(double value) { return std::round(value * 1e6) / 1e6; }

}  // namespace

BucketWindow::BucketWindow(Aggregation aggregation, Duration window, Duration bucket)
    : aggregation_(aggregation),
      window_(window),
      bucket_(bucket),
      values_(buckets_in(window, bucket)),
      newest_weight_(newest_weight(values_.size())) {
  THAW_CHECK(window > 0ns && bucket > 0ns, "a window has a length");
}

BucketWindow::Bucket BucketWindow::bucket_of(TimePoint t) const {
  const std::int64_t length = bucket_.count();
  return t.ns() / length - (t.ns() % length < 0 ? 1 : 0);
}

std::size_t BucketWindow::slot(Bucket bucket) const {
  const auto count = static_cast<Bucket>(values_.size());
  return static_cast<std::size_t>(((bucket % count) + count) % count);
}

bool BucketWindow::empty(TimePoint now) const {
  return !last_ || (bucket_of(now) - *last_) * bucket_ > window_;
}

void BucketWindow::record(TimePoint at, double value) {
  const Bucket bucket = bucket_of(at);
  if (bucket != last_) {
    if (last_ && spans_window(*last_ - bucket)) return;
    if (!first_ || *first_ > bucket) first_ = bucket;
    if (!last_ || bucket > *last_) advance_to(bucket);
  }
  values_[slot(bucket)] += value;
  total_ += value;
}

void BucketWindow::advance_to(Bucket bucket) {
  if (!last_ || spans_window(bucket - *last_)) {
    first_ = bucket;
    std::fill(values_.begin(), values_.end(), 0.0);
    total_ = 0;
  } else {
    for (Bucket passed = *last_ + 1; passed <= bucket; ++passed) {
      double& old = values_[slot(passed)];
      total_ -= old;
      old = 0;
    }
  }
  last_ = bucket;
}

double BucketWindow::average(TimePoint now) const {
  if (!last_) return 0;
  return aggregation_ == Aggregation::linear ? linear_average(bucket_of(now))
                                             : (empty(now) ? 0 : weighted_average(bucket_of(now)));
}

double BucketWindow::linear_average(Bucket now) const {
  const auto buckets = static_cast<Bucket>(values_.size());
  const Bucket missing = std::max<Bucket>(0, now - *last_);
  if (spans_window(missing)) return 0;
  double sum = total_;
  for (Bucket gone = *last_ + 1; gone <= now; ++gone) sum -= values_[slot(gone)];
  // After a resize that kept nothing, the first value counts as infinitely old.
  const Bucket written = first_ ? *last_ - *first_ + 1 : buckets;
  return to_six_decimals(sum / static_cast<double>(std::min(written, buckets - missing)));
}

double BucketWindow::weighted_average(Bucket now) const {
  const Bucket missing = std::max<Bucket>(0, now - *last_);
  const double kept = 1 - newest_weight_;
  double weight = newest_weight_ * math::pow(kept, static_cast<double>(missing));
  double sum = 0;
  for (Bucket age = 0; age < static_cast<Bucket>(values_.size()) - missing; ++age) {
    sum += values_[slot(*last_ - age)] * weight;
    weight *= kept;
  }
  return sum;
}

void BucketWindow::resize(Duration window, TimePoint now) {
  THAW_CHECK(window > 0ns, "a window has a length");
  if (window == window_) return;
  const auto before = static_cast<Bucket>(values_.size());
  std::vector<double> resized(buckets_in(window, bucket_));
  values_.swap(resized);  // from here on slot() speaks of the new ring
  total_ = 0;
  first_.reset();
  if (last_ && (bucket_of(now) - *last_) * bucket_ <= window_) {
    const Bucket kept = std::min(before, static_cast<Bucket>(values_.size()));
    for (Bucket bucket = *last_; bucket > *last_ - kept; --bucket) {
      const auto old_slot = static_cast<std::size_t>(((bucket % before) + before) % before);
      values_[slot(bucket)] = resized[old_slot];
      total_ += resized[old_slot];
    }
    first_ = *last_ - (before - 1);
  }
  window_ = window;
  newest_weight_ = newest_weight(values_.size());
}

}  // namespace thaw::knative
