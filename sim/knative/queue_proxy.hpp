// The queue-proxy of one replica: how many calls its server gets at once, which wait, and what it
// reports a second, counted from its start.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "engine/serving/breaker.hpp"
#include "engine/serving/request_stats.hpp"
#include "sim/requests.hpp"

namespace thaw::sim {

class QueueProxy {
 public:
  QueueProxy(std::uint32_t concurrency, TimePoint started);  // concurrency 0: no limit

  serving::Breaker::Admission arrived(RequestId id, bool proxied, TimePoint now);
  // A call in service is done, or its caller gone; the next to serve.
  std::optional<RequestId> left(bool proxied, TimePoint now);
  void abandoned(RequestId waiting, bool proxied, TimePoint now);
  const std::deque<RequestId>& waiting() const { return waiting_; }

  // Of its last full second; nothing before the end of the first.
  const std::optional<serving::BusyReport>& report(TimePoint now);

 private:
  void close_reports(TimePoint now);

  std::optional<serving::Breaker> breaker_;
  serving::RequestStats stats_;
  std::deque<RequestId> waiting_;
  TimePoint next_report_;
  std::optional<serving::BusyReport> last_;
};

}  // namespace thaw::sim
