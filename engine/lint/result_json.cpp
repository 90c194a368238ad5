#include <nlohmann/json.hpp>

#include "engine/lint/lint.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::lint {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Place& place) {
  return {{"file", place.file}, {"line", place.line}, {"column", place.column}};
}

Json sarif_location(const Place& place) {
  Json physical = {{"artifactLocation", {{"uri", place.file}}}};
  if (place.line > 0) {
    physical["region"] = {{"startLine", place.line}};
    if (place.column > 0) physical["region"]["startColumn"] = place.column;
  }
  return {{"physicalLocation", std::move(physical)}};
}

std::string sarif_level(Severity severity) {
  return severity == Severity::info ? "note" : std::string(name_of(severity));
}

Json sarif_rules() {
  Json rules = Json::array();
  for (const Rule& rule : all_rules()) {
    rules.push_back({{"id", rule.code},
                     {"name", rule.name},
                     {"shortDescription", {{"text", rule.summary}}},
                     {"help", {{"text", page_of(rule.code)}, {"markdown", page_of(rule.code)}}},
                     {"defaultConfiguration", {{"level", sarif_level(rule.severity)}}}});
  }
  return rules;
}

Json sarif_result(const Finding& finding) {
  const std::string message =
      finding.mend.empty() ? finding.message : finding.message + "\nMend: " + finding.mend;
  Json result = {{"ruleId", finding.code},
                 {"level", sarif_level(finding.severity)},
                 {"message", {{"text", message}}},
                 {"locations", Json::array({sarif_location(finding.place)})}};
  Json related = Json::array();
  for (const Related& other : finding.related) {
    Json location = sarif_location(other.place);
    location["message"] = {{"text", other.message}};
    related.push_back(std::move(location));
  }
  if (!related.empty()) result["relatedLocations"] = std::move(related);
  return result;
}

std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string to_json(const Result& result) {
  Json findings = Json::array();
  for (const Finding& finding : result.findings) {
    const Rule* const rule = find_rule(finding.code);
    Json one = {{"code", finding.code},
                {"name", rule ? rule->name : ""},
                {"severity", name_of(finding.severity)}};
    one.update(to_json(finding.place));
    one["message"] = finding.message;
    one["mend"] = finding.mend;
    one["related"] = Json::array();
    for (const Related& other : finding.related) {
      Json place = to_json(other.place);
      place["message"] = other.message;
      one["related"].push_back(std::move(place));
    }
    findings.push_back(std::move(one));
  }
  return dump({{"findings", std::move(findings)},
               {"errors", result.count(Severity::error)},
               {"warnings", result.count(Severity::warning)},
               {"infos", result.count(Severity::info)},
               {"suppressed", result.suppressed}});
}

std::string to_sarif(const Result& result, const std::string& version) {
  Json results = Json::array();
  for (const Finding& finding : result.findings) results.push_back(sarif_result(finding));
  return dump(
      {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
       {"version", "2.1.0"},
       {"runs",
        Json::array(
            {{{"tool",
               {{"driver",
                 {{"name", "thaw"}, {"semanticVersion", version}, {"rules", sarif_rules()}}}}},
              {"results", std::move(results)}}})}});
}

}  // namespace thaw::lint
