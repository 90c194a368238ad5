// thaw run --replications: the same scenario under seeds N, N+1, …, and what is made of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/app/command.hpp"

namespace thaw::test {
namespace replications_test {

using nlohmann::json;

// About 9,000 calls; the scenario's checks hold for the whole run only.
const std::vector<std::string> kShort = {"run", kKeepAlive, "--set", "workload.load.until=10000s"};

std::vector<std::string> with(std::vector<std::string> arguments,
                              const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

json summary_of(const std::vector<std::string>& more) {
  return json::parse(thaw_command(with(with(kShort, {"--format", "json"}), more)).out);
}

TEST(Replications, DoNotDependOnJobs) {
  const auto arguments = with(kShort, {"--replications", "5", "--format", "json", "--jobs"});
  const std::string one = thaw_command(with(arguments, {"1"})).out;
  EXPECT_EQ(json::parse(one).at("replications"), 5);
  EXPECT_EQ(one, thaw_command(with(arguments, {"2"})).out);
  EXPECT_EQ(one, thaw_command(with(arguments, {"7"})).out);
}

// The mean of seeds 3 and 4, and its 95 % interval: for two values half its width is
// t(0.975, 1) · |a - b| / 2, and t(0.975, 1) = tan(0.475 π) = 12.7062.
TEST(Replications, AreTheSeedsFromTheGivenOneOn) {
  const double three =
      summary_of({"--seed", "3"}).at("functions").at("f").at("replicas").at("mean");
  const double four = summary_of({"--seed", "4"}).at("functions").at("f").at("replicas").at("mean");
  const json both = summary_of({"--seed", "3", "--replications", "2"});
  const double half = 12.7062 * std::abs(three - four) / 2;
  EXPECT_NEAR(both.at("functions").at("f").at("replicas").at("mean"), (three + four) / 2, 1e-9);
  const json& interval = both.at("ci95").at("functions").at("f").at("replicas").at("mean");
  EXPECT_NEAR(interval.at(0), (three + four) / 2 - half, 1e-4 * half);
  EXPECT_NEAR(interval.at(1), (three + four) / 2 + half, 1e-4 * half);
  EXPECT_NE(three, four);
}

TEST(Replications, OfOneAreARunAsAny) {
  const json one = summary_of({"--replications", "1"});
  EXPECT_FALSE(one.contains("ci95")) << "one run has no interval";
  EXPECT_EQ(one, summary_of({}));
}

// 5 % is reached; a thousandth is not, in twelve.
TEST(Replications, GoOnUntilEachMeanIsKnownWellEnough) {
  const std::vector<std::string> short_runs = {"--set", "workload.load.until=3000s"};
  const json enough = summary_of(with(short_runs, {"--precision", "10%", "--jobs", "2"}));
  EXPECT_GE(enough.at("replications"), 10);
  EXPECT_LT(enough.at("replications"), 1000);
  const json& cold = enough.at("ci95").at("functions").at("f").at("cold_start_probability");
  const double mean = enough.at("functions").at("f").at("cold_start_probability");
  EXPECT_LE((cold.at(1).get<double>() - cold.at(0).get<double>()) / 2, mean * 0.1 / 1.1);
  EXPECT_EQ(enough, summary_of(with(short_runs, {"--precision", "10%", "--jobs", "5"})));

  const json fewer = summary_of(with(short_runs, {"--precision", "0.1%", "--replications", "12"}));
  EXPECT_EQ(fewer.at("replications"), 12);
  EXPECT_TRUE(has(fewer.at("notices").back(), "the precision of 0.1 % was not reached in 12"));
}

TEST(Replications, WorkWithFlows) {
  const Outcome run = thaw_command({"run", kKapsule, "--replications", "3", "--jobs", "2"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(has(run.out, "slimfaas-kapsule: 3 replications"));
  EXPECT_TRUE(has(run.out, "✓ pod gone  3/3")) << run.out;
}

// Seeds 1 to 3 bring the node up at different times around ten minutes.
TEST(Replications, HoldACheckThatHoldsInAllOfThem) {
  std::vector<double> up;
  for (const char* seed : {"1", "2", "3"}) {
    const json summary =
        json::parse(thaw_command({"run", kKapsule, "--format", "json", "--seed", seed}).out);
    for (const json& check : summary.at("checks"))
      if (check.at("name") == "function is up") up.push_back(check.at("at_s"));
  }
  ASSERT_EQ(up.size(), 3U);
  std::sort(up.begin(), up.end());
  ASSERT_LT(up[0], up[2]);
  const auto between = static_cast<int>((up[0] + up[1]) / 2);
  const Outcome run = thaw_command({"run", kKapsule, "--replications", "3", "--set",
                                    "checks.function is up.by=" + std::to_string(between) + "s"});
  EXPECT_EQ(run.code, 1);
  EXPECT_TRUE(has(run.out, "✗ function is up  1/3")) << between << "\n" << run.out;
}

TEST(Replications, RefuseBadInputOnce) {
  const Outcome run = thaw_command(
      {"run", kKeepAlive, "--replications", "4", "--jobs", "2", "--policy", "keep_alive:idle=10"});
  EXPECT_EQ(run.code, 2);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(lines_of(run.err).size(), 1U) << run.err;
  EXPECT_TRUE(has(run.err, "keep_alive.idle: expected a duration such as 600s")) << run.err;
}

TEST(Replications, LeaveTheFilesOfTheFirst) {
  const TempFolder temp;
  const std::string out = temp.path("out").string(), first = temp.path("first").string();
  thaw_command(with(kShort, {"--replications", "2", "--out", out}));
  thaw_command(with(kShort, {"--out", first}));
  for (const char* name : {"timeline.jsonl", "series.csv"})
    EXPECT_EQ(read_text(out + "/" + name), read_text(first + "/" + name)) << name;
  EXPECT_TRUE(json::parse(read_text(out + "/summary.json")).contains("ci95"));
  const json both = json::parse(read_text(out + "/performance.json")),
             one = json::parse(read_text(first + "/performance.json"));
  EXPECT_GT(both.at("events").get<double>(), 1.5 * one.at("events").get<double>())
      << "two runs of about as many events";
  EXPECT_GT(both.at("cpu_s").get<double>(), 0);
  EXPECT_GT(both.at("requests_per_cpu_second").get<double>(), 0);
  EXPECT_GT(both.at("peak_rss_bytes").get<double>(), 1'000'000);
}

}  // namespace replications_test
}  // namespace thaw::test
