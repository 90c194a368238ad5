// What a HorizontalPodAutoscaler can ask for at all, without a run: how far a bounded metric takes
// it, and under which steady loads no count of replicas holds.
//
// Exact: integers and fractions of them, no rounding. Units: metrics and targets are thousandths,
// as in the controller; a load is the sum of what the replicas read. The rule is that of one pass:
// stabilisation and rates of change say when a count is reached, not which.
// Source: Kubernetes, pkg/controller/podautoscaler/replica_calculator.go.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace thaw::lint {

struct Fraction {
  std::int64_t above = 0, below = 1;  // below > 0

  friend bool operator<(const Fraction& a, const Fraction& b) {
    return a.above * b.below < b.above * a.below;
  }
};

// At most three digits behind the point, as many as it has: "1.4", "104.5", "0.333".
std::string to_text(const Fraction& value);
std::string milli_text(std::int64_t milli);

// One metric of an autoscaler.
struct HpaRule {
  enum class How : std::uint8_t {
    total,      // Object and External, AverageValue: ceil(reading / target), whatever n is
    proportion  // Value, and all that is read of each pod: ceil(n * reading / target)
  };
  How how = How::proportion;
  std::int64_t target = 1;            // above 0
  std::int64_t most = 0;              // the metric's own bound: it never reads more
  std::int64_t up = 100, down = 100;  // tolerance, in thousandths of the target
  std::int64_t min = 1, max = 1;      // replicas

  // Replicas asked for at `n` of them.
  std::int64_t asked(std::int64_t n, const Fraction& reading) const;
};

// The most that the metrics together ever ask for, from the minimum on.
std::int64_t most_asked(std::span<const HpaRule> metrics);

// Loads, above `from` up to and with `to`, that the replicas share evenly, each reading its part up
// to the bound: under none of them is there a count that the rule leaves alone. It goes to and fro
// between `low` and `high` for ever.
struct Flapping {
  std::int64_t low = 0, high = 0;
  Fraction from, to;
};

// In order of load. Empty also where there are more than 128 counts to look at.
std::vector<Flapping> flapping_ranges(const HpaRule& metric);

// From `n` replicas it rises as soon as the reading is above this.
std::int64_t rises_above(const HpaRule& metric, std::int64_t n);
// At `n` replicas it falls at this reading (`or_less`), or below it.
struct Fall {
  std::int64_t at = 0;
  bool or_less = false;
};
Fall falls_at(const HpaRule& metric, std::int64_t n);

}  // namespace thaw::lint
