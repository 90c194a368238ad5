#include "engine/report/table.hpp"

#include <gtest/gtest.h>

namespace thaw {
namespace table_test {

using enum Table::Align;

TEST(Table, AlignsColumnsAndLeavesNoBlanksAtTheEnd) {
  Table table({left, right, left});
  table.add({"a", "1", "first"});
  table.add({"bbb", "100", ""});
  EXPECT_EQ(table.text("> "),
            "> a      1  first\n"
            "> bbb  100\n");
}

TEST(Table, CountsCodePointsAndNoEscapes) {
  Table table({left, left});
  table.add({"→", "x"});
  table.add({painted("ab", Colour::red), "y"});
  EXPECT_EQ(table.text(""),
            "→   x\n"
            "\x1b[31mab\x1b[0m  y\n");
}

TEST(Painted, LeavesTextAloneWithoutAColour) { EXPECT_EQ(painted("ok", Colour::none), "ok"); }

}  // namespace table_test
}  // namespace thaw
