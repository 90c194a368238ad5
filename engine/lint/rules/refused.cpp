// TH104: YAML that kubectl, helm or faas-cli would refuse.
#include <algorithm>

#include "engine/lint/not_text.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::lint::refused {
namespace {

// An older version of the autoscaler's API is TH209's: the API server may well take it.
bool is_of_older_hpa(const Diagnostic& problem, const Subject& subject) {
  return std::ranges::any_of(subject.objects, [&](const Object& object) {
    const yaml::Node* const version = object.node->find("apiVersion");
    return object.kind == "HorizontalPodAutoscaler" && version &&
           object.api_version.starts_with("autoscaling/v") &&
           same_place(version->place, problem.place);
  });
}

void check(const Subject& subject, Report& report) {
  const std::vector<NotText> others = not_text(subject);  // TH105 says more of these
  for (const Diagnostic& problem : subject.refused) {
    const bool told = std::ranges::any_of(others, [&](const NotText& other) {
      return same_place(other.value->place, problem.place);
    });
    if (told || is_of_older_hpa(problem, subject)) continue;
    const std::string key = problem.key.empty() ? "" : problem.key + ": ";
    report.add(problem.place, key + problem.message, "");
  }
}

}  // namespace

Rule rule() {
  return {"TH104", "refused", Severity::error, "kubectl, helm or faas-cli would refuse it", check};
}

}  // namespace thaw::lint::refused
