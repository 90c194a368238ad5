// A recording of the real Knative, and the simulated run of the same revision under the same calls.
//
// Recorded times count from the start of the load; the simulated run starts some time before it.
//
// One activator served all recordings, and what its reports did to the averages (K4-5: one at 0.223
// where a full second of the clock lies between 0.145 and 0.253) says that it reported soon after
// each full second; the simulated one is made to. An artefact of the recordings is played as well:
// the stand-in kubelet's readiness probe of a new pod goes through its queue-proxy as a call like
// any other, and lasts as long as one. The decisions show it: K6 sees 0.4 s of concurrency before
// any call was sent (0.067 × 6 s), and pods take the service time longer to be ready than the delay
// that was set.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/scenario/scenario.hpp"

namespace thaw::sim {

// .spec.replicas from an instant on.
struct ReplicaChange {
  double at_s = 0;
  std::int64_t replicas = 0;
};

struct KnativeRecording {
  std::string file;
  std::map<std::string, std::string> annotations;
  int container_concurrency = 0;
  double service_s = 0;
  std::vector<double> requests_s;
  int clients = 0;  // of a closed loop that lasts until load_until_s; 0: an open one
  double load_until_s = 0;
  double tick_phase_s = 0;  // decisions fall on this plus a multiple of 2 s
  double end_s = 0;
  std::vector<ReplicaChange> changes;  // the first one is before the load
  std::vector<double> start_delays_s;  // of each pod: from the decision to Ready

  static KnativeRecording read(const std::string& name);
};

struct KnativeReplay {
  double tick_phase_s = 0;
  double second_phase_s = 0;  // of the clock when the revision is made: which buckets its reports
                              // fall into is not recorded
  double start_delay_least_s = 0, start_delay_most_s = 0;  // uniform between them
  bool closed_loop = false;  // its clients, instead of the recorded instants
  bool used_before = false;  // one call long ago brought it up, and it has gone to zero since
  int luck = 0;              // which of the seeds that fit
};

std::vector<ReplicaChange> replay(const KnativeRecording& recording, const KnativeReplay& how);

// Of the load's time, from its first call to the end of the recording.
std::int64_t peak(const std::vector<ReplicaChange>& changes);
double mean(const std::vector<ReplicaChange>& changes, double end_s);

}  // namespace thaw::sim
