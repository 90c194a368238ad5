// Who downloads, who waits and who reads, pod by pod.
#include "sim/model_volumes.hpp"

#include <gtest/gtest.h>

namespace thaw::sim {
namespace model_volumes_test {

using Step = ModelVolumes::Step;
constexpr auto kShared = Storage::shared_volume;
constexpr auto kOwn = Storage::own_volume;

TEST(SharedVolume, IsDownloadedOnceAndThenRead) {
  ModelVolumes volumes(1);
  EXPECT_EQ(volumes.open(0, kShared, 1), Step::download);
  EXPECT_EQ(volumes.open(0, kShared, 2), Step::wait);
  EXPECT_EQ(volumes.downloaded(0, 1), std::vector<PodId>{2});
  EXPECT_EQ(volumes.open(0, kShared, 3), Step::read);
  EXPECT_EQ(volumes.closed(0, 1), std::nullopt);
  EXPECT_EQ(volumes.open(0, kShared, 4), Step::read) << "the volume outlives the pod";
}

TEST(SharedVolume, IsDownloadedByTheNextWhenTheFirstGoes) {
  ModelVolumes volumes(1);
  volumes.open(0, kShared, 1);
  volumes.open(0, kShared, 2);
  volumes.open(0, kShared, 3);
  EXPECT_EQ(volumes.closed(0, 2), std::nullopt) << "one that waited";
  EXPECT_EQ(volumes.closed(0, 1), std::optional<PodId>(3));
  EXPECT_EQ(volumes.open(0, kShared, 4), Step::wait);
  EXPECT_EQ(volumes.downloaded(0, 3), std::vector<PodId>{4});
}

TEST(OwnVolumes, AreDownloadedEachAndFoundAgain) {
  ModelVolumes volumes(1);
  EXPECT_EQ(volumes.open(0, kOwn, 1), Step::download);
  EXPECT_EQ(volumes.open(0, kOwn, 2), Step::download);
  volumes.downloaded(0, 1);
  volumes.closed(0, 1);
  volumes.closed(0, 2);
  EXPECT_EQ(volumes.open(0, kOwn, 3), Step::read) << "the first ordinal's";
  EXPECT_EQ(volumes.open(0, kOwn, 4), Step::download) << "the second never got its model";
}

TEST(Volumes, OfTwoFunctionsAreNotTheSame) {
  ModelVolumes volumes(2);
  EXPECT_EQ(volumes.open(0, kShared, 1), Step::download);
  EXPECT_EQ(volumes.open(1, kShared, 2), Step::download);
  EXPECT_EQ(volumes.open(1, Storage::pod, 3), Step::download);
}

}  // namespace model_volumes_test
}  // namespace thaw::sim
