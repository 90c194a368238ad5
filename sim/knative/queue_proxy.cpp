#include "sim/knative/queue_proxy.hpp"

namespace thaw::sim {
namespace {

constexpr Duration kReportPeriod = std::chrono::seconds(1);

}  // namespace

QueueProxy::QueueProxy(std::uint32_t concurrency, TimePoint started)
    : stats_(started), next_report_(started + kReportPeriod) {
  if (concurrency > 0)
    breaker_ = serving::queue_proxy_breaker(static_cast<std::int32_t>(concurrency));
}

serving::Breaker::Admission QueueProxy::arrived(RequestId id, bool proxied, TimePoint now) {
  close_reports(now);
  stats_.arrive(now, proxied);
  if (!breaker_) return serving::Breaker::Admission::served;
  const auto admission = breaker_->arrive();
  if (admission == serving::Breaker::Admission::waiting) waiting_.push_back(id);
  if (admission == serving::Breaker::Admission::refused) stats_.finish(now, proxied);
  return admission;
}

std::optional<RequestId> QueueProxy::left(bool proxied, TimePoint now) {
  close_reports(now);
  stats_.finish(now, proxied);
  if (!breaker_ || !breaker_->finish()) return std::nullopt;
  const RequestId next = waiting_.front();
  waiting_.pop_front();
  return next;
}

void QueueProxy::abandoned(RequestId waiting, bool proxied, TimePoint now) {
  close_reports(now);
  stats_.finish(now, proxied);
  std::erase(waiting_, waiting);
  breaker_->abandon();
}

const std::optional<serving::BusyReport>& QueueProxy::report(TimePoint now) {
  close_reports(now);
  return last_;
}

// Nobody looks at a report but a scrape, so they are closed when something happens. Of a long time
// without any event only the last second matters.
void QueueProxy::close_reports(TimePoint now) {
  if (now < next_report_) return;
  const auto periods = (now - next_report_) / kReportPeriod;
  if (periods > 0) {
    stats_.report(next_report_ + (periods - 1) * kReportPeriod);
    next_report_ = next_report_ + periods * kReportPeriod;
  }
  last_ = stats_.report(next_report_);
  next_report_ = next_report_ + kReportPeriod;
}

}  // namespace thaw::sim
