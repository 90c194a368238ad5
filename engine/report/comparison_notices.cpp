// What a reader of a comparison has to know of its runs.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "engine/report/comparison.hpp"

namespace thaw {
namespace {

constexpr double kOneLength = 1.01;  // runs this near to each other are of one length

struct Lengths {
  double shortest = 0, longest = 0;
};

Lengths lengths_of(const Comparison& comparison) {
  Lengths lengths;
  for (const Comparison::Policy& policy : comparison.policies) {
    if (!policy.ran()) continue;
    const double mean = policy.simulated_s.mean;
    lengths.shortest = lengths.longest == 0 ? mean : std::min(lengths.shortest, mean);
    lengths.longest = std::max(lengths.longest, mean);
  }
  return lengths;
}

}  // namespace

void add_own_notices(Comparison& comparison, std::optional<double> precision) {
  std::vector<std::string> own;
  const Lengths lengths = lengths_of(comparison);
  if (lengths.longest > lengths.shortest * kOneLength)
    own.push_back(
        fmt::format("the runs are not of one length ({:.0f} to {:.0f} s): the scenario has no "
                    "`until`, and a bill ends with its run",
                    lengths.shortest, lengths.longest));
  if (comparison.replications == 1)
    own.push_back("one replication has no interval: nobody is told apart from anybody");
  if (std::any_of(comparison.policies.begin(), comparison.policies.end(),
                  [](const Comparison::Policy& p) { return p.over_optimum.has_value(); }))
    own.push_back(
        "the optimum is a lower bound that nobody need reach: it knows what comes, lets each "
        "function's requests wait as long as the policy's longest did, lets any requests share a "
        "replica's slots, and takes of a node that functions share what each asks for");
  if (precision) {
    const auto missed =
        precision_notice(widest_mean(comparison), *precision, comparison.replications);
    if (missed) own.push_back(*missed);
  }
  comparison.notices.insert(comparison.notices.begin(), own.begin(), own.end());
}

}  // namespace thaw
