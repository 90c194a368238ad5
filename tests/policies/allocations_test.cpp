// A policy that is warm allocates nothing for a decision: counted by an operator new of our own.
//
// Each is asked on its own grid, in a steady state with load, for long enough that every window has
// turned over; then again, counted.
#include "tests/allocations.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bench/steady_state.hpp"
#include "policies/all.hpp"

namespace thaw {
namespace allocations_test {

// The counter counts, or every test here would pass.
TEST(PolicyAllocations, AreCounted) {
  const auto before = allocations.load();
  const std::string* text = new std::string(100, 'x');
  EXPECT_EQ(allocations.load(), before + 2);
  delete text;
}

// concurrency and hpa at once, as in "as many as either asks for".
SettingList both() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> prefixed;
    for (const auto& [key, value] : kHpaSettings) prefixed.push_back("hpa." + std::string(key));
    return prefixed;
  }();
  SettingList all = {{"of", "concurrency+hpa"}, {"concurrency.target", "10"}};
  for (std::size_t i = 0; i < names.size(); ++i)
    all.emplace_back(names[i].c_str(), kHpaSettings[i].second);
  return all;
}

// Settings beside the defaults, where a policy needs some.
const std::map<std::string, SettingList>& settings() {
  static const std::map<std::string, SettingList> table = {
      {"concurrency", kConcurrencySettings},
      {"hpa", kHpaSettings},
      {"highest_of", both()},
      {"fixed", {{"replicas", "2"}}},
      {"break_even", {{"start", "60s"}}},
      {"clairvoyant", {{"start", "60s"}}},
      {"clairvoyant_replicas", {{"start", "60s"}}},
      {"greedy_dual", {{"start", "60s"}}},
      {"multi_slope", {{"start", "60s"}}},
      {"randomised_break_even", {{"start", "60s"}}},
      {"mpc", {{"price", "1"}, {"cold-start", "30s"}}},
      {"thaw", {{"price", "1"}, {"cold-start", "30s"}}},
  };
  return table;
}

class PolicyAllocations : public testing::TestWithParam<std::string> {};

TEST_P(PolicyAllocations, AreNoneOnceItIsWarm) {
  const auto own = settings().find(GetParam());
  SteadyState state(GetParam(), own == settings().end() ? SettingList{} : own->second);
  ASSERT_EQ(state.problem(), "");
  constexpr int kWarmUp = 2'000, kCounted = 2'000;
  for (int i = 0; i < kWarmUp; ++i) state.ask();
  const auto before = allocations.load();
  for (int i = 0; i < kCounted; ++i) state.ask();
  EXPECT_EQ(allocations.load() - before, 0) << "in " << kCounted << " decisions";
}

// exec writes to another process, which is not what this promise is about.
std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const PolicyInfo& policy : all_policies())
    if (policy.name != "exec") all.emplace_back(policy.name);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Every, PolicyAllocations, testing::ValuesIn(names()),
                         [](const auto& one) { return one.param; });

}  // namespace allocations_test
}  // namespace thaw
