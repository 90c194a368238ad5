// TH101: what no YAML parser takes.
#include "engine/lint/rule.hpp"

namespace thaw::lint::not_yaml {
namespace {

void check(const Subject& subject, Report& report) {
  for (const Diagnostic& problem : subject.unreadable)
    report.add(problem.place, problem.message, "write it as YAML 1.1, as kubectl and helm read it");
}

}  // namespace

Rule rule() {
  return {"TH101", "not-yaml", Severity::error, "a file or a block of a text is no YAML", check};
}

}  // namespace thaw::lint::not_yaml
