#include "policies/openfaas/scraped_peak.hpp"

#include <algorithm>

namespace thaw {
namespace {

constexpr Duration kReport{1s};

}  // namespace

void ScrapedPeak::begin(TimePoint start, Duration scrape, Duration window) {
  start_ = start;
  scrape_ = scrape;
  window_ = window;
  samples_.clear();
}

void ScrapedPeak::add(const Load& report) {
  if (report.at <= start_) return;
  const TimePoint scrape = start_ + ((report.at - start_ - 1ns) / scrape_ + 1) * scrape_;
  if (scrape - report.at >= kReport) return;
  const auto known = std::find_if(samples_.rbegin(), samples_.rend(),
                                  [&](const Sample& sample) { return sample.at == scrape; });
  if (known != samples_.rend()) {
    known->in_flight += report.concurrency;
    return;
  }
  // A question for an instant a little before this report has its whole window as well.
  std::erase_if(samples_, [&](const Sample& s) { return s.at <= scrape - 2 * window_; });
  samples_.push_back({scrape, report.concurrency});
}

std::optional<double> ScrapedPeak::most(TimePoint t) const {
  std::optional<double> most;
  for (const Sample& sample : samples_) {
    if (sample.at <= t - window_ || sample.at > t) continue;
    most = std::max(most.value_or(sample.in_flight), sample.in_flight);
  }
  return most;
}

}  // namespace thaw
