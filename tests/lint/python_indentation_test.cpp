// Expected lines are those that CPython 3.11 names for the same scripts (python3 -m py_compile).
#include "engine/lint/python_indentation.hpp"

#include <gtest/gtest.h>

namespace thaw::lint {
namespace python_indentation_test {

int line_of(std::string_view script) {
  const auto problem = python_indentation(script);
  return problem ? problem->line : 0;
}

TEST(PythonIndentation, TabThenSpacesAndTabIsATabError) {
  const auto problem = python_indentation("def f():\n\twhile True:\n    \tpass\n");
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->line, 3);
  EXPECT_EQ(problem->what, "TabError: inconsistent use of tabs and spaces in indentation");
}

TEST(PythonIndentation, TabsAloneOrSpacesAloneAreFine) {
  EXPECT_EQ(line_of("def f():\n\twhile True:\n\t\tpass\n"), 0);
  EXPECT_EQ(line_of("def f():\n    while True:\n        pass\n"), 0);
}

TEST(PythonIndentation, BracketsStringsAndCommentsDoNotCount) {
  EXPECT_EQ(line_of("f(\n\t  1,\n        2)\n"), 0);
  EXPECT_EQ(line_of("s = '''\n\t  x\n    y\n'''\n"), 0);
  EXPECT_EQ(line_of("if a:\n    b()\n\t# said so\n    c()\n"), 0);
  EXPECT_EQ(line_of("a = 1 + \\\n\t2\n"), 0);
}

TEST(PythonIndentation, DedentToNoLevelIsAnIndentationError) {
  const auto problem = python_indentation("if a:\n    b()\n  c()\n");
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->line, 3);
}

}  // namespace python_indentation_test
}  // namespace thaw::lint
