// Timelines held against each other. Expected numbers are reckoned by hand beside each case.
#include "engine/diff/difference.hpp"

#include <gtest/gtest.h>

#include <random>

#include "engine/diagnostic.hpp"

namespace thaw::diff {
namespace difference_test {

std::string pod(double at, const std::string& what, int number = 1) {
  return "{\"t_s\":" + std::to_string(at) + ",\"kind\":\"pod\",\"name\":\"f\",\"what\":\"" + what +
         "\",\"pod\":\"f-" + std::to_string(number) + "\"}\n";
}
std::string node(double at, const std::string& what) {
  return "{\"t_s\":" + std::to_string(at) + ",\"kind\":\"node\",\"name\":\"gpu\",\"what\":\"" +
         what + "\",\"node\":\"gpu-1\"}\n";
}
std::string end(double at) {
  return "{\"t_s\":" + std::to_string(at) + ",\"kind\":\"note\",\"name\":\"n\",\"what\":\"end\"}\n";
}

const Track& track(const Tracks& tracks, Measure measure) {
  for (const Track& one : tracks.all) {
    if (one.measure == measure) return one;
  }
  throw std::out_of_range("no such track");
}

TrackDifference replicas(const std::string& a, const std::string& b, Options options = {}) {
  options.measures = {Measure::replicas};
  const Difference all = compare(tracks_of(a, "a"), tracks_of(b, "b"), options);
  return all.tracks.at(0);
}

TEST(Tracks, CountPodsFromCreationUntilTheyAreGone) {
  const Tracks tracks = tracks_of(pod(1, "created") + pod(5, "ready") + pod(6, "created", 2) +
                                      pod(9, "terminating") + pod(10, "gone"),
                                  "a");
  EXPECT_EQ(track(tracks, Measure::replicas).steps,
            (std::vector<Step>{{1s, 1}, {6s, 2}, {10s, 1}}));
  EXPECT_EQ(track(tracks, Measure::ready).steps, (std::vector<Step>{{5s, 1}, {9s, 0}}));
  EXPECT_EQ(tracks.end, 10s);
}

TEST(Tracks, KnowWhatWasThereBeforeByItsEnd) {
  const Tracks tracks = tracks_of(pod(3, "terminating") + pod(4, "gone") + node(9, "gone"), "a");
  EXPECT_EQ(track(tracks, Measure::replicas).before, 1);
  EXPECT_EQ(track(tracks, Measure::replicas).steps, (std::vector<Step>{{4s, 0}}));
  EXPECT_EQ(track(tracks, Measure::ready).before, 1);
  EXPECT_EQ(track(tracks, Measure::nodes).before, 1);
}

TEST(Tracks, OfAPodThatNeverBecameReadyAreNotReady) {
  const Tracks tracks = tracks_of(pod(1, "created") + pod(3, "terminating") + pod(4, "gone"), "a");
  EXPECT_TRUE(track(tracks, Measure::ready).steps.empty());
  EXPECT_EQ(track(tracks, Measure::ready).before, 0);
}

// As the simulator tells of a node's loss.
TEST(Tracks, OfAPodThatIsLostAndThenGoneGoOnce) {
  const Tracks tracks = tracks_of(
      pod(1, "created") + pod(2, "created", 2) + pod(5, "lost") + pod(5, "gone") + end(9), "a");
  EXPECT_EQ(track(tracks, Measure::replicas).steps, (std::vector<Step>{{1s, 1}, {2s, 2}, {5s, 1}}));
}

TEST(Tracks, CountNodesFromReadyOn) {
  const Tracks tracks = tracks_of(
      node(1, "ordered") + node(100, "created") + node(200, "ready") + node(900, "gone"), "a");
  EXPECT_EQ(track(tracks, Measure::nodes).steps, (std::vector<Step>{{200s, 1}, {900s, 0}}));
}

TEST(Tracks, TellEveryLineThatIsWrong) {
  try {
    tracks_of("not json\n" + pod(5, "created") +
                  "{\"t_s\":-1,\"kind\":\"pod\",\"name\":\"f\",\"what\":\"x\"}\n" + pod(4, "ready"),
              "t.jsonl");
    FAIL() << "it was taken";
  } catch (const InputError& error) {
    ASSERT_EQ(error.problems().size(), 3U);
    EXPECT_EQ(error.problems()[0].place.line, 1);
    EXPECT_EQ(error.problems()[1].place.line, 3);
    EXPECT_EQ(error.problems()[2].place.line, 4);
  }
}

TEST(Diff, OfATimelineWithItselfIsNone) {
  const std::string a =
      pod(1, "created") + pod(2, "ready") + pod(8, "terminating") + pod(9, "gone");
  const Difference none = compare(tracks_of(a, "a"), tracks_of(a, "b"), {});
  EXPECT_TRUE(none.same());
  for (const TrackDifference& one : none.tracks) {
    EXPECT_EQ(one.longest_lag, 0s);
    EXPECT_EQ(one.mean_difference, 0);
  }
}

TEST(Diff, SaysHowLateEachChangeIs) {
  const TrackDifference late = replicas(pod(1, "created") + pod(10, "gone") + end(20),
                                        pod(3, "created") + pod(9, "gone") + end(20));
  EXPECT_TRUE(late.same_sequence);
  ASSERT_EQ(late.changes.size(), 2U);
  EXPECT_EQ(late.changes[0].lag(), 2s);
  EXPECT_EQ(late.changes[1].lag(), -1s);
  EXPECT_EQ(late.longest_lag, 2s);
  // A has one for 9 of 20 s, B for 6; they differ from 1 to 3 and from 9 to 10: 3 of 20 s.
  EXPECT_DOUBLE_EQ(late.mean_a, 9.0 / 20);
  EXPECT_DOUBLE_EQ(late.mean_b, 6.0 / 20);
  EXPECT_DOUBLE_EQ(late.mean_difference, 3.0 / 20);
  EXPECT_EQ(late.peak_difference, 1);
}

TEST(Diff, OfALagBeyondWithinIsNotInTime) {
  const std::string a = pod(1, "created") + end(20), b = pod(3, "created") + end(20);
  Options options;
  options.within = 2s;
  EXPECT_TRUE(replicas(a, b, options).in_time);
  options.within = 2s - 1ns;
  EXPECT_FALSE(replicas(a, b, options).in_time);
}

TEST(Diff, TakesPodsOfOneDecisionTogether) {
  const std::string at_once = pod(1, "created") + pod(1, "created", 2) + pod(1, "created", 3);
  const std::string one_by_one =
      pod(1.2, "created") + pod(1.3, "created", 2) + pod(1.4, "created", 3);
  EXPECT_TRUE(replicas(at_once, one_by_one).same_sequence);
  Options options;
  options.settle = 0s;
  EXPECT_FALSE(replicas(at_once, one_by_one, options).same_sequence);
}

TEST(Diff, PairsACycleThatOneLacksWithTheNearest) {
  const std::string twice =
      pod(10, "created") + pod(20, "gone") + pod(100, "created", 2) + pod(110, "gone", 2);
  const std::string once = pod(101, "created") + pod(112, "gone");
  const TrackDifference difference = replicas(twice, once);
  EXPECT_FALSE(difference.same_sequence);
  ASSERT_EQ(difference.changes.size(), 4U);
  EXPECT_FALSE(difference.changes[0].b);
  EXPECT_FALSE(difference.changes[1].b);
  EXPECT_EQ(difference.changes[2].lag(), 1s);
  EXPECT_EQ(difference.changes[3].lag(), 2s);
}

TEST(Diff, LeavesAsFewChangesAloneAsThereCanBe) {
  // Against the longest common subsequence, reckoned the plain way, of random walks.
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    Tracks tracks[2];
    for (Tracks& one : tracks) {
      Track walk{Measure::replicas, "f", 0, {}};
      std::int64_t value = 0;
      const auto steps = random() % 12;
      for (std::uint64_t i = 0; i < steps; ++i) {
        value = value == 0 || random() % 2 ? value + 1 : value - 1;
        walk.steps.push_back({(i + 1) * 10s + Duration{random() % 1000}, value});
      }
      one.end = 200s;
      one.all.push_back(std::move(walk));
    }
    const auto &a = tracks[0].all[0].steps, &b = tracks[1].all[0].steps;
    std::vector<std::vector<std::size_t>> common(a.size() + 1,
                                                 std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 1; i <= a.size(); ++i) {
      for (std::size_t j = 1; j <= b.size(); ++j)
        common[i][j] = a[i - 1].value == b[j - 1].value
                           ? common[i - 1][j - 1] + 1
                           : std::max(common[i - 1][j], common[i][j - 1]);
    }
    const TrackDifference found = compare(tracks[0], tracks[1], {}).tracks.at(0);
    std::size_t pairs = 0;
    for (const Change& change : found.changes) pairs += change.lag() ? 1 : 0;
    EXPECT_EQ(pairs, common[a.size()][b.size()]);
    EXPECT_EQ(found.changes.size(), a.size() + b.size() - pairs);
  }
}

TEST(Diff, TellsOfAMeasureThatOneDoesNotTell) {
  const std::string decision =
      "{\"t_s\":1,\"kind\":\"decision\",\"name\":\"f\",\"what\":\"w\",\"desired\":1,\"was\":0}\n";
  const Difference found =
      compare(tracks_of(decision + pod(2, "created"), "a"), tracks_of(pod(2, "created"), "b"), {});
  EXPECT_TRUE(found.same());
  ASSERT_EQ(found.notices.size(), 1U);
}

TEST(Diff, OfAFunctionThatOneLacksIsADifference) {
  const Difference found =
      compare(tracks_of(pod(2, "created") + node(3, "ready"), "a"),
              tracks_of(node(3, "ready") + "{\"t_s\":4,\"kind\":\"pod\",\"name\":\"g\",\"what\":"
                                           "\"created\",\"pod\":\"g-1\"}\n",
                        "b"),
              {});
  EXPECT_FALSE(found.same());
}

}  // namespace difference_test
}  // namespace thaw::diff
