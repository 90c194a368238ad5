// README.md, docs/compare.md and docs/ledger.md show what the command prints: blocks that begin
// with “$ thaw …” are run. Links within the repository lead somewhere.
#include <gtest/gtest.h>

#include "tests/app/command.hpp"
#include "tests/app/markdown.hpp"

namespace thaw::test {
namespace readme_test {

constexpr const char* kPrompt = "$ ";
constexpr const char* kLeftOut = "…";  // a line that stands for any number of lines

// The lines are those of the output, in its order; only where “…” stands may some be missing.
void expect_shown(const std::vector<std::string>& shown, const std::vector<std::string>& printed,
                  const std::string& command) {
  std::size_t at = 0;
  bool any = false;
  for (const std::string& line : shown) {
    if (line == kLeftOut) {
      any = true;
      continue;
    }
    while (any && at < printed.size() && printed[at] != line) ++at;
    ASSERT_LT(at, printed.size()) << command << " does not print, or not here:\n" << line;
    ASSERT_EQ(printed[at], line) << command;
    ++at;
    any = false;
  }
  EXPECT_TRUE(any || at == printed.size()) << command << " prints more";
}

void expect_shown_as_printed(const std::string& document) {
  int blocks = 0;
  for (const Fence& fence : fences(read_text(document))) {
    if (!fence.text.starts_with(kPrompt)) continue;
    std::vector<std::string> lines = lines_of(fence.text);
    const std::string command = lines.front().substr(std::string(kPrompt).size());
    lines.erase(lines.begin());
    const Outcome& run = run_as_written(command);
    const bool finds = fence.text.find(": error: ") != std::string::npos;  // lint does
    EXPECT_EQ(run.code, finds ? 1 : 0) << command << "\n" << run.err;
    expect_shown(lines, lines_of(run.out), command);
    ++blocks;
  }
  EXPECT_GE(blocks, 2) << document;
}

TEST(Readme, ShowsWhatTheCommandsPrint) { expect_shown_as_printed("README.md"); }

TEST(CompareGuide, ShowsWhatTheCommandsPrint) { expect_shown_as_printed("docs/compare.md"); }

TEST(LedgerGuide, ShowsWhatTheCommandsPrint) { expect_shown_as_printed("docs/ledger.md"); }

std::vector<std::filesystem::path> documents() {
  std::vector<std::filesystem::path> found = {"README.md", "CONTRIBUTING.md", "CHANGELOG.md"};
  for (const char* folder : {"docs", "results", "scenarios"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
      if (entry.path().extension() == ".md") found.push_back(entry.path());
  }
  return found;
}

TEST(Documents, LinkToWhatIsThere) {
  int links = 0;
  for (const std::filesystem::path& document : documents()) {
    for (const std::string& target : link_targets(read_text(document))) {
      if (target.starts_with("http") || target.starts_with("#")) continue;
      const auto file = document.parent_path() / target.substr(0, target.find('#'));
      EXPECT_TRUE(std::filesystem::exists(file)) << document << " links to " << target;
      ++links;
    }
  }
  EXPECT_GT(links, 50);
}

}  // namespace readme_test
}  // namespace thaw::test
