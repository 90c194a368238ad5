// TH402: the shortest timeout on a call's way is below what the function's cold start takes.
#include <fmt/format.h>

#include "engine/lint/asleep.hpp"
#include "engine/lint/cold_start_chain.hpp"
#include "engine/lint/request_path.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::lint::cold_timeout {
namespace {

constexpr double kOften = 0.5, kEvenOnce = 0.05;

std::string chain_of(const std::vector<Hop>& hops) {
  std::string text;
  for (const Hop& hop : hops)
    text += (text.empty() ? "" : ", ") + hop.what + " waits " + rough(hop.waits);
  return text;
}

std::string with_seconds(std::string mend, Duration limit) {
  const std::string number = std::to_string(std::chrono::ceil<std::chrono::seconds>(limit).count());
  for (std::size_t at = mend.find("{}"); at != std::string::npos; at = mend.find("{}", at))
    mend.replace(at, 2, number);
  return mend;
}

// Everything that is too short, in the order of the way.
std::string mends(const std::vector<Hop>& hops, Duration needed) {
  std::string text;
  for (const Hop& hop : hops)
    if (hop.waits < needed) text += (text.empty() ? "" : "; ") + with_seconds(hop.mend, needed);
  return text;
}

void judge(const Subject& subject, const FunctionSpec& function, Report& report) {
  const Workload& workload = subject.manifests.workloads[function.workload];
  const auto sleep = asleep(subject.manifests, workload);
  if (!sleep || sleep->by == Asleep::By::nobody) return;
  const std::vector<Hop> hops = hops_to(subject, workload);
  const Hop* const first_to_go = shortest(hops, &Hop::waits);
  const auto chain = cold_start_of(*subject.scenario, function);
  if (!first_to_go || !chain) return;
  const double cut = chain->whole.ratio_above(first_to_go->waits);
  if (cut <= kEvenOnce) return;
  const bool woken = is_woken(*subject.scenario, function);
  std::vector<Related> related{{workload.place, "the function at zero"}};
  for (const Hop& hop : hops)
    if (&hop != first_to_go) related.push_back({hop.place, hop.what + ": " + rough(hop.waits)});
  const std::string wake =
      sleep->by == Asleep::By::slimfaas
          ? "; or wake it first (/wake-function/" + function.name + ") and call once it is ready"
          : "";
  report.add(
      cut >= kOften && !woken ? Severity::error : Severity::warning, first_to_go->place,
      fmt::format("a call that finds {} at zero{} waits {}; on its way {}: the shortest cuts "
                  "{} of such calls{}",
                  function.name, chain->with_node ? " and no node" : "", to_text(*chain),
                  chain_of(hops), per_cent(cut), woken ? " (those that come without a wake)" : ""),
      mends(hops, chain->whole.quantile(0.95) + 1min) + wake, std::move(related));
}

void check(const Subject& subject, Report& report) {
  if (!subject.scenario) return;  // how long a start takes, manifests do not say
  for (const FunctionSpec& function : subject.scenario->functions)
    if (!function.standalone && function.policy.empty()) judge(subject, function, report);
}

}  // namespace

Rule rule() {
  return {"TH402", "timeout-below-cold-start", Severity::error,
          "a call to a function at zero is cut before its cold start is over", check};
}

}  // namespace thaw::lint::cold_timeout
