#include "engine/sampler.hpp"

#include <gtest/gtest.h>

namespace thaw {
namespace sampler_test {

// 16 are drawn at a time: 100 take six blocks and a part of the seventh.
TEST(Sampler, GivesWhatTheDistributionWouldDraw) {
  for (const Distribution& d :
       {Distribution::constant(7s), Distribution::exponential(1991ms),
        Distribution::uniform(1s, 2s), Distribution::lognormal_mean_cv(1s, 2),
        Distribution::gamma_mean_cv(1s, 2), Distribution::weibull_mean_cv(1s, 2)}) {
    Random random(60, "x");
    Sampler sampler(d, random);
    for (int i = 0; i < 100; ++i) {
      EXPECT_EQ(sampler.next(), d.draw(random))
          << "value " << i << " of " << static_cast<int>(d.kind);
    }
  }
}

TEST(Sampler, RepeatsItselfFromACopy) {
  Sampler first(Distribution::exponential(1s), Random(61, "x"));
  for (int i = 0; i < 5; ++i) first.next();
  Sampler second = first;
  for (int i = 0; i < 50; ++i) EXPECT_EQ(first.next(), second.next());
}

TEST(Sampler, RoundsAndStopsAtAHundredYears) {
  Sampler endless({Distribution::Kind::exponential, 1e40, 0}, Random(62, "x"));
  Sampler instant(Distribution::exponential(0s), Random(62, "x"));
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(endless.next(), Duration{3'155'760'000'000'000'000});
    EXPECT_EQ(instant.next(), 0ns);
  }
}

}  // namespace sampler_test
}  // namespace thaw
