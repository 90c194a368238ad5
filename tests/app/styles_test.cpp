// A user's own manifests, with five lines of scenario around them: tests/scenarios/styles has sets
// in the styles of public projects, of which each is taken as it is.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/app/command.hpp"

namespace thaw::test {
namespace styles_test {

using nlohmann::json;

const std::filesystem::path kStyles = "tests/scenarios/styles";

std::vector<std::string> styles() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kStyles))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

class Style : public testing::TestWithParam<std::string> {
 protected:
  std::filesystem::path folder() const { return kStyles / GetParam(); }
};

// apiVersion, kind and name; then cluster, manifests, functions, workload and checks.
TEST_P(Style, NeedsFiveLinesBesideItsName) {
  const auto lines = lines_of(read_text(folder() / "scenario.yaml"));
  const auto written = std::ranges::count_if(
      lines, [](const std::string& line) { return !line.empty() && line.front() != '#'; });
  EXPECT_LE(written, 3 + 5);
}

TEST_P(Style, RunsAndAnswersEveryCall) {
  const Outcome run = thaw_command({"run", folder().string(), "--format", "json"});
  ASSERT_EQ(run.code, 0) << run.err << run.out;
  const json summary = json::parse(run.out);
  ASSERT_EQ(summary.at("checks").size(), 1U);
  EXPECT_EQ(summary.at("checks").at(0).at("held"), true);
  ASSERT_EQ(summary.at("functions").size(), 1U);
  const json& requests = summary.at("functions").front().at("requests");
  EXPECT_GT(requests.at("total"), 0);
  EXPECT_EQ(requests.at("completed"), requests.at("total"));
  for (const char* const other : {"timed_out", "rejected", "failed", "unfinished"})
    EXPECT_EQ(requests.at(other), 0) << other;
}

// GoogleTest takes no hyphens in names.
INSTANTIATE_TEST_SUITE_P(OfPublicProjects, Style, testing::ValuesIn(styles()),
                         [](const auto& style) {
                           std::string name = style.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST(Styles, AreTenAtLeast) { EXPECT_GE(styles().size(), 10U); }

}  // namespace styles_test
}  // namespace thaw::test
