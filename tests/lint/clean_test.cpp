// No false alarms: manifest sets in the styles of public projects, in which nothing is wrong.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/lint/linted.hpp"

namespace thaw::lint {
namespace clean_test {

namespace fs = std::filesystem;

// Those made for lint, and those that run with five lines of scenario around them.
std::vector<std::string> clean_sets() {
  std::vector<std::string> paths;
  for (const char* folder : {"tests/lint/clean", "tests/scenarios/styles"})
    for (const auto& entry : fs::directory_iterator(folder)) {
      const fs::path manifests = entry.path() / "manifests";
      paths.push_back(fs::is_directory(manifests) ? manifests.string() : entry.path().string());
    }
  std::ranges::sort(paths);
  return paths;
}

TEST(CleanSets, AreTwentyFiveAtLeast) { EXPECT_GE(clean_sets().size(), 25U); }

class CleanSet : public testing::TestWithParam<std::string> {};

TEST_P(CleanSet, HasNeitherErrorNorWarning) {
  for (const Finding& finding : linted_paths({GetParam()}).findings)
    EXPECT_EQ(finding.severity, Severity::info) << finding.place.file << ":" << finding.place.line
                                                << ": " << finding.code << " " << finding.message;
}

INSTANTIATE_TEST_SUITE_P(OfManyStyles, CleanSet, testing::ValuesIn(clean_sets()),
                         [](const auto& set) {
                           std::string name = set.param;
                           std::erase_if(name,
                                         [](unsigned char c) { return std::isalnum(c) == 0; });
                           return name;
                         });

}  // namespace clean_test
}  // namespace thaw::lint
