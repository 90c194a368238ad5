// The scenario file as a whole.
#include <chrono>
#include <utility>

#include "engine/scenario/sections.hpp"
#include "engine/scenario/values.hpp"

namespace thaw::scenario {
namespace {

// 2026-01-05T00:00:00Z, a Monday: schedules then begin with a week.
constexpr TimePoint kDefaultStart{
    std::chrono::sys_days(std::chrono::year(2026) / 1 / 5).time_since_epoch()};

Shape<Versions> versions() {
  return object<Versions>("versions", [](auto& v, Versions& known) {
    v.optional("slimfaas", known.slimfaas, version(), "default 0.81");
    v.optional("knative", known.knative, version(), "default 1.23");
    v.optional("kubernetes", known.kubernetes, version(), "default 1.37");
  });
}

// Relative to the scenario's folder, so that a scenario can be moved and shared.
Shape<ManifestPattern> manifest_pattern() {
  const Shape<std::string> pattern = text();
  auto read = [pattern](const Cursor& at) -> std::optional<ManifestPattern> {
    auto value = pattern.read(at);
    if (!value) return {};
    if (value->starts_with('/')) {
      at.expected("a path relative to the scenario's folder");
      return {};
    }
    return ManifestPattern{std::move(*value), at.node().place, at.key()};
  };
  return {std::move(read), pattern.schema};
}

}  // namespace

Shape<Document> document() {
  return object<Document>("scenario", [](auto& v, Document& d) {
    Scenario& s = d.scenario;
    s.start = kDefaultStart;
    std::string word;
    std::vector<WorkloadItem> workload;
    v.required("apiVersion", word, exactly("thaw/v1"), "of the format");
    v.required("kind", word, exactly("Scenario"), "of the file");
    v.required("name", s.name, name(), "of the scenario");
    v.optional("versions", s.versions, versions(), "of the systems it stands for");
    v.optional("start", s.start, time_point(),
               "what time it is when it starts; default 2026-01-05T00:00:00Z");
    v.required("cluster", s.cluster, cluster_section(), "nodes and links");
    v.required("manifests", d.manifests, list_of(manifest_pattern()),
               "files of Kubernetes objects, * and ? allowed");
    v.required("functions", s.functions, functions_section(),
               "by the name of their Deployment or StatefulSet");
    v.optional("workload", workload, workload_section(), "what load comes");
    v.optional("checks", s.checks, checks_section(), "what must hold");
    v.optional("faults", s.faults, faults_section(), "what goes wrong");
    v.optional("until", s.until, duration_of(std::chrono::nanoseconds(1)),
               "end of the run; default when all is over");
    v.optional("sampling", s.sampling, duration_of(std::chrono::milliseconds(1)), "of series.csv");
    for (WorkloadItem& item : workload) {
      if (auto* step = std::get_if<Step>(&item)) s.steps.push_back(std::move(*step));
      if (auto* stream = std::get_if<Arrivals>(&item)) s.arrivals.push_back(std::move(*stream));
    }
    if (v.ok() && s.functions.empty())
      v.fault("functions", "expected at least one function, found none");
  });
}

}  // namespace thaw::scenario
