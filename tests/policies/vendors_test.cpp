// runpod and modal: the rules that their documentations state.
#include <gtest/gtest.h>

#include "policies/demand/queue_age.hpp"
#include "tests/policies/story.hpp"

namespace thaw {

PolicyInfo runpod_policy();
PolicyInfo modal_policy();

namespace vendors_test {

// Three arrived in each of the last four seconds: of 8 that wait the oldest came in the third.
TEST(QueueAge, FollowsFromLengthAndArrivals) {
  QueueAge age;
  for (int s = 0; s < 4; ++s) {
    Load load{.at = kStart + s * 1s};
    load.requests = 3;
    age.add(load);
  }
  const TimePoint now = kStart + 4s;
  EXPECT_EQ(age.oldest_s(8, now), 3);
  EXPECT_EQ(age.waiting_longer(8, 2, now), 2);
  EXPECT_EQ(age.waiting_longer(8, 3, now), 0);
  EXPECT_EQ(age.oldest_s(0, now), 0);
  EXPECT_EQ(age.waiting_longer(20, 4, now), 8);  // from before
}

// The first gets a worker at once. Two more, that came in the second before 3 s, have waited for
// longer than 4 s at 7 s, and get one each.
TEST(RunPod, AddsAWorkerForEachThatWaitsTooLong) {
  Story story(runpod_policy, {});
  story.run(0, 0, 3s);
  story.run(3, 1, 4s, 2);
  EXPECT_EQ(story.steps, (Steps{{3s, 1}}));
  story.run(0, 1, 20s, 2);
  EXPECT_EQ(story.steps, (Steps{{3s, 1}, {7s, 3}}));
  EXPECT_EQ(to_words(story.why).find("2 waiting, the oldest for "), 0u);
}

TEST(RunPod, ADelayMayBeLonger) {
  Story story(runpod_policy, {{"scalerValue", "10"}});
  story.run(0, 0, 3s);
  story.run(3, 1, 4s, 2);
  story.run(0, 1, 30s, 2);
  EXPECT_EQ(story.steps, (Steps{{3s, 1}, {13s, 3}}));
}

// ceil((in queue + in progress) / scalerValue), 7 / 4 → 2.
TEST(RunPod, CountsRequests) {
  Story story(runpod_policy, {{"scalerType", "REQUEST_COUNT"}});
  story.run(1, 4, 20s, 3);
  EXPECT_EQ(story.replicas(), 2);
  story.run(1, 20, 40s, 3);  // 23 / 4 → 6, of 3
  EXPECT_EQ(story.replicas(), 3);
  EXPECT_EQ(static_cast<Limit>(story.why.number[3]), Limit::max);
}

TEST(RunPod, AnIdleWorkerGoesAfterItsTimeout) {
  Story story(runpod_policy, {}), longer(runpod_policy, {{"idleTimeout", "30"}}),
      active(runpod_policy, {{"workersMin", "1"}});
  for (Story* one : {&story, &longer, &active}) {
    one->run(1, 1, 10s);
    one->run(0, 0, 60s);
  }
  EXPECT_EQ(story.steps.back(), (std::pair<Duration, std::int32_t>(14s, 0)));  // last used at 9 s
  EXPECT_EQ(longer.steps.back(), (std::pair<Duration, std::int32_t>(39s, 0)));
  EXPECT_EQ(active.replicas(), 1);
  EXPECT_EQ(story.due, TimePoint::never());
}

TEST(RunPod, TellsThatFlashBootIsNotModelled) {
  const Shown with(runpod_policy, {{"flashBoot", "true"}});
  EXPECT_EQ(with.problem(), "");
  ASSERT_EQ(with.diagnostics.notices().size(), 1u);
  EXPECT_NE(with.diagnostics.notices()[0].find("flashBoot is not modelled"), std::string::npos);
  EXPECT_TRUE(Shown(runpod_policy, {}).diagnostics.notices().empty());
  EXPECT_TRUE(Shown(runpod_policy, {{"scalerType", "DELAY"}}).complains("QUEUE_DELAY"));
  EXPECT_TRUE(Shown(runpod_policy, {{"workersMin", "4"}}).complains("at most workersMax 3"));
}

// --- Modal ---

TEST(Modal, HasAContainerForEachInputOrForItsTarget) {
  Story each(modal_policy, {}), five(modal_policy, {{"target_inputs", "5"}});
  for (Story* one : {&each, &five}) {
    one->run(1, 4, 10s);
    one->run(1, 8, 20s, 3);
  }
  EXPECT_EQ(each.replicas(), 11);
  EXPECT_EQ(five.replicas(), 3);  // ceil(11 / 5)
}

TEST(Modal, KeepsABufferWhileItIsActive) {
  Story story(modal_policy, {{"buffer_containers", "2"}});
  story.run(1, 3, 10s);
  EXPECT_EQ(story.replicas(), 5);
  EXPECT_EQ(to_words(story.why), "3 in use, 2 beyond them → 5");
  story.run(0, 0, 5min);
  EXPECT_EQ(story.replicas(), 0);
}

TEST(Modal, IdleContainersStayForTheWindow) {
  Story story(modal_policy, {}), longer(modal_policy, {{"scaledown_window", "5m"}}),
      kept(modal_policy, {{"min_containers", "2"}});
  for (Story* one : {&story, &longer, &kept}) {
    one->run(1, 3, 10s);
    one->run(1, 1, 20s);
    one->run(0, 0, 10min);
  }
  // Three were in use at 9 s for the last time, one at 19 s.
  EXPECT_EQ(story.steps, (Steps{{0s, 3}, {69s, 1}, {79s, 0}}));
  EXPECT_EQ(longer.steps, (Steps{{0s, 3}, {309s, 1}, {319s, 0}}));
  EXPECT_EQ(kept.replicas(), 2);
}

TEST(Modal, StaysBelowItsMost) {
  Story story(modal_policy, {{"max_containers", "2"}});
  story.run(1, 30, 10s);
  EXPECT_EQ(story.replicas(), 2);
  EXPECT_TRUE(Shown(modal_policy, {{"scaledown_window", "21m"}}).complains("at most 20min"));
  EXPECT_TRUE(Shown(modal_policy, {{"min_containers", "3"}, {"max_containers", "2"}})
                  .complains("at most max_containers 2"));
}

TEST(Vendors, SleepingIsNotObservable) {
  for (PolicyInfo (*const info)() : {&runpod_policy, &modal_policy}) {
    const auto steps = [&](Duration often) {
      Story story(info, {}, 7s, often);
      for (int i = 0; i < 9; ++i) {
        story.run(1 + i % 3, static_cast<std::uint32_t>(1 + i % 4), story.now + 30s,
                  static_cast<std::uint32_t>(i % 3));
        story.run(0, 0, story.now + 2min + i % 5 * 30s);
      }
      return story.steps;
    };
    const Steps asleep = steps(24h);
    EXPECT_EQ(asleep, steps(1s));
    EXPECT_GT(asleep.size(), 9u);
  }
}

TEST(Vendors, KnowOverARestartWhenTheirWorkersWereUsed) {
  for (PolicyInfo (*const info)() : {&runpod_policy, &modal_policy}) {
    Story story(info, {}), restarted(info, {});
    for (Story* one : {&story, &restarted}) one->run(1, 3, 10s);
    ASSERT_TRUE(restarted.shown.restart());
    for (Story* one : {&story, &restarted}) one->run(0, 0, 5min);
    EXPECT_EQ(restarted.steps, story.steps);
    EXPECT_FALSE(restarted.shown.restart(1));
  }
}

}  // namespace vendors_test
}  // namespace thaw
