// One rule of lint. Each is a file in rules/, a line in rules.cpp, a page docs/lint/CODE.md (which
// `thaw lint --explain CODE` prints) and a test.
//
// Codes: TH1xx what the tools themselves refuse, TH2xx scaling, TH3xx placement and GPUs, TH4xx the
// way and the time of a request, TH5xx security. A code is never given to another rule.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lint/finding.hpp"
#include "engine/lint/subject.hpp"

namespace thaw::lint {

struct Rule;

// Where a rule says what it found.
class Report {
 public:
  Report(const Rule& rule, std::vector<Finding>& findings) : rule_(rule), findings_(findings) {}

  void add(Place place, std::string message, std::string mend, std::vector<Related> related = {});
  // Milder or graver than the rule usually is.
  void add(Severity severity, Place place, std::string message, std::string mend,
           std::vector<Related> related = {});

 private:
  const Rule& rule_;
  std::vector<Finding>& findings_;
};

struct Rule {
  std::string_view code, name;  // "TH201", "maximum-out-of-reach"
  Severity severity = Severity::error;
  std::string_view summary;  // one line
  void (*check)(const Subject& subject, Report& report) = nullptr;
};

std::span<const Rule> all_rules();                // by code
const Rule* find_rule(std::string_view code);     // nullptr if there is none
std::string_view page_of(std::string_view code);  // docs/lint/CODE.md; empty if there is none

}  // namespace thaw::lint
