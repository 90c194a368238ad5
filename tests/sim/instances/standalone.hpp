// Scenarios of standalone functions as a user writes them: loaded, governed and run as `thaw run`
// does it, in this process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/scenario/scenario.hpp"
#include "sim/simulation.hpp"

namespace thaw::sim {

// A folder of a test's own, for a scenario and its traces.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();

  std::string write(const std::string& name, const std::string& text) const;  // the file's path
  std::string write_gz(const std::string& name, const std::string& text) const;
  // `body`: the scenario from `functions` on.
  Scenario load(const std::string& body) const;
  // Loads and runs. What is wrong, as "FILE:LINE:COLUMN: key: message" without the folder.
  std::vector<std::string> problems(const std::string& body) const;

 private:
  std::filesystem::path folder_;
};

RunOptions options_for(const Scenario& scenario, std::uint64_t seed);
RunResult run(const Scenario& scenario, std::uint64_t seed = 1);
// For scenarios without traces.
Scenario scenario_of(const std::string& body);
RunResult run(const std::string& body, std::uint64_t seed = 1);
// The figures of function f of a run.
Summary::Function figures(const std::string& body, std::uint64_t seed = 1);

// Whether the check held, and what was seen.
const Summary::CheckResult& check_of(const RunResult& result, const std::string& name);
// The samples of one column of series.csv.
std::vector<std::int64_t> samples(const RunResult& result, const std::string& name,
                                  const std::string& field);

}  // namespace thaw::sim
