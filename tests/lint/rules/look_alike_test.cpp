#include <gtest/gtest.h>

#include "tests/lint/linted.hpp"

namespace thaw::lint {
namespace look_alike_test {

using Texts = std::vector<std::string>;

TEST(LookAlike, IsFoundInAKeyAtItsCharacter) {
  const Result result = linted({{"a.yaml",
                                 "limits:\n"
                                 "  nvidia.com/gpumem\u2212percentage: 18\n"}});
  // Column 3, and 17 characters before the sign.
  EXPECT_EQ(places(result), Texts{"TH102 a.yaml:2:20"});
  EXPECT_EQ(result.findings.at(0).mend, "write \"nvidia.com/gpumem-percentage\"");
}

TEST(LookAlike, IsFoundInAValueThatIsOneWord) {
  EXPECT_EQ(places(linted({{"a.yaml", "image: fedless\u2212client\n"}})),
            Texts{"TH102 a.yaml:1:15"});
}

TEST(LookAlike, IsFineInTextForPeople) {
  EXPECT_EQ(places(linted({{"a.yaml", "description: clients \u2013 all of them\n"}})), Texts{});
}

TEST(LookAlike, PlainHyphenIsFine) {
  EXPECT_EQ(places(linted({{"a.yaml", "nvidia.com/gpumem-percentage: 18\n"}})), Texts{});
}

}  // namespace look_alike_test
}  // namespace thaw::lint
