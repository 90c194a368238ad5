#include "engine/run/gauges.hpp"

#include <algorithm>

namespace thaw {
namespace {
constexpr std::size_t kPerFunction = 5;
constexpr Gauge kFunctionGauges[kPerFunction] = {Gauge::desired, Gauge::replicas, Gauge::ready,
                                                 Gauge::in_flight, Gauge::queued};

std::size_t offset_of(Gauge gauge) {
  return static_cast<std::size_t>(
      std::find(std::begin(kFunctionGauges), std::end(kFunctionGauges), gauge) -
      std::begin(kFunctionGauges));
}
}  // namespace

void TimeWeighted::set(TimePoint now, std::int64_t value) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::int64_t elapsed = (now - since_).count();
  // Seconds and the rest apart: a year of a million requests in flight still fits 64 bits.
  integral_.seconds += value_ * (elapsed / kSecond);
  integral_.nanoseconds += value_ * (elapsed % kSecond);
  integral_.seconds += integral_.nanoseconds / kSecond;
  integral_.nanoseconds %= kSecond;
  since_ = now;
  value_ = value;
  max_ = touched_ ? std::max(max_, value) : value;
  min_ = touched_ ? std::min(min_, value) : value;
  touched_ = true;
}

double TimeWeighted::mean(TimePoint now) const {
  const Duration total = now - start_;
  if (total <= Duration{0}) return static_cast<double>(value_);
  return (integral(now) - Integral{}) / seconds(total);
}

Integral TimeWeighted::integral(TimePoint now) const {
  TimeWeighted until_now = *this;
  until_now.set(now, value_);
  return until_now.integral_;
}

Gauges::Gauges(TimePoint start, std::optional<Duration> sampling,
               const std::vector<std::string>& functions, const std::vector<std::string>& pools)
    : functions_(functions.size()), series_(start, sampling) {
  for (const auto& name : functions)
    for (const Gauge gauge : kFunctionGauges)
      cells_.push_back(
          {TimeWeighted(start), series_.add("function", name, std::string(name_of(gauge)))});
  for (const auto& name : pools)
    cells_.push_back(
        {TimeWeighted(start), series_.add("pool", name, std::string(name_of(Gauge::nodes)))});
}

Gauges::Cell& Gauges::cell(Gauge gauge, std::size_t index) {
  const std::size_t place = gauge == Gauge::nodes ? functions_ * kPerFunction + index
                                                  : index * kPerFunction + offset_of(gauge);
  return cells_[place];
}

const TimeWeighted& Gauges::at(Gauge gauge, std::size_t index) const {
  return const_cast<Gauges*>(this)->cell(gauge, index).value;
}

void Gauges::set(Gauge gauge, std::size_t index, std::int64_t value, TimePoint now) {
  Cell& c = cell(gauge, index);
  const bool changes = c.value.value() != value;
  c.value.set(now, value);
  if (!changes) return;
  series_.set(c.column, now, value);
  moved_ |= c.watched;
}

void Gauges::watch(Gauge gauge, std::size_t index) { cell(gauge, index).watched = true; }

bool Gauges::take_moved() {
  const bool moved = moved_;
  moved_ = false;
  return moved;
}

}  // namespace thaw
