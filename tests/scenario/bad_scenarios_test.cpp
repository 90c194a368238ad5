// Every way in which a scenario can be wrong: tests/scenarios/bad/ says in each file's first lines
// what is expected of it, and what no file can hold is made here.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/scenario/scratch.hpp"

namespace thaw {
namespace bad_scenarios_test {

using Texts = std::vector<std::string>;

// The lines "# expect: LINE:COLUMN KEY ~ TEXT" that open a bad file.
struct Expected {
  std::string place, key, text;
};

std::vector<Expected> expectations(const std::string& path) {
  std::vector<Expected> all;
  std::ifstream stream(path);
  for (std::string line; std::getline(stream, line) && line.starts_with("# expect: ");) {
    std::istringstream words(line.substr(10));
    Expected one;
    std::string tilde;
    words >> one.place >> one.key >> tilde >> std::ws;
    std::getline(words, one.text);
    if (one.key == "-") one.key.clear();
    EXPECT_EQ(tilde, "~") << path;
    all.push_back(one);
  }
  return all;
}

TEST(BadScenarios, EachSaysWhatIsWrongAndWhereAndNothingElse) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kBad)) {
    const std::string path = entry.path().string();
    if (entry.path().filename() == "_base.yaml") continue;
    ++files;
    const std::vector<Expected> expected = expectations(path);
    EXPECT_FALSE(expected.empty()) << path;
    try {
      load_scenario(path);
      ADD_FAILURE() << path << " loaded";
    } catch (const InputError& error) {
      EXPECT_EQ(error.problems().size(), expected.size()) << path << "\n" << error.what();
      for (std::size_t i = 0; i < std::min(error.problems().size(), expected.size()); ++i) {
        const Diagnostic& found = error.problems()[i];
        EXPECT_EQ(found.place.file, path);
        EXPECT_EQ(std::to_string(found.place.line) + ":" + std::to_string(found.place.column),
                  expected[i].place)
            << to_text(found);
        EXPECT_EQ(found.key, expected[i].key) << to_text(found);
        EXPECT_NE(found.message.find(expected[i].text), std::string::npos)
            << to_text(found) << "\nwithout " << expected[i].text;
      }
    }
  }
  EXPECT_GT(files, 90);
}

TEST(BadScenarios, TheBaseOfTheirVariantsIsGood) {
  EXPECT_EQ(problems(kBad + "_base.yaml"), Texts{});
}

TEST(BadScenarios, TenMegabytesOfGarbageAreRefusedAtOnce) {
  const Scratch scratch;
  std::string garbage;
  for (unsigned x = 1; garbage.size() < 10'000'000; x = x * 1664525U + 1013904223U)
    garbage += static_cast<char>(x >> 24);
  EXPECT_EQ(problems(scratch.write("scenario.yaml", garbage)),
            (Texts{"scenario.yaml: larger than 1048576 bytes"}));
  EXPECT_EQ(problems(scratch.write("scenario.yaml", garbage.substr(0, 1'000'000))).size(), 1U);
}

TEST(BadScenarios, AnAliasBombInAManifestIsRefused) {
  const Scratch scratch;
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + below;
    for (int k = 1; k < 10; ++k) bomb += "," + below;
    bomb += "]\n";
  }
  scratch.write("manifests/bomb.yaml", bomb);
  const Texts found = problems(scratch.write("scenario.yaml", kSmall));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].starts_with("bomb.yaml:")) << found[0];
  EXPECT_NE(found[0].find("more than 100000 values"), std::string::npos) << found[0];
}

TEST(BadScenarios, ABrokenManifestIsBlamedAndNotItsFunctions) {
  const Scratch scratch;
  scratch.write("manifests/functions.yaml", "apiVersion: v1\nkind: [\n");
  const Texts found = problems(scratch.write("scenario.yaml", kSmall));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].starts_with("functions.yaml:3:1:")) << found[0];
}

}  // namespace bad_scenarios_test
}  // namespace thaw
