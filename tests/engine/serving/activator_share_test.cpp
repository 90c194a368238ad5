// Sharing of replicas among activators, and the sample that is scraped of them.
#include "engine/serving/activator_share.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "engine/serving/sample_size.hpp"

namespace thaw::serving {
namespace {

std::vector<std::int32_t> pods_of(std::int32_t pods, std::int32_t index, std::int32_t activators,
                                  std::int32_t concurrency = 1) {
  const ActivatorShare share = share_of(concurrency, pods, index, activators);
  std::vector<std::int32_t> found;
  for (std::int32_t pod = 0; pod < pods; ++pod)
    if (share.has(pod)) found.push_back(pod);
  EXPECT_EQ(static_cast<std::int32_t>(found.size()), share.size());
  return found;
}

using Pods = std::vector<std::int32_t>;

TEST(ActivatorShare, SlicesReplicasAndGivesTheFirstActivatorsOneOfTheRest) {
  // 8 = 3 · 2 + 2
  EXPECT_EQ(pods_of(8, 0, 3), (Pods{0, 1, 6}));
  EXPECT_EQ(pods_of(8, 1, 3), (Pods{2, 3, 7}));
  EXPECT_EQ(pods_of(8, 2, 3), (Pods{4, 5}));
}

TEST(ActivatorShare, MoreActivatorsThanReplicasTakeTurns) {
  EXPECT_EQ(pods_of(2, 0, 3), (Pods{0}));
  EXPECT_EQ(pods_of(2, 1, 3), (Pods{1}));
  EXPECT_EQ(pods_of(2, 2, 3), (Pods{0}));
}

TEST(ActivatorShare, WhoIsAloneOrUnknownTakesAll) {
  EXPECT_EQ(pods_of(3, kUnknownActivator, 2), (Pods{0, 1, 2}));
  EXPECT_EQ(pods_of(3, 0, 1), (Pods{0, 1, 2}));
  EXPECT_EQ(pods_of(1, 1, 2), (Pods{0}));
  EXPECT_EQ(pods_of(0, 0, 2), (Pods{}));
}

TEST(ActivatorShare, WithoutALimitThereIsNothingToShare) {
  EXPECT_EQ(pods_of(3, 1, 3, 0), (Pods{0, 1, 2}));
}

TEST(ActivatorShare, CapacityIsTheRoomInItsOwnReplicas) {
  EXPECT_EQ(capacity_of(10, share_of(10, 8, 0, 3)), 30);
  EXPECT_EQ(capacity_of(10, share_of(10, 8, 2, 3)), 20);
  EXPECT_EQ(capacity_of(0, share_of(0, 8, 0, 3)), kWithoutLimit);
  EXPECT_EQ(capacity_of(0, share_of(0, 0, 0, 3)), 0);
}

TEST(ActivatorShare, AClusterAddressGivesAnEqualPartOfAllRoomAndAtLeastOne) {
  EXPECT_EQ(capacity_via_cluster_ip(10, 5, 3), 16);  // 50 / 3
  EXPECT_EQ(capacity_via_cluster_ip(1, 1, 3), 1);
  EXPECT_EQ(capacity_via_cluster_ip(10, 5, 0), 50);
  EXPECT_EQ(capacity_via_cluster_ip(10, 0, 3), 0);
  EXPECT_EQ(capacity_via_cluster_ip(0, 1, 3), kWithoutLimit);
}

TEST(SampleSize, AllOfUpToThreeThenEverFewer) {
  EXPECT_EQ(sample_size(0), 0);
  EXPECT_EQ(sample_size(3), 3);
  // x = 1.96² · 100 / 25 = 15.3664; n x / (n + x - 1)
  EXPECT_EQ(sample_size(5), 4);      // 3.97
  EXPECT_EQ(sample_size(100), 14);   // 13.4
  EXPECT_EQ(sample_size(1000), 16);  // 15.1: near its limit
}

}  // namespace
}  // namespace thaw::serving
