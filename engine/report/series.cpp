#include "engine/report/series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/invariant.hpp"
#include "engine/report/notation.hpp"

namespace thaw {
namespace {

constexpr std::size_t kMostPoints = 4'000;

// A field as RFC 4180 quotes it: only when it must.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

Series::Series(TimePoint start, std::optional<Duration> interval)
    : start_(start), interval_(interval.value_or(1s)), adaptive_(!interval) {
  THAW_CHECK(interval_ > Duration::zero(), "the sampling interval is above 0");
}

Series::Column Series::add(std::string scope, std::string name, std::string field) {
  THAW_CHECK(filled_ == 0, "columns are added before the first change");
  signals_.push_back({std::move(scope), std::move(name), std::move(field), 0, {}});
  return static_cast<Column>(signals_.size() - 1);
}

void Series::set(Column column, TimePoint t, std::int64_t value) {
  fill_until(t);
  signals_[column].current = value;
}

void Series::finish(TimePoint end) { fill_until(end + Duration{1}); }

// Writes the grid points before t: a point shows what holds once all changes of its instant are
// done.
void Series::fill_until(TimePoint t) {
  const std::int64_t elapsed = (t - start_).count();
  while (static_cast<std::int64_t>(filled_) * interval_.count() < elapsed) {
    if (adaptive_ && filled_ == kMostPoints) {
      halve();
      continue;
    }
    const auto due = static_cast<std::size_t>((elapsed - 1) / interval_.count()) + 1;
    const std::size_t until = adaptive_ ? std::min(due, kMostPoints) : due;
    for (Signal& signal : signals_)
      signal.samples.insert(signal.samples.end(), until - filled_, signal.current);
    filled_ = until;
  }
}

// Every second point stays, which is just what a grid twice as wide would have held.
void Series::halve() {
  for (Signal& signal : signals_) {
    for (std::size_t i = 0; 2 * i < filled_; ++i) signal.samples[i] = signal.samples[2 * i];
    signal.samples.resize((filled_ + 1) / 2);
  }
  filled_ = (filled_ + 1) / 2;
  interval_ *= 2;
}

std::string Series::to_csv() const {
  std::vector<std::string> names;
  names.reserve(signals_.size());
  for (const Signal& signal : signals_) {
    names.push_back(csv_field(signal.scope) + "," + csv_field(signal.name) + "," +
                    csv_field(signal.field));
  }
  std::string out = "t_s,scope,name,field,value\n";
  for (std::size_t point = 0; point < filled_; ++point) {
    const std::string t = exact_seconds(interval_ * static_cast<std::int64_t>(point));
    for (std::size_t i = 0; i < signals_.size(); ++i) {
      fmt::format_to(std::back_inserter(out), "{},{},{}\n", t, names[i],
                     signals_[i].samples[point]);
    }
  }
  return out;
}

}  // namespace thaw
