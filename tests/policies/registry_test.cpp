// Hand-written lists drift: each policy of the folder is in the list of policies/all.cpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "policies/all.hpp"

namespace thaw {
namespace registry_test {

std::vector<std::string> listed() {
  std::vector<std::string> names;
  for (const PolicyInfo& policy : all_policies()) names.emplace_back(policy.name);
  return names;
}

// Files of policies/ that define a policy, by the name that the file gives it.
std::vector<std::string> defined() {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator("policies")) {
    if (file.path().extension() != ".cpp") continue;
    std::ifstream in(file.path());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (text.find("public ScalingPolicy") != std::string::npos ||
        text.find("public DecidedOnce") != std::string::npos) {
      names.push_back(file.path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST(Registry, ListsEachPolicyOfTheFolderByItsFile) {
  ASSERT_FALSE(defined().empty()) << "run from the root of the repository";
  EXPECT_EQ(listed(), defined());
}

TEST(Registry, NamesAreSortedAndEachIsThereOnce) {
  const auto names = listed();
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end(), std::greater_equal<>()), names.end());
}

TEST(Registry, FindsWhatItListsAndNothingElse) {
  for (const std::string& name : listed()) {
    const PolicyInfo* found = find_policy(name);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->name, name);
  }
  EXPECT_EQ(find_policy("idle"), nullptr);
  EXPECT_EQ(find_policy(""), nullptr);
}

TEST(Registry, SaysWhatAPolicyDoesAndWhereItComesFrom) {
  for (const PolicyInfo& policy : all_policies()) {
    EXPECT_FALSE(policy.summary.empty()) << policy.name;
    EXPECT_FALSE(policy.source.empty()) << policy.name;
    EXPECT_FALSE(policy.params.empty()) << policy.name;
  }
}

// What has no default.
const std::map<std::string_view, std::map<std::string, std::string>> kNeeded = {
    {"break_even", {{"start", "60s"}}},
    {"clairvoyant", {{"start", "60s"}}},
    {"clairvoyant_replicas", {{"start", "60s"}}},
    {"exec", {{"command", "true"}}},
    {"highest_of", {{"hpa.maxReplicas", "3"}}},
    {"hpa", {{"maxReplicas", "3"}}},
    {"greedy_dual", {{"start", "60s"}}},
    {"multi_slope", {{"start", "60s"}}},
    {"randomised_break_even", {{"start", "60s"}}},
    {"mpc", {{"price", "1"}, {"cold-start", "30s"}}},
    {"thaw", {{"price", "1"}, {"cold-start", "30s"}}},
};

TEST(Registry, MakesAPolicyFromWhatHasNoDefault) {
  for (const PolicyInfo& policy : all_policies()) {
    Spec spec;
    spec.name = "f";
    if (const auto needed = kNeeded.find(policy.name); needed != kNeeded.end())
      for (const auto& [key, value] : needed->second) spec.params.set(key, value, {});
    Diagnostics diagnostics;
    EXPECT_NE(policy.make(spec, diagnostics), nullptr) << policy.name;
    EXPECT_TRUE(diagnostics.ok()) << policy.name;
  }
}

}  // namespace registry_test
}  // namespace thaw
