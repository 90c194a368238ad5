// docs/lint.md against what lint prints: its three tables say exactly that, and nothing else.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "engine/lint/rule.hpp"
#include "tests/lint/linted.hpp"

namespace thaw::lint {
namespace tables_test {

using Texts = std::vector<std::string>;

const std::map<std::string, std::string> kDocuments = {
    {"1", "1-slimfaas"}, {"2", "2-fedless"},      {"3", "3-suse-ai"},
    {"4", "4-vaccel"},   {"5", "5-knative-dapr"},
};
const Texts kScenarios = {"fedless-vgpu", "knative-dapr-gke/as-written", "slimfaas-kapsule",
                          "suse-hpa/as-written", "vaccel-openfaas/as-written"};

// The cells of each row of the table below a heading, trimmed; a link is its text.
std::vector<Texts> rows_below(const std::string& heading) {
  std::ifstream file("docs/lint.md");
  std::vector<Texts> rows;
  std::string line;
  while (std::getline(file, line) && line != heading) continue;
  while (std::getline(file, line) && !line.starts_with("## ")) {
    if (!line.starts_with("| ")) continue;
    Texts cells;
    std::istringstream in(line.substr(2));
    for (std::string cell; std::getline(in, cell, '|');) {
      cell.erase(cell.find_last_not_of(' ') + 1);
      cell.erase(0, cell.find_first_not_of(' '));
      if (cell.starts_with('[')) cell = cell.substr(1, cell.find(']') - 1);
      cells.push_back(cell);
    }
    rows.push_back(std::move(cells));
  }
  if (!rows.empty()) rows.erase(rows.begin());  // the head
  return rows;
}

std::string row(const std::string& of, const Place& place, const std::string& file,
                const Finding& finding) {
  return of + " " + file + std::to_string(place.line) + ":" + std::to_string(place.column) + " " +
         finding.code + " " + std::string(name_of(finding.severity));
}

Texts told_below(const std::string& heading) {
  Texts told;
  for (const Texts& cells : rows_below(heading))
    told.push_back(cells.at(0) + " " + cells.at(1) + " " + cells.at(2) + " " + cells.at(3));
  std::ranges::sort(told);
  return told;
}

TEST(LintTables, SayWhatIsFoundInTheDocuments) {
  Texts found;
  for (const auto& [number, name] : kDocuments)
    for (const Finding& one : linted_paths({"tests/lint/documents/" + name + ".md"}).findings)
      found.push_back(row(number, one.place, "", one));
  std::ranges::sort(found);
  EXPECT_EQ(told_below("## What the five documents get wrong"), found);
  const auto minus_signs = std::ranges::count_if(
      found, [](const std::string& one) { return one.find(" TH102 ") != std::string::npos; });
  EXPECT_EQ(minus_signs, 5);
}

TEST(LintTables, SayWhatIsFoundInTheScenarios) {
  Texts found;
  for (const std::string& scenario : kScenarios) {
    const std::string folder = "scenarios/" + scenario.substr(0, scenario.find('/')) + "/";
    for (const Finding& one : linted_paths({"scenarios/" + scenario}).findings) {
      ASSERT_TRUE(one.place.file.starts_with(folder)) << one.place.file;
      found.push_back(row(scenario, one.place, one.place.file.substr(folder.size()) + ":", one));
    }
  }
  std::ranges::sort(found);
  EXPECT_EQ(told_below("## What the scenarios made of them get wrong"), found);
}

TEST(LintTables, ListEveryRule) {
  Texts told, known;
  for (const Texts& cells : rows_below("## The rules"))
    told.push_back(cells.at(0) + " " + cells.at(1) + " " + cells.at(2));
  for (const Rule& rule : all_rules())
    known.push_back(std::string(rule.code) + " " + std::string(name_of(rule.severity)) + " " +
                    std::string(rule.name) + ": " + std::string(rule.summary));
  EXPECT_EQ(told, known);
}

}  // namespace tables_test
}  // namespace thaw::lint
