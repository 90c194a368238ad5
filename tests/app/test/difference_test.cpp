// A unified difference, held against what `diff -u` prints for the same lines.
#include "app/test/difference.hpp"

#include <gtest/gtest.h>

namespace thaw::app {
namespace {

using Lines = std::vector<std::string>;

TEST(Difference, OfTheSameIsEmpty) {
  EXPECT_EQ(difference({}, {}), Lines{});
  EXPECT_EQ(difference({"a", "b"}, {"a", "b"}), Lines{});
}

TEST(Difference, ShowsThreeLinesAroundAChange) {
  EXPECT_EQ(difference({"1", "2", "3", "4", "5", "6", "7", "8", "9"},
                       {"1", "2", "3", "4", "five", "6", "7", "8", "9"}),
            (Lines{"@@ -2,7 +2,7 @@", " 2", " 3", " 4", "-5", "+five", " 6", " 7", " 8"}));
}

TEST(Difference, CountsFromTheLineBeforeWhenOneSideIsEmpty) {
  EXPECT_EQ(difference({}, {"a", "b"}), (Lines{"@@ -0,0 +1,2 @@", "+a", "+b"}));
  EXPECT_EQ(difference({"a", "b"}, {}), (Lines{"@@ -1,2 +0,0 @@", "-a", "-b"}));
}

TEST(Difference, FindsWhatIsCommonBetweenChanges) {
  EXPECT_EQ(difference({"a", "b", "c", "d"}, {"b", "x", "d", "e"}),
            (Lines{"@@ -1,4 +1,4 @@", "-a", " b", "-c", "+x", " d", "+e"}));
}

// Six lines between two changes are the context of both; with seven they are apart.
TEST(Difference, PartsChangesThatAreFarFromEachOther) {
  Lines before = {"a", "1", "2", "3", "4", "5", "6", "z"};
  Lines after = before;
  after.front() = "A";
  after.back() = "Z";
  EXPECT_EQ(difference(before, after).front(), "@@ -1,8 +1,8 @@");
  before.insert(before.begin() + 1, "0");
  after.insert(after.begin() + 1, "0");
  EXPECT_EQ(difference(before, after), (Lines{"@@ -1,4 +1,4 @@", "-a", "+A", " 0", " 1", " 2",
                                              "@@ -6,4 +6,4 @@", " 4", " 5", " 6", "-z", "+Z"}));
}

TEST(Difference, OfVeryLongListsIsAReplacement) {
  Lines before = {"same"}, after = {"same"};
  for (int i = 0; i < 5000; ++i) {
    before.push_back("before " + std::to_string(i));
    after.push_back("after " + std::to_string(i));
  }
  const Lines lines = difference(before, after);
  ASSERT_EQ(lines.size(), 1U + 1U + 2U * 5000U);
  EXPECT_EQ(lines[0], "@@ -1,5001 +1,5001 @@");
  EXPECT_EQ(lines[2], "-before 0");
  EXPECT_EQ(lines.back(), "+after 4999");
}

}  // namespace
}  // namespace thaw::app
