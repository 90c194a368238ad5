// TH106: resources of a function that OpenFaaS does not pass on.
#include <fmt/format.h>

#include <algorithm>

#include "engine/lint/rule.hpp"

namespace thaw::lint::stack_resources {
namespace {

using yaml::Node;

void check_function(const std::string& name, const Node& function, Report& report) {
  std::vector<std::string> names;
  std::vector<Place> places;
  for (const char* part : {"limits", "requests"}) {
    const Node* const amounts = function.find(part);
    if (!amounts) continue;
    for (const auto& [key, value] : amounts->map) {
      if (key.scalar == "cpu" || key.scalar == "memory") continue;
      if (std::ranges::find(names, key.scalar) == names.end()) names.push_back(key.scalar);
      places.push_back(key.place);
    }
  }
  if (places.empty()) return;
  std::string all;
  for (const std::string& one : names) all += (all.empty() ? "" : ", ") + one;
  std::vector<Related> related;
  for (std::size_t i = 1; i < places.size(); ++i) related.push_back({places[i], "dropped too"});
  report.add(
      places.front(),
      fmt::format("OpenFaaS knows cpu and memory alone in limits and requests and drops the "
                  "rest in silence: the pods of {} do not get {}",
                  name, all),
      "put them into a Profile's `resources` (OpenFaaS Standard and for Enterprises), or use "
      "a patched faas-cli and provider",
      std::move(related));
}

void check(const Subject& subject, Report& report) {
  for (const Node* const stack : subject.stacks) {
    const Node* const functions = stack->find("functions");
    if (!functions) continue;
    for (const auto& [key, function] : functions->map) check_function(key.scalar, function, report);
  }
  for (const Object& object : subject.objects) {
    const Node* const spec = object.node->find("spec");
    if (object.kind == "Function" && object.api_version.starts_with("openfaas.com/") && spec)
      check_function(object.name, *spec, report);
  }
}

}  // namespace

// A patched faas-cli cannot be seen from here.
Rule rule() {
  return {"TH106", "stack-resources", Severity::warning,
          "resources of a function that OpenFaaS does not pass on", check};
}

}  // namespace thaw::lint::stack_resources
