// What holds for every rule, and how findings come together.
#include "engine/lint/lint.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "engine/lint/rule.hpp"
#include "tests/lint/linted.hpp"

namespace thaw::lint {
namespace lint_test {

using Texts = std::vector<std::string>;
const std::string kBadKey = "a\u2212b: 1\n";

TEST(Rules, EachHasACodeOfItsOwnInOrderAndAPage) {
  std::string last;
  for (const Rule& rule : all_rules()) {
    EXPECT_LT(last, rule.code);
    last = rule.code;
    const std::string title = "# " + std::string(rule.code) + " " + std::string(rule.name) + "\n";
    EXPECT_TRUE(page_of(rule.code).starts_with(title)) << title;
    for (const char* part : {"\n## Why", "\n## Mend\n"})
      EXPECT_NE(page_of(rule.code).find(part), std::string_view::npos) << rule.code << part;
  }
}

TEST(Lint, CommentOnTheLineOrAboveTurnsACodeOff) {
  EXPECT_EQ(places(linted({{"a.yaml", "a\u2212b: 1  # thaw-lint: ignore TH102 because so\n"}})),
            Texts{});
  const Result above = linted({{"a.yaml", "# thaw-lint: ignore TH102 because so\n" + kBadKey}});
  EXPECT_EQ(places(above), Texts{});
  EXPECT_EQ(above.suppressed, 1U);
}

TEST(Lint, CommentWithoutAReasonOrOfAnotherCodeTurnsNothingOff) {
  for (const char* comment : {"# thaw-lint: ignore TH102\n", "# thaw-lint: ignore TH101 because\n"})
    EXPECT_EQ(places(linted({{"a.yaml", comment + kBadKey}})), Texts{"TH102 a.yaml:2:2"});
}

TEST(Lint, CodeOfATextKeepsItsLines) {
  const std::string text = "# Title\n\n```yaml\n(snip)\n" + kBadKey + "```\n";
  EXPECT_EQ(places(linted({{"a.md", text}})), Texts{"TH102 a.md:5:2"});
}

TEST(Lint, HereDocumentOfAShellIsLinted) {
  const std::string text = "```\nkubectl apply -f- << EOF\n" + kBadKey + "EOF\n```\n";
  EXPECT_EQ(places(linted({{"a.md", text}})), Texts{"TH102 a.md:3:2"});
}

TEST(Lint, BrokenYamlIsAFinding) {
  EXPECT_EQ(places(linted({{"a.yaml", "a: [1\n"}}), "TH101").size(), 1U);
}

TEST(Lint, WhatKubectlWouldRefuseIsAFinding) {
  const std::string text =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: two}\n";
  EXPECT_FALSE(places(linted({{"a.yaml", text}}), "TH104").empty());
}

TEST(Lint, JsonAndTextAndSarifTellTheSameFindings) {
  const Result result = linted({{"a.yaml", kBadKey}});
  const auto json = nlohmann::json::parse(to_json(result));
  EXPECT_EQ(json["errors"], 1);
  EXPECT_EQ(json["findings"][0]["code"], "TH102");
  EXPECT_EQ(json["findings"][0]["column"], 2);
  const auto sarif = nlohmann::json::parse(to_sarif(result, "1.2.3"));
  EXPECT_EQ(sarif["runs"][0]["results"][0]["ruleId"], "TH102");
  EXPECT_EQ(sarif["runs"][0]["tool"]["driver"]["rules"].size(), all_rules().size());
  EXPECT_TRUE(to_text(result, false).starts_with("a.yaml:1:2: error: "));
}

}  // namespace lint_test
}  // namespace thaw::lint
