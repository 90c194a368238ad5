// The simulated Knative against recordings of the real one (Serving 0.48.2, Knative 1.21).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/random.hpp"
#include "tests/recordings/knative_run.hpp"

namespace thaw::sim {
namespace knative_test {

std::string to_text(const std::vector<ReplicaChange>& changes) {
  std::string text;
  for (const ReplicaChange& change : changes) {
    char one[64];
    std::snprintf(one, sizeof one, "%lld@%.1f ", static_cast<long long>(change.replicas),
                  change.at_s);
    text += one;
  }
  return text;
}

std::vector<ReplicaChange> during_load(const std::vector<ReplicaChange>& changes) {
  std::vector<ReplicaChange> kept;
  for (const ReplicaChange& change : changes) {
    if (change.at_s < 0) kept.clear();
    kept.push_back(change);
  }
  return kept;
}

// Peak within one replica; each change of the recording has its counterpart, in the same order,
// within two ticks.
void agrees(const std::string& name, KnativeReplay how = {}) {
  const KnativeRecording recording = KnativeRecording::read(name);
  const auto [least, most] =
      std::minmax_element(recording.start_delays_s.begin(), recording.start_delays_s.end());
  how.tick_phase_s = recording.tick_phase_s;
  how.start_delay_least_s = *least;
  how.start_delay_most_s = *most;
  const auto recorded = during_load(recording.changes);
  for (const double second : {0.1, 0.3, 0.5, 0.7, 0.9}) {
    how.second_phase_s = second;
    const auto simulated = during_load(replay(recording, how));
    SCOPED_TRACE(name + ", made at second " + std::to_string(second) + "\nrecorded  " +
                 to_text(recorded) + "\nsimulated " + to_text(simulated));
    EXPECT_LE(std::abs(peak(simulated) - peak(recorded)), 1);
    EXPECT_EQ(simulated.size(), recorded.size());
    constexpr double kTwoTicks = 4;
    for (std::size_t i = 0; i < std::min(recorded.size(), simulated.size()); ++i) {
      EXPECT_LE(std::abs(simulated[i].replicas - recorded[i].replicas), 1) << "change " << i;
      if (i > 0) {
        EXPECT_NEAR(simulated[i].at_s, recorded[i].at_s, kTwoTicks) << "change " << i;
      }
    }
  }
}

TEST(KnativeRecordings, StepLoadOnANewRevision) {
  for (const char* name : {"K1-1", "K1-2", "K1-3"}) agrees(name);
}

TEST(KnativeRecordings, StepLoadOnARevisionThatWentToZero) {
  for (const char* name : {"K1z-1", "K1z-2", "K1z-3"}) agrees(name, {.used_before = true});
}

TEST(KnativeRecordings, ClosedLoopUnderAMaximum) {
  for (const char* name : {"K6-1", "K6-2", "K6-3"}) agrees(name);
}

TEST(KnativeRecordings, ClosedLoopUnderAHardLimit) {
  for (const char* name : {"K6h-1", "K6h-2", "K6h-3"}) agrees(name, {.closed_loop = true});
}

// Almost every call is a cold start: which tick sees it decides much, so the recordings are held
// against runs at random phases of the tick, with start delays as recorded.
void lies_within(const std::vector<std::string>& names) {
  std::vector<KnativeRecording> recordings;
  std::vector<double> delays;
  for (const std::string& name : names) {
    recordings.push_back(KnativeRecording::read(name));
    const auto& own = recordings.back().start_delays_s;
    delays.insert(delays.end(), own.begin(), own.end());
  }
  constexpr int kRuns = 20;
  constexpr double kEnd = 130;  // the last recorded change is over by then
  Random random(1, "phases", 0);
  std::int64_t least = 1000, most = 0;
  double sum = 0;
  for (int run = 0; run < kRuns; ++run) {
    const double phase = static_cast<double>(random.below(2000)) / 1000;
    const double delay = delays[random.below(delays.size())];
    const double second = static_cast<double>(random.below(1000)) / 1000;
    const auto changes = replay(recordings.front(), {.tick_phase_s = phase,
                                                     .second_phase_s = second,
                                                     .start_delay_least_s = delay,
                                                     .start_delay_most_s = delay,
                                                     .luck = run});
    least = std::min(least, peak(changes));
    most = std::max(most, peak(changes));
    sum += mean(changes, kEnd);
    if (std::getenv("THAW_SHOW"))
      std::printf("%.3f %.2f: %s mean %.3f\n", phase, delay, to_text(during_load(changes)).c_str(),
                  mean(changes, kEnd));
  }
  for (const KnativeRecording& recording : recordings) {
    SCOPED_TRACE(recording.file + " " + to_text(recording.changes));
    EXPECT_GE(peak(recording.changes), least - 1);
    EXPECT_LE(peak(recording.changes), most + 1);
    EXPECT_NEAR(mean(recording.changes, kEnd) / (sum / kRuns), 1, 0.15);
  }
}

TEST(KnativeRecordings, SporadicCalls) { lies_within({"K4-3", "K4-4", "K4-5", "K4-6"}); }

TEST(KnativeRecordings, SporadicCallsOfAnotherSeed) { lies_within({"K4b-1", "K4b-2", "K4b-3"}); }

}  // namespace knative_test
}  // namespace thaw::sim
