#include "engine/quantity.hpp"

#include <gtest/gtest.h>

#include <type_traits>

namespace thaw {
namespace quantity_test {

TEST(Quantity, LikeKindsAddAndSubtract) {
  EXPECT_EQ(Replicas(3) + Replicas(4), Replicas(7));
  EXPECT_EQ(Replicas(3) - Replicas(4), Replicas(-1));
  Bytes stored{1'000};
  stored += Bytes(24);
  EXPECT_EQ(stored, Bytes(1'024));
  stored -= Bytes(1'000);
  EXPECT_EQ(stored, Bytes(24));
}

TEST(Quantity, LikeKindsCompare) {
  EXPECT_LT(Replicas(1), Replicas(2));
  EXPECT_GE(Replicas(2), Replicas(2));
  EXPECT_NE(Millicores(250), Millicores(500));
}

TEST(Quantity, StartsAtZero) { EXPECT_EQ(Replicas{}, Replicas(0)); }

TEST(Quantity, KeepsBytesBeyondThirtyTwoBits) {
  EXPECT_EQ((Bytes(3'000'000'000) + Bytes(3'000'000'000)).count, 6'000'000'000);
}

TEST(Quantity, KindsDoNotConvertIntoEachOther) {
  static_assert(!std::is_convertible_v<Replicas, Bytes>);
  static_assert(!std::is_convertible_v<Bytes, BytesPerSecond>);
  static_assert(!std::is_convertible_v<int, Replicas>);
  static_assert(!std::is_convertible_v<Replicas, int>);
}

}  // namespace quantity_test
}  // namespace thaw
