// The tables of findings, scenarios/README.md and scenarios/*/README.md: a row for every scenario,
// and every figure (set as `code`) is in what its command prints.
#include <gtest/gtest.h>

#include <set>

#include "tests/app/command.hpp"
#include "tests/app/markdown.hpp"

namespace thaw::test {
namespace findings_test {

namespace fs = std::filesystem;

// A row: what it is, the question, the finding, the command.
void expect_figures_of(const std::string& file, const Row& row) {
  ASSERT_EQ(row.size(), 4U) << file << ": " << row.front();
  const auto commands = code_spans(row[3]);
  ASSERT_EQ(commands.size(), 1U) << file << ": one command in a row";
  const Outcome& run = run_as_written(commands[0]);
  EXPECT_EQ(run.code, 0) << commands[0] << "\n" << run.err;
  const auto figures = code_spans(row[2]);
  EXPECT_FALSE(figures.empty()) << file << ": a finding without a figure: " << row[2];
  for (const std::string& figure : figures) {
    EXPECT_TRUE(has(run.out, figure))
        << file << ": " << commands[0] << " does not print " << figure;
  }
}

void expect_figures(const std::string& file) {
  for (const Row& row : table_rows(read_text(file))) expect_figures_of(file, row);
}

std::set<std::string> first_links(const std::string& file) {
  std::set<std::string> names;
  for (const Row& row : table_rows(read_text(file))) {
    for (const std::string& target : link_targets(row.front())) names.insert(target);
  }
  return names;
}

std::vector<fs::path> scenario_folders() {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator("scenarios")) {
    if (entry.is_directory()) folders.push_back(entry.path());
  }
  return folders;
}

TEST(Findings, HaveARowForEveryScenario) {
  std::set<std::string> folders;
  for (const fs::path& folder : scenario_folders()) {
    folders.insert(folder.filename().string() + "/README.md");
    std::set<std::string> files;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() == ".yaml") files.insert(entry.path().filename().string());
    }
    EXPECT_EQ(first_links((folder / "README.md").string()), files) << folder;
  }
  EXPECT_EQ(first_links("scenarios/README.md"), folders);
}

TEST(Findings, OfAllScenariosAreWhatTheirCommandsPrint) { expect_figures("scenarios/README.md"); }

TEST(Findings, OfEachVariantAreWhatItsCommandPrints) {
  for (const fs::path& folder : scenario_folders()) expect_figures((folder / "README.md").string());
}

}  // namespace findings_test
}  // namespace thaw::test
