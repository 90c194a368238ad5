// The Grafana dashboard asks for what /metrics has, and each of its panels has a place of its own.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace thaw {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Set = std::set<std::string>;

std::string contents(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

json dashboard() { return json::parse(contents("deploy/grafana/thaw.json")); }

// Every "thaw_…" in a text; with a quote before it and one behind where `quoted`.
Set names_in(const std::string& from, bool quoted) {
  static const std::string kLetters = "abcdefghijklmnopqrstuvwxyz_0123456789";
  Set names;
  for (std::size_t at = from.find("thaw_"); at != std::string::npos; at = from.find("thaw_", at)) {
    const std::size_t end = std::min(from.find_first_not_of(kLetters, at), from.size());
    const bool is_quoted = at > 0 && from[at - 1] == '"' && end < from.size() && from[end] == '"';
    if (!quoted || is_quoted) names.insert(from.substr(at, end - at));
    at = end;
  }
  return names;
}

// As the sources write them: a counter without its _total.
Set rendered() {
  Set names;
  for (const auto& entry : fs::recursive_directory_iterator("drivers")) {
    if (entry.path().extension() == ".cpp") names.merge(names_in(contents(entry.path()), true));
  }
  return names;
}

// What a query's name is called in the sources: OpenMetrics puts the end to it.
bool is_rendered(const std::string& name, const Set& rendered) {
  if (rendered.contains(name)) return true;
  for (const std::string end : {"_total", "_bucket", "_sum", "_count"}) {
    if (name.ends_with(end) && rendered.contains(name.substr(0, name.size() - end.size())))
      return true;
  }
  return false;
}

std::string queries(const json& board) {
  std::string all;
  for (const json& panel : board.at("panels")) {
    for (const json& target : panel.value("targets", json::array())) {
      all += target.at("expr").get<std::string>() + "\n";
    }
  }
  for (const json& variable : board.at("templating").at("list")) {
    if (variable.at("type") == "query") all += variable.at("definition").get<std::string>() + "\n";
  }
  return all;
}

TEST(Grafana, EveryMetricOfTheDashboardIsRendered) {
  const Set known = rendered(), asked = names_in(queries(dashboard()), false);
  EXPECT_GE(asked.size(), 20u);
  for (const std::string& name : asked) {
    EXPECT_TRUE(is_rendered(name, known)) << name << ": no source of drivers/ renders it";
  }
}

TEST(Grafana, PanelsHaveIdsAndPlacesOfTheirOwnAndAskTheChosenSource) {
  const json board = dashboard();
  EXPECT_GE(board.at("schemaVersion").get<int>(), 36);
  Set variables;
  for (const json& variable : board.at("templating").at("list"))
    variables.insert(variable.at("name"));
  EXPECT_EQ(variables, (Set{"datasource", "function", "namespace"}));
  std::set<int> ids;
  std::set<std::pair<int, int>> cells;
  for (const json& panel : board.at("panels")) {
    EXPECT_TRUE(ids.insert(panel.at("id").get<int>()).second) << panel.at("title");
    const json& place = panel.at("gridPos");
    const int left = place.at("x"), top = place.at("y");
    EXPECT_LE(left + place.at("w").get<int>(), 24) << panel.at("title");
    for (int x = left; x < left + place.at("w").get<int>(); ++x) {
      for (int y = top; y < top + place.at("h").get<int>(); ++y) {
        EXPECT_TRUE(cells.emplace(x, y).second) << panel.at("title") << " covers another";
      }
    }
    if (panel.at("type") == "row") continue;
    EXPECT_EQ(panel.at("datasource").at("uid"), "${datasource}") << panel.at("title");
    EXPECT_FALSE(panel.at("targets").empty()) << panel.at("title");
  }
}

}  // namespace
}  // namespace thaw
