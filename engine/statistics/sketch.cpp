#include "engine/statistics/sketch.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/invariant.hpp"

namespace thaw {
namespace {

constexpr std::uint32_t kExact = 128;    // values below it are their own bucket
constexpr std::uint32_t kBitsBelow = 6;  // bits of a value that are told apart under its highest
constexpr std::uint32_t kPerHighestBit = 1 << kBitsBelow;

Duration duration(std::uint64_t ns) { return Duration{static_cast<std::int64_t>(ns)}; }

}  // namespace

std::uint32_t Sketch::bucket(std::uint64_t value) {
  if (value < kExact) return static_cast<std::uint32_t>(value);
  const auto dropped = static_cast<std::uint32_t>(std::bit_width(value)) - 1 - kBitsBelow;
  const auto kept = static_cast<std::uint32_t>(value >> dropped);  // 64 … 127
  return kExact + (dropped - 1) * kPerHighestBit + (kept - kPerHighestBit);
}

std::uint64_t Sketch::lower_edge(std::uint32_t bucket) {
  if (bucket < kExact) return bucket;
  const std::uint32_t dropped = (bucket - kExact) / kPerHighestBit + 1;
  const std::uint64_t kept = kPerHighestBit + (bucket - kExact) % kPerHighestBit;
  return kept << dropped;
}

std::uint64_t Sketch::middle(std::uint32_t bucket) {
  if (bucket < kExact) return bucket;
  return lower_edge(bucket) + (std::uint64_t{1} << ((bucket - kExact) / kPerHighestBit));
}

void Sketch::add(Duration value, std::uint64_t times) {
  if (times == 0) return;
  const auto ns = static_cast<std::uint64_t>(std::max(value, Duration::zero()).count());
  buckets_[bucket(ns)] += times;
  count_ += times;
  max_ = std::max(max_, ns);
  sum_ += Wide{ns} * times;
}

void Sketch::merge(const Sketch& other) {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

double Sketch::mean() const {
  return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
}

Duration Sketch::max() const { return duration(max_); }

Duration Sketch::quantile(double p) const {
  THAW_CHECK(p >= 0 && p <= 1, "a quantile is asked for by a share of all values");
  if (count_ == 0) return Duration::zero();
  // p·n may come out a hair above the whole number that a decimal p such as 0.07 stands for.
  const double exact_rank = p * static_cast<double>(count_) * (1 - 0x1p-51);
  const auto rank = std::max(std::uint64_t{1}, static_cast<std::uint64_t>(std::ceil(exact_rank)));
  std::uint64_t seen = 0;
  for (std::uint32_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= rank) return duration(std::min(middle(i), max_));
  }
  return max();
}

std::vector<Sketch::Bin> Sketch::bins() const {
  constexpr std::uint32_t kTogether = 8;
  std::vector<Bin> bins;
  for (std::uint32_t first = 0; first < buckets_.size(); first += kTogether) {
    std::uint64_t count = 0;
    for (std::uint32_t i = first; i < first + kTogether; ++i) count += buckets_[i];
    if (count > 0)
      bins.push_back({duration(lower_edge(first)), duration(lower_edge(first + kTogether)), count});
  }
  return bins;
}

}  // namespace thaw
