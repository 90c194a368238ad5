#include "drivers/world/kept_state.hpp"

#include <gtest/gtest.h>

namespace thaw::world {
namespace {

TEST(KeptState, ComesBackAsItWas) {
  const std::map<FunctionName, Kept> all{
      {{"default", "a"}, {"idle_timeout", TimePoint{5s}, {2, {{"x", 7}, {"y", -1}}}, true}},
      {{"other", "a.b"}, {"fixed", std::nullopt, {}, false}}};
  const auto strings = to_strings(all);
  ASSERT_TRUE(strings.contains("default_a"));
  const auto back = from_strings(strings);
  ASSERT_EQ(back.size(), 2u);
  const Kept& one = back.at({"default", "a"});
  EXPECT_EQ(one.policy, "idle_timeout");
  EXPECT_EQ(one.last_activity, TimePoint{5s});
  EXPECT_EQ(one.state.version, 2);
  EXPECT_TRUE(one.up);
  EXPECT_EQ(one.state.fields, all.at({"default", "a"}).state.fields);
  EXPECT_FALSE(back.at({"other", "a.b"}).last_activity);
}

TEST(KeptState, WhatCannotBeReadIsLeftOut) {
  const auto back = from_strings({{"default_a", "{"},
                                  {"default_b", "[]"},
                                  {"nobody", "{}"},
                                  {"_leader-address", "127.0.0.1:8080"},
                                  {"default_c", R"({"version":"x","fields":{"n":1.5,"m":2}})"}});
  ASSERT_EQ(back.size(), 1u);
  const Kept& odd = back.at({"default", "c"});
  EXPECT_EQ(odd.state.version, 0);
  EXPECT_EQ(odd.state.fields, (std::map<std::string, std::int64_t>{{"m", 2}}));
}

}  // namespace
}  // namespace thaw::world
