// A row of the case mmc-erlang-c: always-on servers with one line, held against Erlang's C.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <numeric>

#include "tests/sim/instances/validation.hpp"

namespace thaw::sim {

struct ErlangC {
  static constexpr std::array<const char*, 4> kFigures = {"p_wait", "mean_wait_s",
                                                          "mean_response_s", "mean_in_system"};

  explicit ErlangC(std::size_t row)
      : the_case(validation_case("mmc-erlang-c")),
        expected(the_case.at("expected").at(row)),
        servers(the_case.at("inputs").at("cases").at(row).at("servers").get<int>()),
        rate(the_case.at("inputs").at("cases").at(row).at("rate_per_s").get<double>()) {}

  // One row of values a figure, each from about so many requests.
  std::vector<std::vector<double>> measure(int replications, double requests) const {
    const std::string body =
        "functions: {f: {servers: " + std::to_string(servers) +
        ", service: {seconds: {distribution: exponential, mean: 1s}, queue: central,\n"
        "            dispatch: oldest}}}\n"
        "workload: [{function: f, arrivals: {process: poisson, rate: " +
        std::to_string(rate) + "/s}, until: " + std::to_string(requests / rate) + "s}]\n";
    return replicated(body, replications,
                      {[](const Summary::Function& f) { return *f.wait_probability; },
                       [](const Summary::Function& f) { return f.wait_s->mean; },
                       [](const Summary::Function& f) { return f.latency_s->mean; },
                       [](const Summary::Function& f) { return *f.in_system_mean; }});
  }

  std::string name() const {
    return "M/M/" + std::to_string(servers) + " at " + std::to_string(rate / servers).substr(0, 3);
  }

  // The case's own tolerances.
  void expect_within_tolerance(const std::vector<std::vector<double>>& seen) const {
    std::printf("%s\n", name().c_str());
    for (std::size_t i = 0; i < kFigures.size(); ++i)
      expect_within(the_case, expected, kFigures[i],
                    std::accumulate(seen[i].begin(), seen[i].end(), 0.0) /
                        static_cast<double>(seen[i].size()));
  }

  nlohmann::json the_case, expected;
  int servers;
  double rate;
};

}  // namespace thaw::sim
