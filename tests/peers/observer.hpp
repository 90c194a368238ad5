// What a cluster did, as a timeline of the same kinds as a simulated one (engine/report/
// timeline.hpp): watches of nodes, pods and Deployments, each change at the instant that its line
// came. Nodes are named by their label node.kubernetes.io/instance-type, pods and Deployments by a
// label that is given; what lacks it is left out.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/diff/tracks.hpp"
#include "tests/live/plane.hpp"

namespace thaw::peers {

using Clock = std::chrono::steady_clock;

class Observer {
 public:
  // `space`: the namespace whose pods and Deployments are watched.
  Observer(const live::Plane& plane, const std::string& space, const std::string& label);
  ~Observer();
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;

  // When a Deployment first asked for a replica.
  std::optional<Clock::time_point> first_asked() const;
  // timeline.jsonl of what came since `start`.
  std::string timeline(Clock::time_point start) const;
  // What pods took from their creation until they were ready, of those that were the only one.
  std::vector<Duration> first_starts() const;
  // How many there are now, of all names together.
  std::int64_t now(diff::Measure measure) const;

 private:
  struct Line {
    Clock::time_point at;
    char of;  // n, p or d
    std::vector<std::string> fields;
  };
  void watch(const std::stop_token& enough, char of, const std::vector<std::string>& command);
  std::vector<Line> lines() const;

  mutable std::mutex mutex_;
  std::vector<Line> lines_;
  Clock::time_point began_ = Clock::now();
  std::vector<std::jthread> watches_;
};

}  // namespace thaw::peers
