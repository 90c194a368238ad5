#include "drivers/trial/deployed.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "drivers/applied/clean.hpp"
#include "drivers/applied/run_names.hpp"
#include "drivers/trial/readiness.hpp"
#include "drivers/world/drive_start.hpp"

namespace thaw::trial {

Awaitable<void> Deployed::prepare() {
  fixture_ = co_await fixture::Fixture::find(reader_);
  if (!fixture_ && run_.options.time_scale != 1)
    throw InputError({{{"--time-scale", 0, 0},
                       "",
                       "only a test fixture hurries (ConfigMap kube-public/controlplane): the "
                       "nodes of " +
                           reader_.transport().access().server + " are real"}});
  applied::PlanSettings settings;
  settings.run = run_.id;
  settings.driven = [this](const FunctionSpec& function) {
    return run_.scaling
        .driven[static_cast<std::size_t>(&function - run_.scenario.functions.data())];
  };
  settings.gateway_is_there = run_.gateway.has_value();
  if (fixture_)
    settings.annotations = [this](const Workload& workload) { return annotations(workload); };
  plan_ =
      co_await applied::plan_for(reader_, run_.scenario, run_.options.objects, std::move(settings));
  add_own_objects();
  std::string names;
  for (const std::string& ns : plan_.namespaces) names += (names.empty() ? "" : ", ") + ns;
  run_.say("works in namespaces " + names);
  if (fixture_) {
    touched_ = true;
    fixture_notices_ = co_await fixture_->prepare(run_.scenario, preparation());
  }
  co_await until_nodes(reader_, run_.scenario, [this] { return run_.interrupted(); });
}

fixture::Preparation Deployed::preparation() const {
  return {run_.options.time_scale, run_.options.seed, run_.id};
}

// On the fixture: of a function; what is none takes no time of its own.
std::map<std::string, std::string> Deployed::annotations(const Workload& workload) const {
  const Scenario& scenario = run_.scenario;
  for (std::size_t f = 0; f < scenario.functions.size(); ++f)
    if (&scenario.manifests.workloads[scenario.functions[f].workload] == &workload)
      return fixture::annotations(scenario, f, preparation());
  return {};
}

applied::Planned Deployed::own_object(const std::string& api_version, const std::string& kind,
                                      const std::string& plural, const std::string& name) const {
  applied::Planned planned;
  planned.resource = {api_version, kind, plural, true, true};
  planned.ns = plan_.namespaces.front();
  planned.name = name;
  planned.json = R"({"apiVersion":")" + api_version + R"(","kind":")" + kind +
                 R"(","metadata":{"name":")" + name + R"(","labels":{")" + applied::kManagedBy +
                 R"(":"thaw",")" + applied::kRunLabel + R"(":")" + run_.id + R"("}}})";
  return planned;
}

// What the driver keeps is the run's too, and goes with it.
void Deployed::add_own_objects() {
  const auto first = std::ranges::find_if(
      plan_.objects, [](const applied::Planned& one) { return !one.ns.empty(); });
  const std::string lease = applied::lease_name(run_.id), calls = applied::calls_name(run_.id);
  const std::vector<applied::Planned> own{
      own_object("coordination.k8s.io/v1", "Lease", "leases", lease),
      own_object("v1", "ConfigMap", "configmaps", calls)};
  plan_.objects.insert(first, own.begin(), own.end());
}

Awaitable<void> Deployed::make(applied::ApplySettings how) {
  how.identity = world::identity_of({}) + ", process " + std::to_string(getpid());
  how.stopped = [this] { return run_.interrupted(); };
  touched_ = true;
  const applied::Applied made = co_await applied::apply(reader_, writer_, plan_, std::move(how));
  run_.say(std::to_string(made.objects.size()) + " objects are made; the run begins");
}

std::vector<std::string> Deployed::notices() const {
  std::vector<std::string> all = plan_.notices;
  all.insert(all.end(), fixture_notices_.begin(), fixture_notices_.end());
  return all;
}

Awaitable<void> Deployed::take_away() {
  if (!touched_) co_return;
  run_.say("removes what it made");
  applied::CleanSettings settings;
  settings.namespaces = plan_.namespaces;
  const applied::Cleaned cleaned =
      co_await applied::clean(reader_, writer_, run_.id, std::move(settings));
  run_.say(std::to_string(cleaned.removed.size()) + " objects are removed");
  for (const std::string& left : cleaned.left) run_.say("left: " + left);
  if (fixture_) co_await fixture_->remove();
}

}  // namespace thaw::trial
