// The numbers a run is watched by: each function's desired, replicas, ready, in_flight and queued,
// each pool's nodes. Every change is integrated over time (exactly, in integers), written to the
// series and noted as "something moved".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/checks/expression.hpp"
#include "engine/report/series.hpp"
#include "engine/time.hpp"

namespace thaw {

// Value-seconds, exactly.
struct Integral {
  std::int64_t seconds = 0, nanoseconds = 0;
  friend double operator-(const Integral& a, const Integral& b) {  // in value-seconds
    return static_cast<double>(a.seconds - b.seconds) +
           static_cast<double>(a.nanoseconds - b.nanoseconds) / 1e9;
  }
};

// A value that holds between changes.
class TimeWeighted {
 public:
  explicit TimeWeighted(TimePoint start) : since_(start), start_(start) {}
  void set(TimePoint now, std::int64_t value);
  std::int64_t value() const { return value_; }
  std::int64_t max() const { return max_; }
  std::int64_t min() const { return min_; }
  double mean(TimePoint now) const;  // from the start; the value itself when no time has passed
  Integral integral(TimePoint now) const;  // from the start

 private:
  TimePoint since_, start_;
  std::int64_t value_ = 0, max_ = 0, min_ = 0;
  bool touched_ = false;
  Integral integral_;
};

class Gauges {
 public:
  Gauges(TimePoint start, std::optional<Duration> sampling,
         const std::vector<std::string>& functions, const std::vector<std::string>& pools);

  void set(Gauge gauge, std::size_t index, std::int64_t value, TimePoint now);
  void add(Gauge gauge, std::size_t index, std::int64_t delta, TimePoint now) {
    set(gauge, index, at(gauge, index).value() + delta, now);
  }
  const TimeWeighted& at(Gauge gauge, std::size_t index) const;

  // Whether a watched gauge changed since the last call. Only watched ones wake conditions and
  // checks.
  void watch(Gauge gauge, std::size_t index);
  bool take_moved();
  bool moved() const { return moved_; }

  Series& series() { return series_; }

 private:
  struct Cell {
    TimeWeighted value;
    Series::Column column;
    bool watched = false;
  };
  Cell& cell(Gauge gauge, std::size_t index);

  std::size_t functions_;
  Series series_;
  std::vector<Cell> cells_;
  bool moved_ = false;
};

}  // namespace thaw
