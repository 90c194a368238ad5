#include "engine/checks/checker.hpp"

#include <algorithm>

namespace thaw {

Checker::Checker(const std::vector<Check>& checks, TimePoint start)
    : checks_(checks), start_(start) {
  for (const Check& check : checks) {
    results_.push_back({check.name, false, false, std::nullopt, ""});
    open_.emplace_back();
  }
}

// To the millisecond: what is printed is for people; `at` has the exact instant.
std::string Checker::since_start(TimePoint t) const {
  return to_text(std::chrono::round<std::chrono::milliseconds>(t - start_));
}

std::vector<TimePoint> Checker::anchor(Instant::Anchor anchor, const std::string& step,
                                       TimePoint at) {
  std::vector<TimePoint> due;
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    const Check& check = checks_[i];
    if (check.kind != Check::Kind::at && check.kind != Check::Kind::by) continue;
    if (check.instant.anchor != anchor || check.instant.step != step || open_[i].due) continue;
    open_[i].from = at;
    open_[i].due = at + check.instant.offset;
    due.push_back(*open_[i].due);
    latest_ = std::max(latest_.value_or(*open_[i].due), *open_[i].due);
  }
  return due;
}

void Checker::decide(std::size_t index, bool held, TimePoint now, std::string detail,
                     std::vector<Result>& out) {
  Result& result = results_[index];
  result.decided = true;
  result.held = held;
  result.at = now;
  result.detail = std::move(detail);
  out.push_back(result);
}

std::vector<Checker::Result> Checker::settle(TimePoint now, const Facts& facts) {
  std::vector<Result> out;
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (results_[i].decided) continue;
    const Check& check = checks_[i];
    const auto seen = [&] { return check.expect.seen(facts) + " at " + since_start(now); };
    switch (check.kind) {
      case Check::Kind::at:
        if (open_[i].due && now >= *open_[i].due)
          decide(i, check.expect.holds(facts), now, seen(), out);
        break;
      case Check::Kind::by:
        if (!open_[i].due || now < *open_[i].from) break;
        if (now <= *open_[i].due && check.expect.holds(facts)) {
          decide(i, true, now, seen(), out);
        } else if (now >= *open_[i].due) {
          decide(i, false, now,
                 "not once from " + since_start(*open_[i].from) + " to " +
                     since_start(*open_[i].due) + "; at last " + seen(),
                 out);
        }
        break;
      case Check::Kind::always:
        if (!check.expect.holds(facts)) decide(i, false, now, seen(), out);
        break;
      case Check::Kind::never:
        if (check.expect.holds(facts)) decide(i, false, now, seen(), out);
        break;
      case Check::Kind::end:
        break;
    }
  }
  return out;
}

std::vector<Checker::Result> Checker::finish(TimePoint now, const Facts& facts) {
  std::vector<Result> out = settle(now, facts);
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (results_[i].decided) continue;
    const Check& check = checks_[i];
    const std::string seen = check.expect.seen(facts) + " at " + since_start(now);
    switch (check.kind) {
      case Check::Kind::always:
      case Check::Kind::never:
        decide(i, true, now, "", out);
        break;
      case Check::Kind::end:
        decide(i, check.expect.holds(facts), now, seen, out);
        break;
      default:
        decide(i, false, now,
               open_[i].due ? "the run ended at " + since_start(now) + ", before " +
                                  since_start(*open_[i].due)
                            : "what it counts from never came",
               out);
    }
  }
  return out;
}

Checker::Result Checker::fail(const std::string& name, TimePoint at, const std::string& detail) {
  results_.push_back({name, true, false, at, detail});
  return results_.back();
}

}  // namespace thaw
