#include "tests/lint/linted.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "app/settings_problems.hpp"

namespace thaw::lint {
namespace {

void name_from(Place& place, const std::string& folder) {
  if (place.file.starts_with(folder)) place.file.erase(0, folder.size());
}

}  // namespace

Result linted(const NamedTexts& files) {
  std::string pattern = testing::TempDir() + "thaw_lint_XXXXXX";
  const std::string folder = std::string(mkdtemp(pattern.data())) + "/";
  std::vector<std::string> paths;
  for (const auto& [name, text] : files) {
    paths.push_back(folder + name);
    std::filesystem::create_directories(std::filesystem::path(paths.back()).parent_path());
    std::ofstream(paths.back(), std::ios::binary) << text;
  }
  // A scenario brings its manifests itself.
  const bool scenario = std::filesystem::exists(folder + "scenario.yaml");
  Result result = linted_paths(scenario ? std::vector<std::string>{folder} : paths);
  for (Finding& finding : result.findings) {
    name_from(finding.place, folder);
    for (Related& other : finding.related) name_from(other.place, folder);
  }
  std::filesystem::remove_all(folder);
  return result;
}

Result linted_paths(const std::vector<std::string>& paths) {
  return lint(read_subjects(paths, &app::settings_problems));
}

std::vector<std::string> places(const Result& result, const std::string& code) {
  std::vector<std::string> texts;
  for (const Finding& finding : result.findings) {
    if (!code.empty() && finding.code != code) continue;
    texts.push_back(finding.code + " " + finding.place.file + ":" +
                    std::to_string(finding.place.line) + ":" +
                    std::to_string(finding.place.column));
  }
  return texts;
}

std::vector<std::string> messages(const Result& result, const std::string& code) {
  std::vector<std::string> texts;
  for (const Finding& finding : result.findings)
    if (finding.code == code) texts.push_back(finding.message);
  return texts;
}

std::vector<Severity> severities(const Result& result, const std::string& code) {
  std::vector<Severity> all;
  for (const Finding& finding : result.findings)
    if (finding.code == code) all.push_back(finding.severity);
  return all;
}

}  // namespace thaw::lint
