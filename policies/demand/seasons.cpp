#include "policies/demand/seasons.hpp"

#include <algorithm>

#include "policies/demand/saved.hpp"

namespace thaw {

void Seasons::configure(Duration period, Duration bucket, double weight) {
  const auto buckets = static_cast<std::size_t>(period / bucket);
  if (bucket != bucket_ || buckets != buckets_.size()) {
    buckets_.assign(buckets, Bucket{});
    watched_.reset();
    arrived_ = 0;
  }
  bucket_ = bucket;
  weight_ = weight;
}

void Seasons::begin(TimePoint now) {
  if (!watched_) watched_ = now;
  advance(now);
}

void Seasons::add(TimePoint at, double arrivals) {
  advance(at);
  arrived_ += arrivals;
}

void Seasons::advance(TimePoint now) {
  while (watched_ && next_bucket(*watched_) <= now) {
    const TimePoint end = next_bucket(*watched_);
    const Duration seen = end - *watched_;
    if (seen * 2 >= bucket_) {
      Bucket& bucket = buckets_[index(*watched_)];
      const double rate = arrived_ / seconds(seen);
      bucket.rate = bucket.seen ? bucket.rate + weight_ * (rate - bucket.rate) : rate;
      bucket.seen = true;
    }
    watched_ = end;
    arrived_ = 0;
  }
}

std::optional<double> Seasons::most(TimePoint from, TimePoint until) const {
  std::optional<double> found;
  const auto passed = (until.since_epoch / bucket_) - (from.since_epoch / bucket_);
  const auto last = std::min<std::int64_t>(passed, static_cast<std::int64_t>(buckets_.size()) - 1);
  for (std::int64_t i = 0; i <= last; ++i) {
    const Bucket& bucket = buckets_[index(from + i * bucket_)];
    if (bucket.seen) found = std::max(found.value_or(0), bucket.rate);
  }
  return found;
}

void Seasons::save(StateWriter& out) const {
  if (watched_) out.field("watched", watched_->ns());
  save_real(out, "arrived_in_bucket", arrived_);
  for (std::size_t i = 0; i < buckets_.size(); ++i)
    if (buckets_[i].seen) save_real(out, "bucket" + std::to_string(i), buckets_[i].rate);
}

void Seasons::restore(const StateReader& in) {
  if (const auto ns = in.field("watched")) watched_ = TimePoint{Duration(*ns)};
  arrived_ = saved_real(in, "arrived_in_bucket");
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    const std::string name = "bucket" + std::to_string(i);
    if (in.field(name)) buckets_[i] = {saved_real(in, name), true};
  }
}

}  // namespace thaw
