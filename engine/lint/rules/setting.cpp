// TH208: settings that the autoscaler itself refuses: out of its range, misspelt, contradictory.
//
// The policies judge, as they do when a run begins; what they say is what the real one's own
// validation says.
#include "engine/lint/rule.hpp"

namespace thaw::lint {
namespace {

void check(const Subject& subject, Report& report) {
  for (const Diagnostic& problem : subject.settings) {
    const std::string key = problem.key.empty() ? "" : problem.key + ": ";
    report.add(problem.place, key + problem.message, "");
  }
}

}  // namespace

Rule setting_rule() {
  return {"TH208", "setting", Severity::error, "a setting that its autoscaler refuses", check};
}

}  // namespace thaw::lint
