#include "engine/calibration/observed.hpp"

#include <gtest/gtest.h>

#include "engine/calibration/calibration.hpp"
#include "engine/math.hpp"
#include "engine/random.hpp"

namespace thaw::calibration {
namespace observed_test {

TimePoint at(double s) { return TimePoint{Duration{static_cast<std::int64_t>(s * 1e9)}}; }

TEST(Observed, ANodeIsProvisionedFromItsOrderUntilItsCardsAreAllocatable) {
  Observing observing;
  observing.take(recording::Stage{true, "gpu", "gpu-1", "ordered", at(10)});
  observing.take(recording::Stage{true, "gpu", "gpu-1", "created", at(45)});
  observing.take(recording::Stage{true, "gpu", "gpu-1", "ready", at(60)});
  observing.take(recording::Stage{true, "gpu", "gpu-1", "allocatable", at(110)});
  observing.take(recording::Stage{true, "gpu", "gpu-2", "ordered", at(90)});  // not there yet
  const Observed observed = observing.finish();
  const Provisioned& pool = observed.pools.at("gpu");
  EXPECT_EQ(pool.total, (std::vector<double>{100}));
  EXPECT_EQ(pool.instance, 35);
  EXPECT_EQ(pool.boot, 15);
  EXPECT_EQ(pool.gpu, 50);
}

TEST(Observed, AContainerStartsOnceItsImageIsThere) {
  Observing observing;
  observing.take(recording::Stage{false, "f", "f-1", "pulled", at(3)});
  observing.take(recording::Stage{false, "f", "f-1", "started", at(5)});
  EXPECT_EQ(observing.finish().container_starts.at("f"), (std::vector<double>{2}));
}

TEST(Calibration, OfAnotherShapeSaysSo) {
  Random random(1, "shapes");
  Observed observed;
  for (int i = 0; i < 300; ++i) {
    observed.services["uniform"].push_back(0.01 + random.uniform());
    observed.services["lognormal"].push_back(math::exp(random.normal()));
  }
  for (const Fitted& one : calibrate(observed))
    EXPECT_EQ(one.distance > one.critical, one.name == "uniform") << one.distance;
}

TEST(Calibration, OneInTwentyLognormalsLooksLikeAnotherShape) {
  int refused = 0;
  for (std::uint64_t trial = 0; trial < 1'000; ++trial) {
    Random random(trial, "one in twenty");
    Observed observed;
    for (int i = 0; i < 25; ++i) observed.services["f"].push_back(math::exp(random.normal()));
    const Fitted one = calibrate(observed).at(0);
    refused += one.distance > one.critical ? 1 : 0;
  }
  EXPECT_GE(refused, 30);  // 50 ± 3 standard errors
  EXPECT_LE(refused, 70);
}

}  // namespace observed_test
}  // namespace thaw::calibration
