// TH401: a function is put back to zero before its first replica is ready.
//
// What runs the clock: SlimFaas counts from the last call, which it sees for as long as it holds it
// (a wake it sees until the function is ready); Knative counts from the wish for a replica.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/lint/asleep.hpp"
#include "engine/lint/cold_start_chain.hpp"
#include "engine/lint/request_path.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::lint::idle_timeout {
namespace {

constexpr double kOften = 0.5, kEvenOnce = 0.05;

// How long a call that nobody answers keeps the function awake before its clock runs; empty: the
// gateway that holds it is not among the files.
std::optional<Duration> held_for(const Subject& subject, const Workload& workload,
                                 const Asleep& sleep) {
  if (sleep.by == Asleep::By::knative) return Duration{0};
  const std::vector<Hop> hops = hops_to(subject, workload);
  const Hop* const first_to_go = shortest(hops, &Hop::waits);
  return first_to_go ? std::optional(first_to_go->waits) : std::nullopt;
}

std::string what_happens(const std::string& name, const Asleep& sleep, Duration held) {
  if (sleep.by == Asleep::By::knative)
    return fmt::format("Knative gives a replica of {} up {} after it asked for it", name,
                       rough(sleep.gone_after));
  return fmt::format("{} goes to zero {} after its last call, which is held for {}", name,
                     rough(sleep.gone_after), rough(held));
}

void judge(const Subject& subject, const FunctionSpec& function, Report& report) {
  const Workload& workload = subject.manifests.workloads[function.workload];
  const auto sleep = asleep(subject.manifests, workload);
  if (!sleep || sleep->by == Asleep::By::nobody || is_woken(*subject.scenario, function)) return;
  const auto chain = cold_start_of(*subject.scenario, function);
  const auto held = held_for(subject, workload, *sleep);
  if (!chain || !held) return;
  const Duration time = *held + sleep->gone_after;
  const double lost = chain->whole.ratio_above(time);
  if (lost <= kEvenOnce) return;
  // Twice the median, as a node takes now and then; never less than what is too short now.
  const Duration better =
      std::max(2 * chain->whole.quantile(0.5), chain->whole.quantile(0.95) + 1min);
  report.add(lost >= kOften ? Severity::error : Severity::warning, sleep->place,
             fmt::format("{}, and its cold start takes {}: {} of replicas{} are taken away before "
                         "they are ready, and what started for them is paid for nothing",
                         what_happens(function.name, *sleep, *held), to_text(*chain),
                         per_cent(lost), chain->with_node ? " that wait for a node" : ""),
             fmt::format("{}: at least {} s, twice a cold start", sleep->setting,
                         std::chrono::ceil<std::chrono::minutes>(better).count() * 60));
}

void check(const Subject& subject, Report& report) {
  if (!subject.scenario) return;  // how long a start takes, manifests do not say
  for (const FunctionSpec& function : subject.scenario->functions)
    if (!function.standalone && function.policy.empty()) judge(subject, function, report);
}

}  // namespace

Rule rule() {
  return {"TH401", "idle-timeout-too-short", Severity::error,
          "a function goes back to zero before its first replica is ready", check};
}

}  // namespace thaw::lint::idle_timeout
