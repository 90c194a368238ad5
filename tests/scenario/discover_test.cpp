// Which scenarios there are below a folder.
#include "engine/scenario/discover.hpp"

#include <gtest/gtest.h>

#include "tests/scenario/scratch.hpp"

namespace thaw {
namespace discover_test {

using Texts = std::vector<std::string>;

// Names, without the folder they are all in.
Texts found(const std::vector<std::string>& paths, const std::string& folder) {
  Texts names;
  for (const ScenarioFile& one : discover_scenarios(paths))
    names.push_back(one.name.starts_with(folder) ? one.name.substr(folder.size()) : one.name);
  return names;
}

class Discover : public testing::Test {
 protected:
  Discover() {
    for (const char* below : {"one", "one/manifests", "two", "two/deep", ".hidden", "none"})
      std::filesystem::create_directory(scratch_.folder() + below);
    for (const char* main : {"one/", "two/deep/", ".hidden/"})
      scratch_.write(std::string(main) + "scenario.yaml", kSmall);
    scratch_.write("one/variant.yaml", "base: scenario.yaml\n");
    scratch_.write("one/deployment.yaml", "kind: Deployment\nspec: {base: none}\n");
    scratch_.write("one/manifests/base.yaml", "base: below no scenario\n");
  }

  Scratch scratch_;
};

TEST_F(Discover, FindsFoldersAndTheirVariantsInOrder) {
  EXPECT_EQ(found({scratch_.folder()}, scratch_.folder()),
            (Texts{"one", "one/variant", "two/deep"}));
}

TEST_F(Discover, TakesAFileAndAVariantToo) {
  EXPECT_EQ(found({scratch_.folder() + "one/variant"}, scratch_.folder()), Texts{"one/variant"});
  EXPECT_EQ(found({scratch_.folder() + "one/variant.yaml"}, scratch_.folder()),
            Texts{"one/variant"});
  EXPECT_EQ(found({scratch_.folder() + "two/deep/scenario.yaml"}, scratch_.folder()),
            Texts{"two/deep"});
}

TEST_F(Discover, FindsFurtherScenariosOfAFolder) {
  scratch_.write("one/another.yaml", kSmall);
  scratch_.write("one/torn.yaml", "apiVersion: thaw/v1\nkind: Scenario\nname: [\n");
  EXPECT_EQ(found({scratch_.folder() + "one"}, scratch_.folder()),
            (Texts{"one", "one/another", "one/torn", "one/variant"}));
}

TEST_F(Discover, FindsEachOnce) {
  const std::string folder = scratch_.folder();
  EXPECT_EQ(found({folder + "two", folder + "./one/", folder, folder + "one/variant"}, folder),
            (Texts{"one", "one/variant", "two/deep"}));
}

TEST_F(Discover, PassesOverNoVariantThatCannotBeParsed) {
  scratch_.write("one/broken.yaml", "base: scenario.yaml\nuntil: [\n");
  scratch_.write("one/chart.yaml", "{{ not yaml }}\n");
  EXPECT_EQ(found({scratch_.folder() + "one"}, scratch_.folder()),
            (Texts{"one", "one/broken", "one/variant"}));
}

TEST_F(Discover, NamesFromTheWorkingDirectory) {
  const std::string here = std::filesystem::current_path().string();
  const auto all = discover_scenarios({here + "/tests/../" + kGood});
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all.front().name, "tests/scenarios/good");
  EXPECT_EQ(all.front().file, "tests/scenarios/good/scenario.yaml");
}

TEST_F(Discover, RefusesWhatHasNone) {
  const auto refusal = [&](const std::string& path) -> std::string {
    try {
      discover_scenarios({scratch_.folder() + "one", path});
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(refusal(scratch_.folder() + "none").find("there is no scenario in this folder"),
            std::string::npos);
  EXPECT_NE(refusal(scratch_.folder() + "absent").find("no such scenario"), std::string::npos);
}

}  // namespace discover_test
}  // namespace thaw
