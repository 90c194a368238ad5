// The whole of lint: rules over subjects, what comments turn off left out.
//
// "# thaw-lint: ignore TH204 because the metric is ours" on the line of a finding or alone on the
// line above turns that code off there; without a reason it does not.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/lint/finding.hpp"
#include "engine/lint/subject.hpp"

namespace thaw::lint {

struct Result {
  std::vector<Finding> findings;  // in the order of before(), each once
  std::size_t suppressed = 0;

  std::size_t count(Severity severity) const;
};

Result lint(const std::vector<Subject>& subjects);

// One line for each finding, as compilers print them, its mend and related places below it; a line
// of counts at the end.
std::string to_text(const Result& result, bool coloured);
std::string to_json(const Result& result);
// SARIF 2.1.0. `version`: of thaw.
std::string to_sarif(const Result& result, const std::string& version);

}  // namespace thaw::lint
