#include <nlohmann/json.hpp>

#include "app/test/report.hpp"

namespace thaw::app {
namespace {

using Json = nlohmann::ordered_json;

const char* name_of(ScenarioTest::State state) {
  switch (state) {
    case ScenarioTest::State::not_run:
      return "not_run";
    case ScenarioTest::State::ran:
      return "ran";
    case ScenarioTest::State::refused:
      return "refused";
    case ScenarioTest::State::broke:
      return "broke";
  }
  return "";
}

const char* name_of(DecisionTest::State state) {
  switch (state) {
    case DecisionTest::State::none:
      return "none";
    case DecisionTest::State::held:
      return "held";
    case DecisionTest::State::differ:
      return "differ";
    case DecisionTest::State::missing:
      return "missing";
    case DecisionTest::State::not_compared:
      return "not_compared";
  }
  return "";
}

Json of(const Summary::CheckResult& check) {
  Json json;
  json["name"] = check.name;
  json["held"] = check.held;
  if (check.at_s) json["at_s"] = *check.at_s;
  json["detail"] = check.detail;
  return json;
}

Json of(const DecisionTest& decisions) {
  Json json;
  json["state"] = decisions.written ? "written" : name_of(decisions.state);
  json["count"] = decisions.count;
  json["baseline"] = decisions.file;
  if (!decisions.difference.empty()) json["difference"] = decisions.difference;
  return json;
}

Json of(const ScenarioTest& test) {
  Json json;
  json["scenario"] = test.name;
  json["state"] = name_of(test.state);
  json["held"] = test.held();
  if (!test.error.empty()) json["error"] = test.error;
  if (test.state != ScenarioTest::State::ran) return json;
  json["simulated_s"] = test.simulated_s;
  json["checks"] = Json::array();
  for (const Summary::CheckResult& check : test.checks) json["checks"].push_back(of(check));
  json["decisions"] = of(test.decisions);
  return json;
}

}  // namespace

std::string to_json(const TestReport& report) {
  Json json;
  json["schema"] = "thaw.test/v1";
  json["seed"] = report.seed;
  json["held"] = report.held() == report.scenarios.size();
  json["scenarios"] = Json::array();
  for (const ScenarioTest& test : report.scenarios) json["scenarios"].push_back(of(test));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace thaw::app
