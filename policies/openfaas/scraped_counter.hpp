// The counter of a function's completions as Prometheus has it: read at each scrape, and the rate
// that rate() makes of the samples in a window.
//
// A report counts in the scrapes at and after the instant it was taken at, however late it comes.
// There is no series before the first completion. The window is open on the left.
// Units: completions, and completions a second.
// Source: Prometheus promql/functions.go, extrapolatedRate, 3.x: two samples at least; the change
// between the first and the last is stretched to the ends of the window where a sample is near
// enough (1.1 mean gaps), else by half a gap, and at its start never below a count of zero.
#pragma once

#include <optional>
#include <vector>

#include "engine/policy.hpp"

namespace thaw {

class ScrapedCounter {
 public:
  void begin(TimePoint start, Duration scrape, Duration window);
  // New periods; what was scraped stays.
  void change(Duration scrape, Duration window);

  void add(const Load& report);
  // The rate at t, which is not earlier than at the last question; empty: fewer than two samples.
  std::optional<double> rate(TimePoint t);

 private:
  struct Sample {
    TimePoint at;
    double total;
  };
  void scrape_until(TimePoint t);

  Duration scrape_{1}, window_{1};
  TimePoint next_scrape_;
  double total_ = 0;
  std::vector<Sample> samples_;  // by time
};

}  // namespace thaw
