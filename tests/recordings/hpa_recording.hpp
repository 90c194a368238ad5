// A recording of the real HorizontalPodAutoscaler, and our own policy fed with what that one read.
//
// At each recorded read of the metric the policy sees the recorded answer, the target's replicas
// and its ready pods, and decides. A real pass is no instant: it reads the metric, then counts the
// pods and looks at the clock, then writes, and looks at the clock again for the change it
// remembers. The recording has the read and the write, 4 to 100 ms apart, and now and then a pod
// becomes ready in between. Times are seconds from the recording's start. Errors: a recording that
// cannot be read is an exception of the JSON library.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/policy.hpp"

namespace thaw {

struct HpaRecording {
  struct Read {
    double at = 0, decided_at = 0;
    std::optional<double> written_at;
    nlohmann::json answer;                // a number, or why there was none
    std::int32_t spec = 0, replicas = 0;  // of the target, when it was read
    std::int32_t ready_pods = 0;          // likewise
    std::int32_t ready_pods_decided = 0;  // when it was decided
    std::int32_t spec_after = 0;          // .spec.replicas just before the next read
  };

  std::string name;
  Spec spec;  // of our policy: hpa_spec, flags and version of the recording
  std::vector<Read> reads;
};

HpaRecording read_hpa_recording(const std::string& path);

struct Mismatch {
  double at = 0;
  std::int32_t real = 0, ours = 0;
  std::string why;  // ours
};

enum class Moments : std::uint8_t {
  // Pods and clock as of the read; the policy does not hear of its write.
  read_alone,
  // Of a pass that wrote, pods and clock as of the write, less the time that the quickest pass of
  // the recording took in all; the policy is poked at the write. A pass that wrote nothing left no
  // other trace than its read.
  read_and_write,
};

std::vector<Mismatch> replay(const HpaRecording& recording, Moments moments);

}  // namespace thaw
