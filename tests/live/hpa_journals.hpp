// What a plane's HPA controller left behind of its autoscalers: its questions to the metrics APIs
// with their answers, its writes of scales and of status, and the causes it logged.
//
// Instants are std::chrono::steady_clock in nanoseconds. Everything is of the namespace default,
// where an autoscaler has the name of its target. Errors: std::runtime_error where the journals do
// not fit together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/live/hpa_watch.hpp"
#include "tests/live/plane.hpp"

namespace thaw::live {

// One sync. When the controller took the time for it lies between its last answer and the first
// thing that it wrote.
struct Sync {
  std::int64_t from_ns = 0, to_ns = 0;
  std::vector<Json> answers = {};  // of each metric; none where it asked nothing
};

// A write of .spec.replicas, by the controller or by hand.
struct ScaleWrite {
  std::int64_t from_ns = 0, done_ns = 0;
  std::int32_t replicas = 0;
  bool by_controller = false;
  std::string cause = {};  // in the words of `thaw decide`

  bool asked_nothing() const { return cause == "currentAboveMax" || cause == "currentBelowMin"; }
};

class Journals {
 public:
  explicit Journals(const Plane& plane);

  std::vector<ScaleWrite> writes(const std::string& subject) const;
  // How often its status was written until then: the version that the watch told after so many.
  std::size_t reports(const std::string& subject, std::int64_t until_ns) const;
  // Whether a report of the time between was not taken, as one on an old version is not.
  bool refused(const std::string& subject, std::int64_t from_ns, std::int64_t until_ns) const;
  // `metrics` in the order of the autoscaler's spec.
  std::vector<Sync> syncs(const std::string& subject,
                          const std::vector<std::string>& metrics) const;

 private:
  void read_answers(const Plane& plane);
  void read_writes(const Plane& plane);
  void read_log(const Plane& plane);

  std::vector<Json> answers_;
  std::map<std::string, std::vector<ScaleWrite>> writes_;
  // Begins of writes by the controller: all, and those of a status that were taken, and were not.
  std::map<std::string, std::vector<std::int64_t>> said_, reports_, refused_;
};

}  // namespace thaw::live
