// TH103: a Python script that Python does not run because of its indentation.
#include "engine/lint/python_indentation.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::lint::python_tabs {
namespace {

void check(const Subject& subject, Report& report) {
  for (const Script& script : subject.scripts) {
    const auto problem = python_indentation(script.text);
    if (!problem) continue;
    report.add({script.file, script.first_line + problem->line - 1, 1}, problem->what,
               "indent every line with spaces alone: four a level");
  }
}

}  // namespace

Rule rule() {
  return {"TH103", "python-indentation", Severity::error, "Python refuses a script's indentation",
          check};
}

}  // namespace thaw::lint::python_tabs
