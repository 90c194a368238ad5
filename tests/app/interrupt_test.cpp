// Ctrl-C: the run ends at once with what is there.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>

#include "tests/app/command.hpp"

namespace thaw::test {
namespace interrupt_test {

// 200 calls a second for 300 days are five billion calls: no machine is through with them within
// the time that a test's command may run.
std::string long_run(const TempFolder& temp) {
  const std::string folder = temp.copy_kapsule();
  temp.write("kapsule/long.yaml",
             "base: scenario.yaml\n"
             "name: long\n"
             "workload:\n"
             "  - {function: ollama, arrivals: {process: poisson, rate: 200/s}, until: 7200h,\n"
             "     service: 1ms}\n"
             "checks:\n"
             "  - {name: never reached, at: 7000h, expect: ready(ollama) == 1}\n");
  return folder + "/long";
}

TEST(Interrupt, EndsALongRunPromptlyWithWhatIsThere) {
  const TempFolder temp;
  OnTerminal run(thaw_binary(), {"run", long_run(temp), "--out", temp.path("out").string()});
  ASSERT_TRUE(run.wait_for(" simulated")) << "a terminal is shown how far the run is";
  const auto asked = std::chrono::steady_clock::now();
  run.send(SIGINT);
  const Outcome outcome = run.finish();
  EXPECT_LT(std::chrono::steady_clock::now() - asked, std::chrono::seconds(10));

  EXPECT_EQ(outcome.code, 130);
  EXPECT_TRUE(has(outcome.err, "interrupted")) << outcome.err;
  EXPECT_TRUE(has(outcome.out, "ollama-1 created"));
  EXPECT_EQ(temp.names("out").size(), 5U);
  const auto summary = nlohmann::json::parse(read_text(temp.path("out/summary.json")));
  EXPECT_GT(summary.at("functions").at("ollama").at("requests").at("total").get<std::int64_t>(), 0);
  EXPECT_LT(summary.at("simulated_s").get<double>(), 7000.0 * 3600);
}

TEST(Interrupt, LeavesStandardOutputToTheJson) {
  const TempFolder temp;
  OnTerminal run(thaw_binary(), {"run", long_run(temp), "--format", "json"});
  ASSERT_TRUE(run.wait_for(" simulated"));
  run.send(SIGINT);
  const Outcome outcome = run.finish();
  EXPECT_EQ(outcome.code, 130);
  EXPECT_EQ(nlohmann::json::parse(outcome.out).at("scenario"), "long");
}

}  // namespace interrupt_test
}  // namespace thaw::test
