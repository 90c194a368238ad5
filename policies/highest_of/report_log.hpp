// Load reports that come to one and are read by several, each at its own pace: a reader gets what
// came since it last read.
//
// A report that somebody has not read after an hour is dropped: no policy looks back further.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "engine/policy.hpp"

namespace thaw {

class ReportLog {
 public:
  using Reader = std::size_t;

  void readers(std::size_t count) { read_.assign(count, reports_.size()); }
  void add(std::span<const Load> reports) {
    if (read_.empty()) return;
    reports_.insert(reports_.end(), reports.begin(), reports.end());
  }
  // Valid until the next add() or trim().
  std::span<const Load> take(Reader reader) {
    const auto news = std::span<const Load>(reports_).subspan(read_[reader]);
    read_[reader] = reports_.size();
    return news;
  }
  void trim(TimePoint now) {
    std::size_t done = read_.empty() ? 0 : *std::min_element(read_.begin(), read_.end());
    while (done < reports_.size() && reports_[done].at < now - kKept) ++done;
    reports_.erase(reports_.begin(), reports_.begin() + static_cast<std::ptrdiff_t>(done));
    for (std::size_t& read : read_) read = std::max(read, done) - done;
  }

 private:
  static constexpr Duration kKept{1h};

  std::vector<Load> reports_;
  std::vector<std::size_t> read_;
};

}  // namespace thaw
