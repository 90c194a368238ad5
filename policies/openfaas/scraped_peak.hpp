// How many requests were in flight at most, of what scrapes of a gauge show: a peak between two
// scrapes is not seen.
//
// A scrape shows the second that ends with it: the reports taken in that second, summed, for each
// replica reports once a second. A report counts at its own time, however late it comes.
// Units: requests. Empty: no scrape in the window showed anything.
// Source: max_over_time of a subquery in the chart's prometheus-pro-cfg.yaml.
#pragma once

#include <optional>
#include <vector>

#include "engine/policy.hpp"

namespace thaw {

class ScrapedPeak {
 public:
  void begin(TimePoint start, Duration scrape, Duration window);
  void add(const Load& report);
  // In (t - window, t].
  std::optional<double> most(TimePoint t) const;

 private:
  struct Sample {
    TimePoint at;
    double in_flight;
  };

  TimePoint start_;
  Duration scrape_{1}, window_{1};
  std::vector<Sample> samples_;
};

}  // namespace thaw
