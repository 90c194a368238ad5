// Evaluates a scenario's checks while a world runs; simulated and live worlds use the same class.
//
// The world calls settle() whenever something an expression reads has changed and its instant is
// over, at every instant that anchor() returned, and once at the start. Results are final when they
// are decided.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/checks/check.hpp"
#include "engine/time.hpp"

namespace thaw {

class Checker {
 public:
  struct Result {
    std::string name;
    bool decided = false;
    bool held = false;
    std::optional<TimePoint> at;  // when it was decided
    std::string detail;           // what was seen when; empty if it held without a story
  };

  Checker(const std::vector<Check>& checks, TimePoint start);

  // An anchor's instant became known. Returns the instants at which settle() must be called.
  std::vector<TimePoint> anchor(Instant::Anchor anchor, const std::string& step, TimePoint at);
  // Results that became final.
  std::vector<Result> settle(TimePoint now, const Facts& facts);
  // The run is over: `end` checks are decided, and what is still open fails.
  std::vector<Result> finish(TimePoint now, const Facts& facts);
  // A failure that no expression tells, such as a step that never began.
  Result fail(const std::string& name, TimePoint at, const std::string& detail);

  const std::vector<Result>& results() const {
    return results_;
  }  // in the file's order, then fail()'s
  std::optional<TimePoint> latest_instant() const { return latest_; }

 private:
  struct Open {
    std::optional<TimePoint> from, due;  // known once the anchor is
  };
  void decide(std::size_t index, bool held, TimePoint now, std::string detail,
              std::vector<Result>& out);
  std::string since_start(TimePoint t) const;

  const std::vector<Check>& checks_;
  TimePoint start_;
  std::vector<Open> open_;
  std::vector<Result> results_;
  std::optional<TimePoint> latest_;
};

}  // namespace thaw
