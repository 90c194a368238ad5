// The scenario file as a whole.
#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/scenario/sections.hpp"
#include "engine/scenario/values.hpp"

namespace thaw::scenario {
namespace {

// 2026-01-05T00:00:00Z, a Monday: schedules then begin with a week.
constexpr TimePoint kDefaultStart{
    std::chrono::sys_days(std::chrono::year(2026) / 1 / 5).time_since_epoch()};

// Functions of manifests run on nodes, standalone ones do not: a scenario has the one kind or the
// other.
template <class Visitor>
void check_worlds(Visitor& v, const Document& d) {
  const Scenario& s = d.scenario;
  const auto alone = static_cast<std::size_t>(
      std::count_if(s.functions.begin(), s.functions.end(),
                    [](const auto& f) { return f.standalone.has_value(); }));
  if (alone == 0) {
    if (d.manifests.empty()) v.fault("manifests", "missing: the functions' own files");
    if (s.cluster.pools.empty())
      v.fault("cluster", "missing: the nodes that functions of manifests run on");
    if (s.warm_up > Duration{0}) v.fault("warmUp", "is for standalone functions");
  } else if (alone < s.functions.size()) {
    v.fault("functions", "standalone functions and functions of manifests cannot be mixed");
  } else if (!d.manifests.empty() || !s.cluster.pools.empty()) {
    v.fault("functions", "standalone functions need neither manifests nor pools");
  } else if (!s.pipelines.empty()) {
    v.fault("pipelines", "are for functions of manifests");
  } else if (!s.rounds.empty()) {
    v.fault("workload", "rounds are for functions of manifests");
  }
}

}  // namespace

Shape<Versions> versions_section() {
  return object<Versions>("versions", [](auto& v, Versions& known) {
    v.optional("slimfaas", known.slimfaas, version(), "default 0.81");
    v.optional("knative", known.knative, version(), "default 1.23");
    v.optional("kubernetes", known.kubernetes, version(), "default 1.37");
    v.optional("openfaas", known.openfaas, version(), "of its gateway; default 0.27");
  });
}

Shape<Document> document() {
  return object<Document>("scenario", [](auto& v, Document& d) {
    Scenario& s = d.scenario;
    s.start = kDefaultStart;
    std::string word;
    std::vector<WorkloadItem> workload;
    v.required("apiVersion", word, exactly("thaw/v1"), "of the format");
    v.required("kind", word, exactly("Scenario"), "of the file");
    v.required("name", s.name, name(), "of the scenario");
    v.optional("versions", s.versions, versions_section(), "of the systems it stands for");
    v.optional("start", s.start, time_point(),
               "what time it is when it starts; default 2026-01-05T00:00:00Z");
    v.optional("cluster", s.cluster, cluster_section(), "nodes and links; needed with manifests");
    v.optional("manifests", d.manifests, list_of(manifests_entry()),
               "files of Kubernetes objects, * and ? allowed, and values of Helm charts");
    v.optional("metrics", s.metrics, metrics_section(),
               "how a GPU's utilisation gets to who scales by it");
    v.required("functions", s.functions, functions_section(),
               "by the name of their Deployment or StatefulSet, or standalone");
    v.optional("pipelines", s.pipelines, pipelines_section(),
               "functions that a request passes one after another");
    v.optional("workload", workload, workload_section(), "what load comes");
    v.optional("checks", s.checks, checks_section(), "what must hold");
    v.optional("faults", s.faults, faults_section(), "what goes wrong");
    v.optional("until", s.until, duration_of(std::chrono::nanoseconds(1)),
               "end of the run; default when all is over");
    v.optional("warmUp", s.warm_up, duration(),
               "of standalone functions: what comes before it does not count");
    v.optional("sampling", s.sampling, duration_of(std::chrono::milliseconds(1)), "of series.csv");
    for (WorkloadItem& item : workload) {
      if (auto* step = std::get_if<Step>(&item)) s.steps.push_back(std::move(*step));
      if (auto* stream = std::get_if<Arrivals>(&item)) s.arrivals.push_back(std::move(*stream));
      if (auto* rounds = std::get_if<Rounds>(&item)) s.rounds.push_back(std::move(*rounds));
    }
    if (!v.ok()) return;
    if (s.functions.empty()) v.fault("functions", "expected at least one function, found none");
    check_worlds(v, d);
  });
}

}  // namespace thaw::scenario
