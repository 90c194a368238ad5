// The rules of the house, held against this very tree. Runs with the repository's root as working
// directory.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/tidy/rules.hpp"

namespace thaw::tidy {
namespace {

const Tree& this_tree() {
  static const Tree tree = read_tree(".");
  return tree;
}

std::string joined(const Findings& findings) {
  std::string text;
  for (const std::string& finding : findings) text += finding + "\n";
  return text;
}

TEST(Tree, IsTheRepository) {
  const auto has = [](const std::string& path) {
    return std::ranges::any_of(this_tree(),
                               [&](const SourceFile& file) { return file.path == path; });
  };
  EXPECT_TRUE(has("engine/policy.hpp"));
  EXPECT_TRUE(has("tests/tidy/tree_test.cpp"));
  EXPECT_TRUE(has("dev"));
}

TEST(Tree, IncludesPointOneWay) { EXPECT_EQ(joined(includes_against_the_grain(this_tree())), ""); }

TEST(Tree, KeepsEachLibraryInItsPlace) {
  EXPECT_EQ(joined(libraries_out_of_place(this_tree())), "");
}

TEST(Tree, ComputesTheSameOnEveryMachine) {
  EXPECT_EQ(joined(machine_dependent_math(this_tree())), "");
}

TEST(Tree, ReadsNoClockOfTheMachine) { EXPECT_EQ(joined(clocks_of_the_machine(this_tree())), ""); }

TEST(Tree, CatchesOnlyWhatItNames) { EXPECT_EQ(joined(catch_all(this_tree())), ""); }

TEST(Tree, HasNoLongFile) { EXPECT_EQ(joined(long_files(this_tree())), ""); }

TEST(Tree, GuardsEveryHeader) { EXPECT_EQ(joined(headers_without_pragma_once(this_tree())), ""); }

TEST(Tree, BuildsEverySource) { EXPECT_EQ(joined(sources_in_no_build(this_tree())), ""); }

TEST(Tree, NamesNoPathOfOneMachine) { EXPECT_EQ(joined(paths_of_one_machine(this_tree())), ""); }

}  // namespace
}  // namespace thaw::tidy
