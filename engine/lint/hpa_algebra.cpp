#include "engine/lint/hpa_algebra.hpp"

#include <algorithm>
#include <set>

namespace thaw::lint {
namespace {

constexpr std::int64_t kThousand = 1000, kMostCounts = 128;

std::int64_t ceil_of(std::int64_t above, std::int64_t below) {
  return above <= 0 ? 0 : (above - 1) / below + 1;
}

// A load in units so small that every breakpoint and the middle between two is a whole number.
constexpr std::int64_t kUnit = 2 * kThousand;

Fraction reading(const HpaRule& metric, std::int64_t n, std::int64_t load) {
  if (load >= metric.most * n * kUnit) return {metric.most, 1};
  return {load, n * kUnit};
}

// Every load at which the answer for some count can change.
std::vector<std::int64_t> breakpoints(const HpaRule& metric, std::int64_t low, std::int64_t high) {
  std::set<std::int64_t> found{0};
  for (std::int64_t n = low; n <= high; ++n) {
    const std::int64_t whole = metric.most * n * kUnit;
    const auto add = [&](std::int64_t load) {
      if (load < whole) found.insert(load);
    };
    const bool total = metric.how == HpaRule::How::total;
    const std::int64_t centre = metric.target * n * (total ? n : 1) * 2;
    add(centre * (kThousand + metric.up));
    add(centre * (kThousand - metric.down));
    const std::int64_t step = metric.target * (total ? n : 1) * kUnit;
    for (std::int64_t k = 1; k <= high && k * step < whole; ++k) add(k * step);
    found.insert(whole);
  }
  return {found.begin(), found.end()};
}

// The lowest and highest count of the cycle that the rule ends in; the same: it holds one. Where
// some count holds, it may be reached.
std::pair<std::int64_t, std::int64_t> cycle(const HpaRule& metric, std::int64_t low,
                                            std::int64_t high, std::int64_t load) {
  for (std::int64_t n = low; n <= high; ++n)
    if (metric.asked(n, reading(metric, n, load)) == n) return {n, n};
  std::int64_t n = low;
  for (std::int64_t i = low; i <= high; ++i) n = metric.asked(n, reading(metric, n, load));
  std::pair<std::int64_t, std::int64_t> ends{n, n};
  const std::int64_t first = n;
  do {
    n = metric.asked(n, reading(metric, n, load));
    ends = {std::min(ends.first, n), std::max(ends.second, n)};
  } while (n != first);
  return ends;
}

}  // namespace

std::string milli_text(std::int64_t milli) {
  std::string text = std::to_string(milli / kThousand);
  if (milli % kThousand == 0) return text;
  std::string digits = std::to_string(milli % kThousand + kThousand).substr(1);
  digits.erase(digits.find_last_not_of('0') + 1);
  return text + "." + digits;
}

std::string to_text(const Fraction& value) {
  const std::int64_t rest = value.above % value.below;
  return milli_text(value.above / value.below * kThousand +
                    (rest * kThousand + value.below / 2) / value.below);
}

std::int64_t HpaRule::asked(std::int64_t n, const Fraction& r) const {
  const bool total = how == How::total;
  const std::int64_t wanted = target * r.below * (total ? n : 1);  // of a ratio of one
  const bool near = r.above * kThousand >= wanted * (kThousand - down) &&
                    r.above * kThousand <= wanted * (kThousand + up);
  const std::int64_t count = near    ? n
                             : total ? ceil_of(r.above, target * r.below)
                                     : ceil_of(r.above * n, target * r.below);
  return std::clamp(count, min, max);
}

std::int64_t most_asked(std::span<const HpaRule> metrics) {
  if (metrics.empty()) return 0;
  std::int64_t n = std::max<std::int64_t>(metrics[0].min, 1);
  while (true) {
    std::int64_t next = n;
    for (const HpaRule& metric : metrics) next = std::max(next, metric.asked(n, {metric.most, 1}));
    if (next == n) return n;
    n = next;
  }
}

std::vector<Flapping> flapping_ranges(const HpaRule& metric) {
  std::vector<Flapping> found;
  const std::int64_t low = std::max<std::int64_t>(metric.min, 1);
  const std::int64_t high = most_asked({&metric, 1});
  if (high <= low || high > kMostCounts) return found;
  const auto loads = breakpoints(metric, low, high);
  const auto note = [&](std::int64_t load, std::int64_t from, std::int64_t to) {
    const auto [least, most] = cycle(metric, low, high, load);
    if (least == most) return;
    const Fraction start{from, kUnit}, end{to, kUnit};
    const bool goes_on = !found.empty() && found.back().low == least && found.back().high == most &&
                         found.back().to.above == from;
    if (goes_on) {
      found.back().to = end;
    } else {
      found.push_back({least, most, start, end});
    }
  };
  for (std::size_t i = 0; i + 1 < loads.size(); ++i) {
    note((loads[i] + loads[i + 1]) / 2, loads[i], loads[i + 1]);
    note(loads[i + 1], loads[i + 1], loads[i + 1]);
  }
  std::erase_if(found, [](const Flapping& one) { return one.from.above == one.to.above; });
  return found;
}

std::int64_t rises_above(const HpaRule& metric, std::int64_t n) {
  const std::int64_t wanted = metric.target * (metric.how == HpaRule::How::total ? n : 1);
  return wanted * (kThousand + metric.up) / kThousand;
}

Fall falls_at(const HpaRule& metric, std::int64_t n) {
  const bool total = metric.how == HpaRule::How::total;
  const std::int64_t out_of_band =
      metric.target * (total ? n : 1) * (kThousand - metric.down) / kThousand;
  const std::int64_t one_less = total ? metric.target * (n - 1) : metric.target * (n - 1) / n;
  return one_less < out_of_band ? Fall{one_less, true} : Fall{out_of_band, false};
}

}  // namespace thaw::lint
