// thaw run of functions without manifests: instances that a policy keeps alive, and what is
// refused.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/app/command.hpp"

namespace thaw::test {
namespace standalone_test {

using nlohmann::json;

constexpr const char* kShort = "workload.load.until=10000s";

// The paper's figures, which the scenario's checks hold, are those of a longer run.
double cold_of(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"run", kKeepAlive, "--format", "json", "--set", kShort};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Outcome run = thaw_command(arguments);
  EXPECT_LE(run.code, 1) << run.err;
  return json::parse(run.out).at("functions").at("f").at("requests").at("cold");
}

TEST(Standalone, RunsWithoutPoolsAndWithoutABill) {
  const Outcome run = thaw_command({"run", kKeepAlive});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(has(run.out, "keep_alive"));
  EXPECT_FALSE(has(run.out, "bill"));
}

// Instances that leave sooner are missed more often, whoever names the policy.
TEST(Standalone, IsKeptAliveAsTheCommandLineSays) {
  const double ten_minutes = cold_of({});
  EXPECT_EQ(cold_of({"--policy", "keep_alive:idle=600s"}), ten_minutes);
  EXPECT_EQ(cold_of({"--policy", "f=keep_alive:idle=10min"}), ten_minutes);
  EXPECT_GT(cold_of({"--policy", "keep_alive:idle=10s"}), 10 * ten_minutes);
}

// With room for one a call in service sends the next one away.
TEST(Standalone, RejectsBeyondItsLimit) {
  const Outcome run =
      thaw_command({"run", kKeepAlive, "--set", kShort, "--set", "functions.f.instances.max=1"});
  EXPECT_EQ(run.code, 1);
  EXPECT_TRUE(has(run.out, "✗ nobody is sent away")) << run.out;
}

struct Refused {
  std::vector<std::string> arguments;
  const char* said;
};

class RefusedStandalone : public testing::TestWithParam<Refused> {};

TEST_P(RefusedStandalone, EndsWithTwoAndSaysWhy) {
  std::vector<std::string> arguments = {"run", kKeepAlive};
  arguments.insert(arguments.end(), GetParam().arguments.begin(), GetParam().arguments.end());
  const Outcome run = thaw_command(arguments);
  EXPECT_EQ(run.code, 2);
  EXPECT_EQ(run.out, "");
  EXPECT_TRUE(has(run.err, GetParam().said)) << run.err;
}

INSTANTIATE_TEST_SUITE_P(
    Input, RefusedStandalone,
    testing::Values(
        Refused{{"--policy", "idle_timeout"}, "needs a policy that keeps single instances"},
        Refused{{"--policy", "keep_alive:idle=soon"}, "expected a duration such as 600s"},
        Refused{{"--policy", "keep_alive:idel=600s"}, "did you mean idle?"},
        Refused{{"--set", "functions.f.servers=2"}, "either servers that are always there"},
        Refused{{"--set", "functions.f.service.slots=2"}, "one request at a time"},
        Refused{{"--set", "checks.nobody is sent away.always=true", "--set",
                 "checks.nobody is sent away.end=~"},
                "at an instant after the start, or at the end"}));

}  // namespace standalone_test
}  // namespace thaw::test
