// Breaker: who is served, who waits, who is turned away.
#include "engine/serving/breaker.hpp"

#include <gtest/gtest.h>

namespace thaw::serving {
namespace {

using Admission = Breaker::Admission;

TEST(Breaker, ServesUpToItsCapacityThenQueuesThenRefuses) {
  Breaker breaker(2, 3);
  EXPECT_EQ(breaker.arrive(), Admission::served);
  EXPECT_EQ(breaker.arrive(), Admission::served);
  EXPECT_EQ(breaker.arrive(), Admission::waiting);
  EXPECT_EQ(breaker.arrive(), Admission::refused);
  EXPECT_EQ(breaker.serving(), 2);
  EXPECT_EQ(breaker.waiting(), 1);
}

TEST(Breaker, AnEndLetsAWaitingRequestIn) {
  Breaker breaker(1, 2);
  breaker.arrive();
  breaker.arrive();
  EXPECT_TRUE(breaker.finish());
  EXPECT_EQ(breaker.serving(), 1);
  EXPECT_FALSE(breaker.finish());
  EXPECT_EQ(breaker.serving(), 0);
}

TEST(Breaker, LessCapacityLeavesThoseInServiceAlone) {
  Breaker breaker(3, 10);
  for (int i = 0; i < 4; ++i) breaker.arrive();
  EXPECT_EQ(breaker.set_capacity(1), 0);
  EXPECT_EQ(breaker.serving(), 3);
  EXPECT_FALSE(breaker.finish());  // 2 in service, 1 allowed
  EXPECT_FALSE(breaker.finish());
  EXPECT_TRUE(breaker.finish());
  EXPECT_EQ(breaker.waiting(), 0);
}

TEST(Breaker, MoreCapacityLetsTheWaitingInButAdmitsNoMore) {
  Breaker breaker(0, 3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(breaker.arrive(), Admission::waiting);
  EXPECT_EQ(breaker.set_capacity(100), 3);
  EXPECT_EQ(breaker.arrive(), Admission::refused);
}

TEST(Breaker, OneThatGivesUpMakesRoomInTheQueue) {
  Breaker breaker(1, 2);
  breaker.arrive();
  breaker.arrive();
  breaker.abandon();
  EXPECT_EQ(breaker.arrive(), Admission::waiting);
}

TEST(Breaker, AQueueProxyAdmitsElevenTimesItsConcurrency) {
  Breaker breaker = queue_proxy_breaker(2);
  int admitted = 0;
  while (breaker.arrive() != Admission::refused) ++admitted;
  EXPECT_EQ(admitted, 22);  // 2 in service, 10 · 2 waiting
}

TEST(Breaker, AnActivatorHoldsTenThousandBeforeThereIsAReplica) {
  Breaker breaker = activator_breaker(5);
  int admitted = 0;
  while (breaker.arrive() != Admission::refused) ++admitted;
  EXPECT_EQ(admitted, 10'005);
  EXPECT_EQ(breaker.serving(), 0);
}

TEST(BreakerDeathTest, NobodyFinishesWhoHasNotBegun) {
  Breaker breaker(1, 1);
  EXPECT_DEATH(breaker.finish(), "was in service");
  EXPECT_DEATH(breaker.abandon(), "was waiting");
}

}  // namespace
}  // namespace thaw::serving
