// thaw museum: every exhibit shows what it says, and one that does not is found out.
#include <gtest/gtest.h>

#include <set>

#include "tests/app/command.hpp"

namespace thaw::test {
namespace museum_test {

namespace fs = std::filesystem;

const std::string kMuseum = "scenarios/museum";

// Calls of a second, one each two: an instance that is kept for a minute is never cold again.
const std::string kMended =
    "# A minute.\n"
    "apiVersion: thaw/v1\nkind: Scenario\nname: mended\n"
    "functions:\n"
    "  f: {policy: \"keep_alive:idle=60s\", service: {seconds: 1s, dispatch: newest}}\n"
    "workload:\n"
    "  - {name: load, function: f, arrivals: {process: constant, rate: 30/min}, until: 1000s}\n"
    "checks:\n"
    "  - {name: one cold start, end: true, expect: \"count(cold, f) == 1\"}\n";
const std::string kAsItWas =
    "# All are cold.\n"
    "# Source: https://example.org/1\n"
    "base: scenario.yaml\n"
    "name: as-it-was\n"
    "functions: {f: {policy: \"keep_alive:idle=500ms\"}}\n"
    "checks:\n"
    "  - {name: hundreds of cold starts, end: true, expect: \"count(cold, f) > 400\"}\n";

class Museum : public testing::Test {
 protected:
  Outcome run(const std::string& mended, const std::string& as_it_was) const {
    temp_.write("one/scenario.yaml", mended);
    temp_.write("one/as-it-was.yaml", as_it_was);
    return thaw_command({"museum", temp_.path().string()});
  }

  TempFolder temp_;
};

TEST(MuseumOfTheTree, ShowsEveryExhibitWhateverJobsIs) {
  const Outcome museum = thaw_command({"museum", "--jobs", "1"});
  EXPECT_EQ(museum.code, 0) << museum.out << museum.err;
  EXPECT_EQ(museum.out, thaw_command({"museum", kMuseum, "--jobs", "3"}).out);
  std::set<std::string> shown, folders;
  for (const std::string& line : lines_of(museum.out))
    if (line.starts_with("✓  ")) shown.insert(line.substr(5, line.find(' ', 5) - 5));
  for (const auto& entry : fs::directory_iterator(kMuseum))
    if (entry.is_directory()) folders.insert(entry.path().filename().string());
  EXPECT_EQ(shown, folders);
  EXPECT_GE(shown.size(), 12U);
}

TEST(MuseumOfTheTree, NamesEachSourceInItsReadme) {
  const std::string readme = read_text(kMuseum + "/README.md");
  for (const auto& entry : fs::directory_iterator(kMuseum)) {
    if (!entry.is_directory()) continue;
    const std::string name = entry.path().filename().string();
    const std::string start = "# Source: ", text = read_text(entry.path() / "as-it-was.yaml");
    const std::size_t at = text.find(start) + start.size();
    const std::string source = text.substr(at, text.find('\n', at) - at);
    EXPECT_TRUE(source.starts_with("https://")) << name;
    EXPECT_TRUE(has(readme, "[" + name + "](" + name + "/as-it-was.yaml)")) << name;
    EXPECT_TRUE(has(readme, "<" + source + ">")) << name;
  }
}

TEST_F(Museum, SaysWhatHappenedAndWhatMendsItInALine) {
  const Outcome one = run(kMended, kAsItWas);
  EXPECT_EQ(one.code, 0) << one.err;
  EXPECT_EQ(one.out, "✓  one  All are cold.  A minute.\n1 of 1 shown\n");
  EXPECT_EQ(thaw_command({"museum", temp_.path("one").string()}).out, one.out);
}

TEST_F(Museum, FindsOutACheckThatDoesNotHold) {
  const Outcome one = run(kMended, replaced(kAsItWas, "> 400", "> 900"));
  EXPECT_EQ(one.code, 1);
  EXPECT_TRUE(has(one.out, "✗  one  ")) << one.out;
  EXPECT_TRUE(has(one.out, "\n      as it was, hundreds of cold starts: count(cold, f) = "));
  EXPECT_TRUE(has(one.out, "\n0 of 1 shown\n"));
}

TEST_F(Museum, FindsOutAFailureThatStaysWhenMended) {
  const Outcome one = run(kMended, replaced(kAsItWas, "cold, f) > 400", "completed, f) > 400"));
  EXPECT_EQ(one.code, 1);
  EXPECT_TRUE(has(one.out, "mended, all that it showed as it was still holds")) << one.out;
}

TEST_F(Museum, FindsOutARemedyThatWasThereAllAlong) {
  const Outcome one = run(replaced(kMended, "cold, f) == 1", "completed, f) > 1"), kAsItWas);
  EXPECT_EQ(one.code, 1);
  EXPECT_TRUE(has(one.out, "as it was, all that it shows mended holds already")) << one.out;
}

TEST_F(Museum, RefusesAnExhibitWithoutItsSource) {
  const Outcome one = run(kMended, replaced(kAsItWas, "# Source: https://example.org/1\n", ""));
  EXPECT_EQ(one.code, 2);
  EXPECT_TRUE(has(one.err, "one/as-it-was.yaml:1:1: ")) << one.err;
  EXPECT_TRUE(has(one.err, "# Source: URL")) << one.err;
}

TEST_F(Museum, RefusesAnExhibitWithoutOldSettings) {
  temp_.write("one/scenario.yaml", kMended);
  const Outcome one = thaw_command({"museum", temp_.path().string()});
  EXPECT_EQ(one.code, 2);
  EXPECT_TRUE(has(one.err, "as-it-was.yaml")) << one.err;
}

TEST_F(Museum, IsNoEmptyFolder) {
  EXPECT_EQ(thaw_command({"museum", temp_.path().string()}).code, 2);
  EXPECT_EQ(thaw_command({"museum", temp_.path("nowhere").string()}).code, 2);
}

}  // namespace museum_test
}  // namespace thaw::test
