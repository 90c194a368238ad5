// TH104: YAML that kubectl, helm or faas-cli would refuse.
#include "engine/lint/rule.hpp"

namespace thaw::lint {
namespace {

void check(const Subject& subject, Report& report) {
  for (const Diagnostic& problem : subject.refused) {
    const std::string key = problem.key.empty() ? "" : problem.key + ": ";
    report.add(problem.place, key + problem.message, "");
  }
}

}  // namespace

Rule refused_rule() {
  return {"TH104", "refused", Severity::error, "kubectl, helm or faas-cli would refuse it", check};
}

}  // namespace thaw::lint
