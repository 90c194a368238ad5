// docs/documents.md answers every claim of the documents: each number once, with checks that are in
// the scenario it names and hold there, or with the reason why it is not modelled.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/app/command.hpp"
#include "tests/app/markdown.hpp"

namespace thaw::test {
namespace claims_test {

constexpr const char* kDocument = "docs/documents.md";

// How many claims each document makes.
const std::map<int, int> kClaims = {{1, 14}, {2, 9}, {3, 8}, {4, 6}, {5, 9}};

struct Named {
  std::string scenario, check;
};

// "[`FILE`](../scenarios/…) “one check”, “another”; [`FILE`](…) “a third”".
std::vector<Named> checks_named_in(const std::string& answer) {
  const std::string open = "“", close = "”", link = "](../";
  std::vector<Named> named;
  std::string scenario = "no scenario";
  for (std::size_t at = 0; at < answer.size(); ++at) {
    if (answer.compare(at, link.size(), link) == 0) {
      scenario = answer.substr(at + link.size(), answer.find(')', at) - at - link.size());
    } else if (answer.compare(at, open.size(), open) == 0) {
      const std::size_t begin = at + open.size();
      named.push_back({scenario, answer.substr(begin, answer.find(close, begin) - begin)});
    }
  }
  return named;
}

bool is_number_of_claim(const std::string& text) {
  return !text.empty() && has(text, ".") &&
         text.find_first_not_of("0123456789.") == std::string::npos;
}

std::vector<Row> answers() {
  std::vector<Row> rows;
  for (const Row& row : table_rows(read_text(kDocument))) {
    if (!row.empty() && is_number_of_claim(row[0])) rows.push_back(row);
  }
  return rows;
}

// The checks of a scenario, and whether they held in a run of it.
std::map<std::string, bool> checks_of(const std::string& scenario) {
  std::map<std::string, bool> checks;
  const Outcome run = thaw_command({"run", scenario, "--format", "json"});
  EXPECT_LE(run.code, 1) << scenario << "\n" << run.err;
  if (run.code > 1) return checks;
  const auto summary = nlohmann::json::parse(run.out);
  for (const auto& check : summary.at("checks")) {
    checks[check.at("name").get<std::string>()] = check.at("held").get<bool>();
  }
  return checks;
}

TEST(Claims, AreAnsweredOnceEach) {
  std::multiset<std::string> expected, found;
  for (const auto& [document, claims] : kClaims) {
    for (int i = 1; i <= claims; ++i) {
      expected.insert(std::to_string(document) + "." + std::to_string(i));
    }
  }
  for (const Row& row : answers()) {
    ASSERT_EQ(row.size(), 3U) << row[0] << ": number, claim, answer";
    EXPECT_NE(row[1], "") << row[0];
    found.insert(row[0]);
  }
  EXPECT_EQ(found, expected);
}

TEST(Claims, AreShownByChecksOrNotModelledForAReason) {
  for (const Row& row : answers()) {
    EXPECT_TRUE(!checks_named_in(row.at(2)).empty() || has(row.at(2), "not modelled, because "))
        << row[0] << ": " << row.at(2);
  }
}

TEST(Claims, NameChecksThatAreThereAndHold) {
  std::map<std::string, std::map<std::string, bool>> scenarios;
  int named = 0;
  for (const Row& row : answers()) {
    for (const auto& [scenario, check] : checks_named_in(row.at(2))) {
      ++named;
      ASSERT_TRUE(std::filesystem::is_regular_file(scenario)) << row[0] << ": " << scenario;
      if (!scenarios.contains(scenario)) scenarios[scenario] = checks_of(scenario);
      const auto& checks = scenarios[scenario];
      ASSERT_TRUE(checks.contains(check))
          << row[0] << ": " << scenario << " has no “" << check << "”";
      EXPECT_TRUE(checks.at(check)) << row[0] << ": “" << check << "” of " << scenario << " fails";
    }
  }
  EXPECT_GE(named, 14);
}

}  // namespace claims_test
}  // namespace thaw::test
