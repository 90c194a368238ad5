#include "engine/diagnostic.hpp"

#include <gtest/gtest.h>

namespace thaw {
namespace diagnostic_test {

TEST(Diagnostic, PrintsPlaceKeyAndMessage) {
  EXPECT_EQ(to_text({{"a.yaml", 8, 11}, "cluster.pools", "expected a list"}),
            "a.yaml:8:11: cluster.pools: expected a list");
}

TEST(Diagnostic, LeavesOutWhatItDoesNotKnow) {
  EXPECT_EQ(to_text({{"a.yaml", 8, 0}, "", "wrong"}), "a.yaml:8: wrong");
  EXPECT_EQ(to_text({{"a.yaml", 0, 0}, "", "empty"}), "a.yaml: empty");
  EXPECT_EQ(to_text({{"", 0, 0}, "key", "wrong"}), "key: wrong");
  EXPECT_EQ(to_text({{"", 0, 0}, "", "wrong"}), "wrong");
}

TEST(Diagnostics, ThrowsNothingWithoutErrors) {
  Diagnostics d;
  d.notice("not modelled");
  EXPECT_TRUE(d.ok());
  EXPECT_NO_THROW(d.throw_if_any());
}

TEST(Diagnostics, ThrowsAllErrorsInOrderOfPlace) {
  Diagnostics d;
  d.error({"b", 1, 1}, "", "fifth");
  d.error({"a", 10, 1}, "", "fourth");
  d.error({"a", 9, 2}, "", "third");
  d.error({"a", 9, 1}, "x", "first");
  d.error({"a", 9, 1}, "a", "second, as it was added later");
  EXPECT_FALSE(d.ok());
  EXPECT_EQ(d.error_count(), 5U);
  try {
    d.throw_if_any();
    FAIL() << "should have thrown";
  } catch (const InputError& e) {
    ASSERT_EQ(e.problems().size(), 5U);
    EXPECT_STREQ(e.what(),
                 "a:9:1: x: first\na:9:1: a: second, as it was added later\na:9:2: third\na:10:1: "
                 "fourth\nb:1:1: fifth");
  }
}

TEST(Diagnostics, TellsAnErrorOnce) {
  Diagnostics d;
  d.error({"a", 1, 1}, "k", "wrong");
  d.error({"a", 1, 1}, "k", "wrong");
  try {
    d.throw_if_any();
    FAIL() << "should have thrown";
  } catch (const InputError& e) {
    EXPECT_EQ(e.problems().size(), 1U);
  }
}

TEST(Diagnostics, KeepsEachNoticeOnceInOrder) {
  Diagnostics d;
  d.notice("b");
  d.notice("a");
  d.notice("b");
  EXPECT_EQ(d.notices(), (std::vector<std::string>{"b", "a"}));
}

TEST(Nearest, FindsSlipsOfTheHand) {
  const std::vector<std::string> keys = {"name", "nodes", "machine", "taints", "provisioning"};
  EXPECT_EQ(nearest("node", keys), "nodes");        // one letter missing
  EXPECT_EQ(nearest("machines", keys), "machine");  // one too many
  EXPECT_EQ(nearest("tants", keys), "taints");
  EXPECT_EQ(nearest("taitns", keys), "taints");               // two swapped count as one step
  EXPECT_EQ(nearest("Provisionning", keys), "provisioning");  // case is no difference
}

TEST(Nearest, TakesAtMostAThird) {
  // Two of six letters differ: a third exactly. Three of six are too many.
  EXPECT_EQ(nearest("taiXXs", {"taints"}), "taints");
  EXPECT_EQ(nearest("taXXXs", {"taints"}), "");
  EXPECT_EQ(nearest("x", {"y"}), "");
  EXPECT_EQ(nearest("", {"y"}), "");
  EXPECT_EQ(nearest("y", {}), "");
}

TEST(Nearest, PrefersTheCloserAndThenTheFirst) {
  EXPECT_EQ(nearest("slotz", {"slxtz", "slots"}), "slxtz");
  EXPECT_EQ(nearest("abcdef", {"abcdxx", "abcdex"}), "abcdex");
}

}  // namespace diagnostic_test
}  // namespace thaw
