// How busy a server was since its last report: requests in flight, averaged over that time, and
// how many arrived. Knative's queue-proxy keeps one for each replica, its activator one for each
// revision.
//
// Exact: in flight times elapsed nanoseconds, as integers. Instants must not go backwards.
// Units: concurrency is an average; requests are a count since the last report. Errors: none; a
// request that ends without having begun is a bug (aborts).
// Source: Knative networking, http/stats/request.go, and Knative Serving,
// pkg/activator/handler/concurrency_reporter.go, 1.23.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/time.hpp"

namespace thaw::serving {

struct BusyReport {
  double concurrency = 0, proxied_concurrency = 0;
  std::int64_t requests = 0, proxied_requests = 0;
};

class RequestStats {
 public:
  explicit RequestStats(TimePoint since) : seen_(since), reported_(since) {}

  // `proxied`: the request carries the activator's mark. It counts in both.
  void arrive(TimePoint now, bool proxied);
  void finish(TimePoint now, bool proxied);
  BusyReport report(TimePoint now);  // and counts anew; what is in flight stays

  std::int64_t in_flight() const { return all_.in_flight; }

 private:
  struct Count {
    std::int64_t in_flight = 0, arrived = 0;
    std::int64_t busy_ns = 0;  // in flight, times its time
  };
  void pass_to(TimePoint now);

  TimePoint seen_, reported_;
  Count all_, proxied_;
};

// One revision at an activator. Its first request is told at once, for the autoscaler may be
// asleep, and taken off the next report; a report without activity is the last before the revision
// is forgotten.
class ActivatorStats {
 public:
  // The report to be sent at once, if the revision was not known.
  std::optional<BusyReport> arrive(TimePoint now);
  void finish(TimePoint now);
  std::optional<BusyReport> report(TimePoint now);  // none while the revision is not known

 private:
  std::optional<RequestStats> stats_;
  bool told_first_ = false;  // and not yet taken off
};

}  // namespace thaw::serving
