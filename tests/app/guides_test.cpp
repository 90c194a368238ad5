// docs/scenario.md, docs/policies.md and docs/decide.md: every key, setting and kind of case is
// explained, and every example loads.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "policies/all.hpp"
#include "tests/app/command.hpp"
#include "tests/app/markdown.hpp"

namespace thaw::test {
namespace guides_test {

constexpr const char* kScenarioGuide = "docs/scenario.md";
constexpr const char* kPolicyGuide = "docs/policies.md";
constexpr const char* kDecideGuide = "docs/decide.md";

// Examples lie beside the manifests of the Kapsule scenario. "yaml NAME.yaml" is a whole file, and
// so is "csv NAME.csv", a trace; plain "yaml" is a piece, and loads as a variant of scenario.yaml
// that has it instead.
class Examples : public testing::Test {
 protected:
  Examples() {
    std::filesystem::create_directory(temp_.path("manifests"));
    std::filesystem::copy(kKapsule + "/manifests", temp_.path("manifests"));
    for (const Fence& fence : fences(read_text(kScenarioGuide))) {
      const std::size_t blank = fence.info.find(' ');
      if (blank != std::string::npos) temp_.write(fence.info.substr(blank + 1), fence.text);
    }
  }

  TempFolder temp_;
};

TEST_F(Examples, OfSectionsLoad) {
  int pieces = 0;
  for (const Fence& fence : fences(read_text(kScenarioGuide))) {
    if (fence.info != "yaml") continue;
    const std::string piece = temp_.write("piece.yaml", "base: scenario.yaml\n" + fence.text);
    const Outcome run = thaw_command({"run", piece});
    EXPECT_LE(run.code, 1) << kScenarioGuide << ":" << fence.line << "\n" << run.err;
    ++pieces;
  }
  EXPECT_GE(pieces, 5) << "cluster, functions, workload, checks, faults";
}

TEST_F(Examples, OfWholeFilesHold) {
  int whole = 0;
  for (const Fence& fence : fences(read_text(kScenarioGuide))) {
    if (!fence.info.starts_with("yaml ")) continue;
    const std::string name = fence.info.substr(5);
    const Outcome run = thaw_command({"run", temp_.path(name).string()});
    EXPECT_EQ(run.code, 0) << name << "\n" << run.err;
    ++whole;
  }
  EXPECT_GE(whole, 5) << "a scenario and a variant, with manifests and without, and a trace";
}

TEST(ScenarioGuide, ExplainsEveryKeyOfTheSchema) {
  const std::string guide = read_text(kScenarioGuide);
  const auto schema = nlohmann::json::parse(thaw_command({"schema"}).out);
  int keys = 0;
  for (const auto& definition : schema.at("$defs").items()) {
    if (!definition.value().contains("properties")) continue;
    for (const auto& key : definition.value().at("properties").items()) {
      EXPECT_TRUE(has(guide, "`" + key.key() + "`")) << definition.key() << "." << key.key();
      ++keys;
    }
  }
  EXPECT_GT(keys, 50);
}

TEST(PolicyGuide, ExplainsEverySettingWithItsDefault) {
  const std::string guide = read_text(kPolicyGuide);
  for (const PolicyInfo& policy : all_policies()) {
    SCOPED_TRACE(policy.name);
    const std::string own = section(guide, std::string(policy.name));
    EXPECT_FALSE(own.empty());
    const auto rows = table_rows(own);
    for (const ParamInfo& setting : policy.params) {
      const std::string key = "`" + std::string(setting.key) + "`";
      const auto row =
          std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.front() == key; });
      ASSERT_NE(row, rows.end()) << setting.key;
      const std::string fallback =
          setting.fallback.empty() ? "none" : "`" + std::string(setting.fallback) + "`";
      EXPECT_TRUE(has(row->at(1), fallback))
          << setting.key << " has the default " << setting.fallback;
    }
  }
}

TEST(DecideGuide, ShowsWhatItsExamplePrints) {
  const TempFolder folder;
  std::string cases, shown;
  for (const Fence& fence : fences(read_text(kDecideGuide))) {
    if (fence.info == "json mine.json") cases = folder.write("mine.json", fence.text);
    if (fence.info == "json") shown = fence.text;
  }
  const Outcome decided = thaw_command({"decide", cases});
  EXPECT_EQ(decided.code, 0) << decided.err;
  EXPECT_EQ(lines_of(decided.out), lines_of(shown));
}

TEST(DecideGuide, HasARowForEveryKindOfCase) {
  std::set<std::string> rows, kinds;
  for (const Row& row : table_rows(read_text(kDecideGuide))) rows.insert(row.front());
  for (const char* file : {"tests/conformance/kpa.json", "tests/conformance/hpa.json"}) {
    const auto document = nlohmann::json::parse(read_text(file));
    for (const auto& one : document.at("cases")) kinds.insert(one.at("kind").get<std::string>());
  }
  EXPECT_GE(kinds.size(), 11U);  // "reconcile" is the name of two
  for (const std::string& kind : kinds) EXPECT_TRUE(rows.contains("`" + kind + "`")) << kind;
}

}  // namespace guides_test
}  // namespace thaw::test
