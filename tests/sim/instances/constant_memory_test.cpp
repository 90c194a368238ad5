// Ten times as many requests take no more memory: the whole command, as the system sees it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/app/command.hpp"

namespace thaw::test {
namespace constant_memory_test {

constexpr double kMiB = 1024 * 1024;

struct Measured {
  double peak_bytes = 0, requests = 0;
};

Measured measured(const TempFolder& temp, const std::string& scenario) {
  const std::string out = temp.path("out").string();
  const Outcome outcome = thaw_command({"run", scenario, "--out", out});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const auto json = [&](const char* name) {
    return nlohmann::json::parse(read_text(out + "/" + name));
  };
  Measured seen;
  seen.peak_bytes = json("performance.json").at("peak_rss_bytes").get<double>();
  const auto summary = json("summary.json");
  for (const auto& function : summary.at("functions"))
    seen.requests += function.at("requests").at("total").get<double>();
  return seen;
}

void expect_flat(const Measured& less, const Measured& more) {
  std::printf("  %.4g requests: %.1f MiB, %.4g requests: %.1f MiB\n", less.requests,
              less.peak_bytes / kMiB, more.requests, more.peak_bytes / kMiB);
  EXPECT_LT(more.peak_bytes, 1.05 * less.peak_bytes);
  EXPECT_GT(more.requests, 9 * less.requests);
}

TEST(ConstantMemory, OfAHundredMillionRequests) {
  const TempFolder temp;
  const auto of = [&](const char* until) {
    return measured(
        temp,
        temp.write("scenario.yaml",
                   "apiVersion: thaw/v1\nkind: Scenario\nname: long\n"
                   "functions: {f: {policy: \"keep_alive:idle=600s\", service: {seconds: "
                   "{distribution: exponential, mean: 1.991s}, dispatch: newest}}}\n"
                   "workload: [{function: f, arrivals: {process: poisson, rate: 0.9/s}, until: " +
                       std::string(until) + "}]\n"));
  };
  const Measured less = of("11150000s"), more = of("111500000s");
  EXPECT_GT(more.requests, 1e8);
  expect_flat(less, more);
  EXPECT_LT(more.peak_bytes, 60 * kMiB);
}

// A trace is a stream: ten times its length is read through the same few buffers.
TEST(ConstantMemory, OfATraceOfTwoMillionRows) {
  const TempFolder temp;
  const auto of = [&](int rows) {
    // Row by row: what the parent once needed is told of its children as well.
    std::ofstream trace(temp.path("trace.csv"));
    trace << "arrival_s,function,duration_s\n";
    for (int i = 0; i < rows; ++i) trace << i / 2 << (i % 2 == 0 ? ".25,f,0.5\n" : ".75,f,\n");
    trace.close();
    return measured(
        temp, temp.write("scenario.yaml",
                         "apiVersion: thaw/v1\nkind: Scenario\nname: traced\n"
                         "functions: {f: {policy: \"keep_alive:idle=600s\", service: {seconds: "
                         "{distribution: exponential, mean: 2s}, dispatch: newest}}}\n"
                         "workload: [{name: t, trace: trace.csv}]\n"));
  };
  const Measured less = of(200'000), more = of(2'000'000);
  EXPECT_EQ(more.requests, 2e6);
  expect_flat(less, more);
}

}  // namespace constant_memory_test
}  // namespace thaw::test
