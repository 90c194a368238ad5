// The syncs of a plane's HPA controller, put together from what it left behind: its questions to the
// metrics APIs with their answers, its writes of scales, its log, and the watched objects.
//
// A sync becomes a step of a case for `thaw decide` (kind reconcile, docs/decide.md): what the
// controller saw, and as `expect` what it did and reported: the number that it wrote or left, the
// cause it logged, the conditions and the metrics' readings in the autoscaler's status. The first
// sync of an autoscaler has to be among them; the last one is left out, for its end is not known.
// Errors: std::runtime_error where the journals do not fit together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/live/hpa_watch.hpp"
#include "tests/live/plane.hpp"

namespace thaw::live {

struct Controller {
  double downscale_stabilization_s;  // as the plane was told
};

struct RecordedSyncs {
  Json test_case;
  int syncs = 0;
  int writes = 0;     // syncs that changed the number
  int failures = 0;   // with a metric that could not be read
  int held_back = 0;  // stabilised or limited
  // Pods or .status.replicas changed within kUnsettled_ns of the question.
  int unsettled = 0;
  std::int64_t longest_pause_ns = 0;  // between two syncs
};

inline constexpr std::int64_t kUnsettled_ns = 50'000'000;

class SyncReader {
 public:
  SyncReader(const Plane& plane, const HpaWatch& watch, Controller controller);

  RecordedSyncs of(const std::string& subject) const;

 private:
  std::vector<Json> answers_, writes_;  // of the controller; writes with t_ns
  std::vector<std::string> log_;
  const std::vector<Change>& changes_;
  Controller controller_;
};

}  // namespace thaw::live
