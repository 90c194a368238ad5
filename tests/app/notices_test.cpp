// What each family of scenarios says that it relies on: notices/NAME.txt is the whole list, a line
// each. A list that has become longer or shorter is a change that users read: write it down there.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/app/command.hpp"

namespace thaw::test {
namespace notices_test {

namespace fs = std::filesystem;

TEST(Notices, OfEveryFamilyOfScenariosAreTheseAndNoOthers) {
  int families = 0;
  for (const auto& entry : fs::directory_iterator("scenarios")) {
    const std::string name = entry.path().filename().string();
    if (!fs::exists(entry.path() / "scenario.yaml")) continue;
    ++families;
    const Outcome run = thaw_command({"run", entry.path().string(), "--format", "json"});
    ASSERT_EQ(run.code, 0) << name << run.err;
    const auto notices = nlohmann::json::parse(run.out)["notices"].get<std::vector<std::string>>();
    EXPECT_EQ(notices, lines_of(read_text("tests/app/notices/" + name + ".txt"))) << name;
  }
  EXPECT_GE(families, 7);
}

}  // namespace notices_test
}  // namespace thaw::test
