// series.csv: t_s,scope,name,field,value at a fixed interval.
//
// Values are pushed when they change; the table is filled up to each change on a grid. When the
// interval is not given it starts at 1 s and doubles whenever more than 4,000 grid points would be
// kept, so memory is bounded and the result holds 2,000 to 4,000 points of a long run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/time.hpp"

namespace thaw {

class Series {
 public:
  Series(TimePoint start, std::optional<Duration> interval);

  using Column = std::uint32_t;
  // scope: "function" or "pool". Columns are added before the first change.
  Column add(std::string scope, std::string name, std::string field);
  void set(Column, TimePoint, std::int64_t value);  // times never go back
  void finish(TimePoint end);

  Duration interval() const { return interval_; }
  std::string to_csv() const;  // header and rows, ordered by time, then column

 private:
  void fill_until(TimePoint t);
  void halve();

  struct Signal {
    std::string scope, name, field;
    std::int64_t current = 0;
    std::vector<std::int64_t> samples;
  };
  TimePoint start_;
  Duration interval_;
  bool adaptive_;
  std::size_t filled_ = 0;  // grid points done: instants 0 … filled_-1 times the interval
  std::vector<Signal> signals_;
};

}  // namespace thaw
