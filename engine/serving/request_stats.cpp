#include "engine/serving/request_stats.hpp"

#include <algorithm>

#include "engine/invariant.hpp"

namespace thaw::serving {

void RequestStats::pass_to(TimePoint now) {
  THAW_CHECK(now >= seen_, "time does not go backwards");
  const std::int64_t passed = (now - seen_).count();
  all_.busy_ns += all_.in_flight * passed;
  proxied_.busy_ns += proxied_.in_flight * passed;
  seen_ = now;
}

void RequestStats::arrive(TimePoint now, bool proxied) {
  pass_to(now);
  ++all_.in_flight;
  ++all_.arrived;
  if (proxied) ++proxied_.in_flight, ++proxied_.arrived;
}

void RequestStats::finish(TimePoint now, bool proxied) {
  pass_to(now);
  THAW_CHECK(all_.in_flight > 0 && (!proxied || proxied_.in_flight > 0),
             "a request that ends has begun");
  --all_.in_flight;
  if (proxied) --proxied_.in_flight;
}

BusyReport RequestStats::report(TimePoint now) {
  pass_to(now);
  BusyReport report;
  const auto elapsed = static_cast<double>((now - reported_).count());
  if (elapsed > 0) {
    report.concurrency = static_cast<double>(all_.busy_ns) / elapsed;
    report.proxied_concurrency = static_cast<double>(proxied_.busy_ns) / elapsed;
  }
  report.requests = all_.arrived;
  report.proxied_requests = proxied_.arrived;
  all_ = {all_.in_flight, 0, 0};
  proxied_ = {proxied_.in_flight, 0, 0};
  reported_ = now;
  return report;
}

std::optional<BusyReport> ActivatorStats::arrive(TimePoint now) {
  const bool unknown = !stats_;
  if (unknown) {
    stats_.emplace(now);
    told_first_ = true;
  }
  stats_->arrive(now, false);
  if (!unknown) return std::nullopt;
  return BusyReport{.concurrency = 1, .requests = 1};
}

void ActivatorStats::finish(TimePoint now) {
  THAW_CHECK(stats_.has_value(), "a request that ends has begun");
  stats_->finish(now, false);
}

std::optional<BusyReport> ActivatorStats::report(TimePoint now) {
  if (!stats_) return std::nullopt;
  BusyReport report = stats_->report(now);
  if (report.concurrency == 0 && stats_->in_flight() == 0) stats_.reset();
  if (told_first_) {
    report.concurrency = std::max(0.0, report.concurrency - 1);
    report.requests -= 1;
    told_first_ = false;
  }
  return report;
}

}  // namespace thaw::serving
