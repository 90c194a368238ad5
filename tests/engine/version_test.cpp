#include "engine/version.hpp"

#include <gtest/gtest.h>

namespace thaw {
namespace version_test {

TEST(Version, ReadsTwoAndThreeParts) {
  EXPECT_EQ(parse_version("0.81"), (Version{0, 81, 0}));
  EXPECT_EQ(parse_version("1.23.4"), (Version{1, 23, 4}));
  EXPECT_EQ(parse_version("0.0.0"), (Version{0, 0, 0}));
  EXPECT_EQ(parse_version("10.20.30"), (Version{10, 20, 30}));
}

TEST(Version, RefusesEverythingElse) {
  for (const char* text :
       {"",     "1",       "1.",     ".1",   "1..2",   "1.2.",          "1.2.3.4",
        "v1.2", "1.2-rc1", " 1.2",   "1.2 ", "-1.2",   "1.-2",          "+1.2",
        "01.2", "1.02",    "1.2.03", "1,2",  "latest", "1.99999999999", "0x1.2"}) {
    EXPECT_EQ(parse_version(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(Version, OrdersByNumbersAndNotByText) {
  EXPECT_LT((Version{0, 9, 0}), (Version{0, 24, 0}));
  EXPECT_LT((Version{0, 24, 9}), (Version{0, 24, 10}));
  EXPECT_LT((Version{0, 99, 99}), (Version{1, 0, 0}));
}

TEST(Version, PrintsAPatchOnlyWhenThereIsOne) {
  EXPECT_EQ(to_text(Version{0, 81, 0}), "0.81");
  EXPECT_EQ(to_text(Version{1, 23, 4}), "1.23.4");
}

TEST(Version, ReadsBackWhatItPrints) {
  for (const Version v :
       {Version{0, 0, 0}, Version{0, 24, 0}, Version{1, 0, 7}, Version{12, 3, 45}}) {
    EXPECT_EQ(parse_version(to_text(v)), v);
  }
}

}  // namespace version_test
}  // namespace thaw
