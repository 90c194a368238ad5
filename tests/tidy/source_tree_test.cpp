#include "tests/tidy/source_tree.hpp"

#include <gtest/gtest.h>

namespace thaw::tidy {
namespace {

TEST(OnlyCode, BlanksCommentsAndKeepsTheLines) {
  EXPECT_EQ(only_code("a; // b\nc; /* d\ne */ f;"), "a;     \nc;     \n     f;");
}

TEST(OnlyCode, BlanksLiterals) {
  EXPECT_EQ(only_code("f(\"// \\\" no\", '\"');"), "f(          ,    );");
  EXPECT_EQ(only_code("R\"x(a\n)\" b)x\";"), "     \n       ;");
}

TEST(OnlyCode, KnowsADigitSeparatorFromALiteral) {
  EXPECT_EQ(only_code("1'000 + 'a'"), "1'000 +    ");
}

TEST(OnlyCode, EndsWithAnOpenLiteral) { EXPECT_EQ(only_code("a \"b\nc /* d"), "a   \nc     "); }

TEST(SourceFile, SplitsLinesAndLeavesOtherLanguagesAsTheyAre) {
  const SourceFile text = source_file("README.md", "one // two\n\nthree");
  EXPECT_EQ(text.lines, (std::vector<std::string>{"one // two", "", "three"}));
  EXPECT_TRUE(text.code.empty());
  EXPECT_EQ(source_file("a.hpp", "x // y\n").code, (std::vector<std::string>{"x     "}));
}

}  // namespace
}  // namespace thaw::tidy
