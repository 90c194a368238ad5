#include "engine/report/comparison_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "engine/report/notation.hpp"
#include "engine/statistics/paired.hpp"
#include "engine/statistics/stopping.hpp"

namespace thaw {
namespace {

constexpr double kTimes = 3;  // from here on "3.1 times", not "210 % dearer"

struct Found {
  std::optional<Estimate> ratio, p95;
  Estimate cost;
};

Estimate negated(const Estimate& e) { return {-e.mean, -e.high, -e.low, e.n}; }

std::optional<Estimate> inverse(const std::optional<Estimate>& e) {
  if (!e || e->low <= 0) return std::nullopt;
  return Estimate{1 / e->mean, 1 / e->high, 1 / e->low, e->n};
}

Found find(const Comparison& comparison, const std::string& a, const std::string& b) {
  for (const Comparison::Pair& pair : comparison.pairs) {
    if (pair.a == a && pair.b == b)
      return {pair.cost_ratio, pair.p95_difference_s, pair.cost_difference};
    if (pair.a == b && pair.b == a)
      return {inverse(pair.cost_ratio),
              pair.p95_difference_s ? std::optional(negated(*pair.p95_difference_s)) : std::nullopt,
              negated(pair.cost_difference)};
  }
  return {};
}

std::string range(double low, double high, const char* unit) {
  const std::string from = fmt::format("{:.1f}", low), to = fmt::format("{:.1f}", high);
  return from == to ? from + unit : from + " to " + to + unit;
}

std::string cost_words(const Found& found) {
  const Estimate& by = found.cost;
  if (by.n >= 2 && by.low == 0 && by.high == 0) return "the same cost";
  if (!told_apart(by) || !found.ratio) return "cost not told apart at 95 %";
  const Estimate& ratio = *found.ratio;
  if (ratio.high < 1) return range(100 * (1 - ratio.high), 100 * (1 - ratio.low), " % cheaper");
  if (ratio.low > kTimes) return range(ratio.low, ratio.high, " times the cost");
  return range(100 * (ratio.low - 1), 100 * (ratio.high - 1), " % dearer");
}

std::string p95_words(const std::optional<Estimate>& by) {
  if (!by) return "no p95 to compare";
  if (by->n >= 2 && by->low == 0 && by->high == 0) return "the same p95";
  if (!told_apart(*by)) return "p95 not told apart at 95 %";
  const double least = std::min(std::fabs(by->low), std::fabs(by->high)),
               most = std::max(std::fabs(by->low), std::fabs(by->high));
  const std::string from = length_words(least), to = length_words(most);
  return "p95 " + (from == to ? from : from + " to " + to) + (by->high < 0 ? " lower" : " higher");
}

}  // namespace

std::string words_against(const Comparison& comparison, const std::string& a,
                          const std::string& b) {
  const Found found = find(comparison, a, b);
  const auto policy = [&](const std::string& label) {
    return std::find_if(comparison.policies.begin(), comparison.policies.end(),
                        [&](const Comparison::Policy& one) { return one.label() == label; });
  };
  const std::string lost =
      answers_as_many(*policy(a), *policy(b))
          ? ""
          : ", leaves " + percent_words(policy(a)->unanswered_share->mean) + " unanswered";
  return cost_words(found) + ", " + p95_words(found.p95) + lost;
}

std::string with_half_width(const std::string& mean, const Estimate& estimate) {
  const double share = relative_half_width(estimate);
  if (share == 0 || !std::isfinite(share)) return mean;
  return mean + fmt::format(" ±{:.1f} %", 100 * share);
}

std::string promise_words(double wait_allowed_s) {
  if (wait_allowed_s == 0) return " if nobody waits";
  return ", waits of up to " + length_words(wait_allowed_s);
}

std::string length_words(double in_seconds) {
  return readable_length(Duration{std::llround(in_seconds * 1e9)});
}

std::string money_words(double amount) { return fmt::format("{:.4f}", amount); }

std::string percent_words(double ratio) { return fmt::format("{:.2f} %", 100 * ratio); }

std::string over_optimum_words(const Comparison::Policy& policy) {
  return policy.over_optimum ? fmt::format("{:.3f}", policy.over_optimum->ratio.mean) : "-";
}

std::vector<std::string> above_optimum_heading() {
  return {"in all", "in service", "idle", "starting", "no replica"};
}

std::optional<std::vector<std::string>> above_optimum_words(const Comparison::Policy& policy) {
  if (!policy.over_optimum) return std::nullopt;
  const auto& over = *policy.over_optimum;
  std::vector<std::string> words;
  for (const double part : {over.ratio.mean - 1, over.served_longer.mean, over.kept_longer.mean,
                            over.started_more.mean, over.nodes_unused.mean})
    words.push_back(fmt::format("{:+.3f}", std::fabs(part) < 0.0005 ? 0.0 : part));
  return words;
}

std::vector<std::string> not_run_words(const Comparison& comparison) {
  std::vector<std::pair<std::string, std::string>> by_reason;  // in the order of the policies
  for (const Comparison::Policy& policy : comparison.policies) {
    if (policy.ran()) continue;
    const auto same = std::find_if(by_reason.begin(), by_reason.end(),
                                   [&](const auto& one) { return one.first == policy.not_run; });
    if (same == by_reason.end()) {
      by_reason.emplace_back(policy.not_run, policy.label());
    } else {
      same->second += ", " + policy.label();
    }
  }
  std::vector<std::string> lines;
  for (const auto& [reason, labels] : by_reason)
    lines.push_back(labels + ": not run, because " + reason);
  return lines;
}

}  // namespace thaw
