// Runs for comparisons with theory: one function f, replications with seeds of their own.
#pragma once

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/sim/instances/standalone.hpp"

namespace thaw::sim {

using Figure = std::function<double(const Summary::Function&)>;

// `figures` of `replications` runs of the scenario, seeds 1, 2, …: one row of values a figure.
inline std::vector<std::vector<double>> replicated(const std::string& body, int replications,
                                                   const std::vector<Figure>& figures) {
  const Scenario scenario = scenario_of(body);
  std::vector<std::vector<double>> values(figures.size());
  for (int seed = 1; seed <= replications; ++seed) {
    const Summary::Function f =
        run(scenario, static_cast<std::uint64_t>(seed)).summary.functions.at("f");
    for (std::size_t i = 0; i < figures.size(); ++i) values[i].push_back(figures[i](f));
  }
  return values;
}

inline nlohmann::json validation_case(const std::string& id) {
  std::ifstream file("tests/validation/" + id + ".json");
  return nlohmann::json::parse(file);
}

// |got - expected| <= max(rel · |expected|, abs), as the case's file says of this figure.
inline void expect_within(const nlohmann::json& the_case, const nlohmann::json& expected,
                          const std::string& figure, double got) {
  const nlohmann::json& tolerance = the_case.at("tolerance").at(figure);
  const auto want = expected.at(figure).get<double>();
  const double reach =
      std::max(tolerance.value("rel", 0.0) * std::abs(want), tolerance.value("abs", 0.0));
  std::printf("  %-44s %12.7g   expected %12.7g ± %.2g\n", figure.c_str(), got, want, reach);
  EXPECT_NEAR(got, want, reach) << figure;
}

}  // namespace thaw::sim
