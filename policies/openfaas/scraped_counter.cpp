#include "policies/openfaas/scraped_counter.hpp"

#include <algorithm>

namespace thaw {
namespace {

// Whole seconds that a report stands for.
constexpr double kReportSeconds = 1;

// Prometheus' allowance for scrapes that come a little late.
constexpr double kNearEnough = 1.1;

}  // namespace

void ScrapedCounter::begin(TimePoint start, Duration scrape, Duration window) {
  change(scrape, window);
  next_scrape_ = start;
  total_ = 0;
  samples_.clear();
}

void ScrapedCounter::change(Duration scrape, Duration window) {
  scrape_ = scrape;
  window_ = window;
}

void ScrapedCounter::add(const Load& report) {
  scrape_until(report.at - 1ns);
  const double completed = report.completions * kReportSeconds;
  total_ += completed;
  for (Sample& sample : samples_) {
    if (sample.at >= report.at) sample.total += completed;
  }
}

void ScrapedCounter::scrape_until(TimePoint t) {
  // After a long sleep only the scrapes that a window may still hold; a question for an instant a
  // little before t has its whole window as well.
  const TimePoint needed = t - 2 * window_;
  if (next_scrape_ < needed) {
    next_scrape_ = next_scrape_ + (needed - next_scrape_) / scrape_ * scrape_;
  }
  for (; next_scrape_ <= t; next_scrape_ = next_scrape_ + scrape_) {
    samples_.push_back({next_scrape_, total_});
  }
}

std::optional<double> ScrapedCounter::rate(TimePoint t) {
  scrape_until(t);
  const TimePoint from = t - window_;
  std::erase_if(samples_, [&](const Sample& sample) { return sample.at <= from; });

  const auto first = std::find_if(samples_.begin(), samples_.end(),
                                  [](const Sample& sample) { return sample.total > 0; });
  const auto end = std::upper_bound(first, samples_.end(), t,
                                    [](TimePoint at, const Sample& s) { return at < s.at; });
  if (end - first < 2) return std::nullopt;

  const Sample& last = *(end - 1);
  const double increase = last.total - first->total;
  const double sampled_s = seconds(last.at - first->at);
  const double gap_s = sampled_s / static_cast<double>(end - first - 1);
  double to_start_s = seconds(first->at - from), to_end_s = seconds(t - last.at);
  if (to_start_s >= gap_s * kNearEnough) to_start_s = gap_s / 2;
  if (increase > 0) to_start_s = std::min(to_start_s, sampled_s * (first->total / increase));
  if (to_end_s >= gap_s * kNearEnough) to_end_s = gap_s / 2;
  return increase * ((sampled_s + to_start_s + to_end_s) / sampled_s / seconds(window_));
}

}  // namespace thaw
