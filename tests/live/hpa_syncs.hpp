// The syncs of a plane's HPA controller as a case for `thaw decide` (kind reconcile,
// docs/decide.md).
//
// A step is what the controller saw, and as `expect` what it did and reported: the number that it
// wrote or left, the cause that it logged, the conditions and readings in the autoscaler's status.
// The first sync of an autoscaler has to be among them, for nothing is remembered before it; the
// last one is left out, as its end is not known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/live/hpa_journals.hpp"
#include "tests/live/hpa_watch.hpp"

namespace thaw::live {

// A sync is no instant, and the controller's caches are not ours: of what changes at least this
// near to its last answer nobody can say whether it was seen.
inline constexpr std::int64_t kUnsettled_ns = 50'000'000;

struct RecordedSyncs {
  Json test_case;
  int writes = 0;                     // syncs that changed the number
  int failures = 0;                   // with a metric that could not be read
  int held_back = 0;                  // stabilised or limited
  int unsettled = 0;                  // the target changed while it may have looked
  int refused = 0;                    // its report was: what it would have said is not known
  std::int64_t longest_pause_ns = 0;  // between two syncs
  // By the number of its step, what else a sync may have seen and when it may have been: fields of
  // the step, to be tried from the last to the first, which is the step as it stands.
  std::map<std::size_t, std::vector<Json>> others;
  std::set<std::size_t> tried;  // steps of which not the first guess was taken

  std::size_t syncs() const { return test_case.at("steps").size(); }
};

struct Controller {
  double downscale_stabilization_s;  // as the plane was told
};

RecordedSyncs recorded_syncs(const std::string& subject, const Journals& journals,
                             const std::vector<Change>& changes, const Controller& controller);

}  // namespace thaw::live
