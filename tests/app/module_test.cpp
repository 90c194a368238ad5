// SimGrid is opened when the first flow starts, and not before: without its module, what has no
// flows still runs.
#include <gtest/gtest.h>

#include "tests/app/command.hpp"

namespace thaw::test {
namespace module_test {

class WithoutModule : public testing::Test {
 protected:
  WithoutModule() {
    std::filesystem::create_directory(temp_.path("bin"));
    std::filesystem::copy_file(thaw_binary(), temp_.path("bin/thaw"));
  }
  Outcome run(const std::string& scenario) {
    return run_program(temp_.path("bin/thaw"),
                       {"run", scenario, "--out", temp_.path("out").string()});
  }

  TempFolder temp_;
};

TEST_F(WithoutModule, ARunWithFlowsEndsWithThreeAndNamesTheModule) {
  const Outcome outcome = run(kKapsule);
  EXPECT_EQ(outcome.code, 3);
  EXPECT_TRUE(outcome.out.empty()) << outcome.out.substr(0, 200);
  EXPECT_TRUE(has(outcome.err, "libthaw_fluid_simgrid.so")) << outcome.err;
  EXPECT_TRUE(has(outcome.err, "libsimgrid")) << "the package to install is named: " << outcome.err;
  EXPECT_FALSE(std::filesystem::exists(temp_.path("out")));
}

// The call is cut, and the run over, long before the node that would pull an image is there.
TEST_F(WithoutModule, ARunWithoutFlowsWorks) {
  const Outcome outcome = run(kKapsule + "/cold-call-024");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(temp_.names("out").size(), 5U);
}

TEST_F(WithoutModule, TheModuleBesideTheCommandIsFound) {
  std::filesystem::copy_file(thaw_binary().parent_path() / "libthaw_fluid_simgrid.so",
                             temp_.path("bin/libthaw_fluid_simgrid.so"));
  EXPECT_EQ(run(kKapsule).code, 0);
}

TEST_F(WithoutModule, TheModuleOfAnInstalledCommandIsFound) {
  std::filesystem::create_directories(temp_.path("lib/thaw"));
  std::filesystem::copy_file(thaw_binary().parent_path() / "libthaw_fluid_simgrid.so",
                             temp_.path("lib/thaw/libthaw_fluid_simgrid.so"));
  EXPECT_EQ(run(kKapsule).code, 0);
}

}  // namespace module_test
}  // namespace thaw::test
