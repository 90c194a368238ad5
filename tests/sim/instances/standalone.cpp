#include "tests/sim/instances/standalone.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "engine/scenario/governance.hpp"
#include "engine/scenario/load.hpp"
#include "policies/all.hpp"

namespace thaw::sim {

Folder::Folder() {
  std::string pattern = testing::TempDir() + "thaw_standalone_XXXXXX";
  folder_ = mkdtemp(pattern.data());
}

Folder::~Folder() { std::filesystem::remove_all(folder_); }

std::string Folder::write(const std::string& name, const std::string& text) const {
  std::ofstream(folder_ / name, std::ios::binary) << text;
  return (folder_ / name).string();
}

std::string Folder::write_gz(const std::string& name, const std::string& text) const {
  const std::string path = (folder_ / name).string();
  const gzFile file = gzopen(path.c_str(), "wb");
  EXPECT_EQ(gzwrite(file, text.data(), static_cast<unsigned>(text.size())),
            static_cast<int>(text.size()));
  gzclose(file);
  return path;
}

Scenario Folder::load(const std::string& body) const {
  return load_scenario(
      write("scenario.yaml", "apiVersion: thaw/v1\nkind: Scenario\nname: standalone\n" + body), {});
}

std::vector<std::string> Folder::problems(const std::string& body) const {
  std::vector<std::string> texts;
  try {
    run(load(body));
  } catch (const InputError& error) {
    for (Diagnostic problem : error.problems()) {
      problem.place.file = std::filesystem::path(problem.place.file).filename().string();
      texts.push_back(to_text(problem));
    }
  }
  return texts;
}

RunOptions options_for(const Scenario& scenario, std::uint64_t seed) {
  Diagnostics problems;
  RunOptions options;
  options.seed = seed;
  for (Governance& one : govern(scenario, {}, problems))
    if (!one.policy.empty()) options.governors.push_back({one.spec, find_policy(one.policy)});
  problems.throw_if_any();
  return options;
}

RunResult run(const Scenario& scenario, std::uint64_t seed) {
  return simulate(scenario, options_for(scenario, seed));
}

Scenario scenario_of(const std::string& body) { return Folder().load(body); }

RunResult run(const std::string& body, std::uint64_t seed) { return run(scenario_of(body), seed); }

Summary::Function figures(const std::string& body, std::uint64_t seed) {
  return run(body, seed).summary.functions.at("f");
}

const Summary::CheckResult& check_of(const RunResult& result, const std::string& name) {
  const auto& all = result.summary.checks;
  const auto found = std::ranges::find(all, name, &Summary::CheckResult::name);
  if (found == all.end()) throw std::out_of_range("no check " + name);
  return *found;
}

std::vector<std::int64_t> samples(const RunResult& result, const std::string& name,
                                  const std::string& field) {
  std::vector<std::int64_t> values;
  std::istringstream rows(result.series_csv);
  const std::string column = ",function," + name + "," + field + ",";
  for (std::string row; std::getline(rows, row);)
    if (const auto at = row.find(column); at != std::string::npos)
      values.push_back(std::stoll(row.substr(at + column.size())));
  return values;
}

}  // namespace thaw::sim
