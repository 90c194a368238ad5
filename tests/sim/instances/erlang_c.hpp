// A row of the case mmc-erlang-c: always-on servers with one line, held against Erlang's C.
#pragma once

#include <gtest/gtest.h>

#include "tests/sim/instances/validation.hpp"

namespace thaw::sim {

inline void expect_erlang_c(std::size_t row, double requests) {
  const nlohmann::json the_case = validation_case("mmc-erlang-c");
  const nlohmann::json &input = the_case.at("inputs").at("cases").at(row),
                       &expected = the_case.at("expected").at(row);
  const auto servers = input.at("servers").get<int>();
  const auto rate = input.at("rate_per_s").get<double>();
  ASSERT_EQ(input.at("mean_service_s"), 1.0);
  const auto f = figures(
      "functions: {f: {servers: " + std::to_string(servers) +
          ", service: {seconds: {distribution: exponential, mean: 1s}, queue: central,\n"
          "            dispatch: oldest}}}\n"
          "workload: [{function: f, arrivals: {process: poisson, rate: " +
          std::to_string(rate) + "/s}, until: " + std::to_string(requests / rate) + "s}]\n",
      row + 1);
  std::printf("M/M/%d at %g, %lld requests\n", servers, rate / servers,
              static_cast<long long>(f.requests.total));
  expect_within(the_case, expected, "p_wait", *f.wait_probability);
  expect_within(the_case, expected, "mean_wait_s", f.wait_s->mean);
  expect_within(the_case, expected, "mean_response_s", f.latency_s->mean);
  expect_within(the_case, expected, "mean_in_system", *f.in_system_mean);
}

}  // namespace thaw::sim
