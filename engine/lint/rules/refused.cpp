// TH104: YAML that kubectl, helm or faas-cli would refuse.
#include <algorithm>

#include "engine/lint/not_text.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::lint {
namespace {

void check(const Subject& subject, Report& report) {
  const std::vector<NotText> others = not_text(subject);  // TH105 says more of these
  for (const Diagnostic& problem : subject.refused) {
    const bool told = std::ranges::any_of(others, [&](const NotText& other) {
      const Place& place = other.value->place;
      return place.file == problem.place.file && place.line == problem.place.line &&
             place.column == problem.place.column;
    });
    if (told) continue;
    const std::string key = problem.key.empty() ? "" : problem.key + ": ";
    report.add(problem.place, key + problem.message, "");
  }
}

}  // namespace

Rule refused_rule() {
  return {"TH104", "refused", Severity::error, "kubectl, helm or faas-cli would refuse it", check};
}

}  // namespace thaw::lint
