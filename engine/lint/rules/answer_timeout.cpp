// TH408: answers take longer than a hop on their way waits for them.
//
// By the scenario's own service time of a request that is alone: the least that it can take.
// Whatever streams its answer is not cut by a timeout between two reads; the scenario has answers
// that arrive whole, and this is said of those.
#include <fmt/format.h>

#include "engine/lint/cold_start_chain.hpp"
#include "engine/lint/request_path.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::lint::answer_timeout {
namespace {

constexpr double kEvenOnce = 0.05;

void judge(const Subject& subject, const FunctionSpec& function, Report& report) {
  const Workload& workload = subject.manifests.workloads[function.workload];
  const std::vector<Hop> hops = hops_to(subject, workload);
  const Hop* const first_to_go = shortest(hops, &Hop::answers);
  if (!first_to_go) return;
  Sample service;
  service.add(function.service.duration, "lint/service/" + function.name);
  service.sort();
  const double cut = service.ratio_above(first_to_go->answers);
  if (cut <= kEvenOnce) return;
  report.add(
      first_to_go->place,
      fmt::format("{} waits {} for an answer, and one of {} takes {} (p50), {} (p95) even "
                  "alone: {} are cut, unless they stream",
                  first_to_go->what, rough(first_to_go->answers), function.name,
                  rough(service.quantile(0.5)), rough(service.quantile(0.95)), per_cent(cut)),
      fmt::format("raise it above {}, or stream the answer", rough(2 * service.quantile(0.95))),
      {{function.place, "the function's service time"}});
}

void check(const Subject& subject, Report& report) {
  if (!subject.scenario) return;
  for (const FunctionSpec& function : subject.scenario->functions)
    if (!function.standalone) judge(subject, function, report);
}

}  // namespace

Rule rule() {
  return {"TH408", "request-cut-mid-answer", Severity::warning,
          "answers take longer than a hop on their way waits for them", check};
}

}  // namespace thaw::lint::answer_timeout
