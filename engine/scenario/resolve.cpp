#include "engine/scenario/resolve.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/scenario/dapr.hpp"
#include "engine/scenario/files.hpp"
#include "engine/scenario/gke_node_pool.hpp"
#include "engine/scenario/gpu_sharing.hpp"
#include "engine/scenario/manifest_reader.hpp"
#include "engine/scenario/node_objects.hpp"
#include "engine/scenario/openfaas.hpp"
#include "engine/scenario/runtime_classes.hpp"

namespace thaw::scenario {
namespace {

void find_workload(FunctionSpec& function, const Manifests& manifests, Diagnostics& problems) {
  std::vector<std::string> names;
  std::size_t found = 0;
  for (std::size_t i = 0; i < manifests.workloads.size(); ++i) {
    names.push_back(manifests.workloads[i].name);
    if (names.back() != function.name) continue;
    function.workload = i;
    ++found;
  }
  const std::string key = dotted("functions", function.name);
  if (found == 0) {
    problems.error(
        function.place, key,
        "no Deployment, StatefulSet, Knative Service or OpenFaaS function of the manifests has "
        "this name" +
            suggestion(function.name, names));
  } else if (found > 1) {
    problems.error(function.place, key, "several workloads of the manifests have this name");
  }
}

// A chart says which models its pods pull; what they weigh only the scenario can say.
void tell_other_models(const Scenario& scenario, Diagnostics& problems) {
  for (const FunctionSpec& function : scenario.functions) {
    if (function.standalone) continue;
    for (const std::string& model : scenario.manifests.workloads[function.workload].pulled_models) {
      if (function.model && function.model->name == model) continue;
      problems.notice(function.name + ": its chart pulls " + model +
                      ", of which the scenario gives no size; the download takes no time");
    }
  }
}

// An autoscaler by what pods take of a node knows only what the scenario says of it.
void tell_unknown_usage(const Scenario& scenario, Diagnostics& problems) {
  for (const HpaObject& hpa : scenario.manifests.hpas) {
    const auto function =
        std::ranges::find(scenario.functions, hpa.target_name, &FunctionSpec::name);
    if (function == scenario.functions.end()) continue;
    for (const auto& [key, entry] : hpa.spec.entries()) {
      const bool of_pod = key.ends_with(".resource.name");
      if (!of_pod && !key.ends_with(".containerResource.name")) continue;
      if (of_pod && entry.value == "cpu" && function->service.cpu.count > 0) continue;
      const bool sayable = of_pod && entry.value == "cpu";
      problems.notice("HorizontalPodAutoscaler " + hpa.name + ": what " + hpa.target_name +
                      " uses of " + entry.value + " is not known, so that metric is absent" +
                      (sayable ? "; service.cpu says what a request takes" : ""));
    }
  }
}

// What there is of one kind.
struct Names {
  template <class Items>
  Names(const Items& items, std::string what) : kind(std::move(what)) {
    for (const auto& item : items) list.push_back(item.name);
    set.insert(list.begin(), list.end());
  }

  std::string kind;
  std::vector<std::string> list;
  std::set<std::string> set;
};

// What each step waits for.
std::map<std::string, std::vector<std::string>> waits(const Scenario& scenario) {
  std::map<std::string, std::vector<std::string>> edges;
  for (const Step& step : scenario.steps) {
    auto& targets = edges[step.name];
    if (step.at && step.at->anchor == Instant::Anchor::step) targets.push_back(step.at->step);
    if (!step.when) continue;
    for (const Term& term : step.when->terms()) {
      if (term.kind == Term::Kind::response) targets.push_back(term.name);
    }
  }
  return edges;
}

// Steps that can start, given that all that they wait for can; what is left waits in a circle.
// Without recursion, so that a thousand steps in a row are no danger to the stack.
void check_circles(const Scenario& scenario, Diagnostics& problems) {
  const auto edges = waits(scenario);
  std::map<std::string, std::size_t> open;
  std::map<std::string, std::vector<std::string>> followers;
  for (const auto& [name, targets] : edges) {
    for (const std::string& target : targets) {
      if (!edges.contains(target)) continue;
      ++open[name];
      followers[target].push_back(name);
    }
  }
  std::vector<std::string> startable;
  for (const auto& [name, targets] : edges) {
    if (!open.contains(name)) startable.push_back(name);
  }
  while (!startable.empty()) {
    const std::string name = std::move(startable.back());
    startable.pop_back();
    for (const std::string& follower : followers[name]) {
      if (--open[follower] == 0) startable.push_back(follower);
    }
  }
  for (const Step& step : scenario.steps) {
    const auto left = open.find(step.name);
    if (left == open.end() || left->second == 0) continue;
    problems.error(step.place, dotted("workload", step.name),
                   "the step waits, in a circle, for itself");
  }
}

std::string money(const Price& price) {
  std::string decimals = std::to_string(price.per_hour % 1'000'000'000);
  decimals.insert(0, 9 - decimals.size(), '0');
  while (decimals.size() > 2 && decimals.ends_with('0')) decimals.pop_back();
  return std::to_string(price.per_hour / 1'000'000'000) + "." + decimals + " " + price.currency +
         "/h";
}

// A layer is the same bytes wherever it is named.
void check_layers(const Scenario& scenario, Diagnostics& problems) {
  std::map<std::string, std::pair<Bytes, std::string>> known;
  for (const FunctionSpec& function : scenario.functions) {
    for (const ImageLayer& layer : function.layers) {
      const auto& [size, owner] =
          known.try_emplace(layer.name, layer.size, function.name).first->second;
      if (size == layer.size) continue;
      problems.error(function.place, dotted(dotted("functions", function.name), "imageLayers"),
                     "the layer " + layer.name + " has another size here than in " + owner);
    }
  }
}

}  // namespace

std::vector<ManifestSource> find_manifests(const Document& document, const std::string& path,
                                           Diagnostics& problems) {
  std::vector<ManifestSource> files;
  for (const ManifestPattern& pattern : document.manifests) {
    const std::vector<std::string> found = matches(path, pattern.text);
    if (found.empty())
      problems.error(pattern.place, pattern.key, "no file matches " + pattern.text);
    for (const std::string& file : found) {
      const bool known = std::any_of(files.begin(), files.end(),
                                     [&](const ManifestSource& f) { return f.file == file; });
      if (!known) files.push_back({file, pattern.ns, pattern.chart, pattern.release});
    }
  }
  return files;
}

void read_workloads(Document& document, const std::string& path, Diagnostics& problems) {
  const std::size_t before = problems.error_count();
  const std::vector<ManifestSource> files = find_manifests(document, path, problems);
  Scenario& scenario = document.scenario;
  if (files.empty()) return;
  scenario.manifests = read_sources(files, {path, 0, 0}, problems);
  // With a manifest missing or broken, every function in it would be blamed as well.
  if (problems.error_count() != before) return;
  apply_profiles(scenario.manifests, scenario.versions, problems);
  apply_runtime_classes(scenario.manifests, problems);
  for (FunctionSpec& function : scenario.functions) {
    if (!function.standalone) find_workload(function, scenario.manifests, problems);
  }
  if (problems.error_count() != before) return;
  tolerate_own_resources(scenario.manifests, scenario.cluster.pools);
  apply_nodes(scenario, problems);
  apply_dapr(scenario, problems);
  tell_unknown_usage(scenario, problems);
  tell_other_models(scenario, problems);
}

// `count: 3` of f means f-1, f-2 and f-3, and a stream for f becomes one for each.
std::vector<std::string> multiply_functions(Scenario& scenario) {
  std::vector<FunctionSpec> functions;
  std::map<std::string, int> copies;
  for (FunctionSpec& f : scenario.functions) {
    if (!f.count) {
      functions.push_back(std::move(f));
      continue;
    }
    copies[f.name] = *f.count;
    for (int i = 1; i <= *f.count; ++i) {
      functions.push_back(f);
      functions.back().name += "-" + std::to_string(i);
    }
  }
  if (copies.empty()) {
    scenario.functions = std::move(functions);
    return {};
  }
  std::vector<Arrivals> streams;
  for (Arrivals& stream : scenario.arrivals) {
    const auto group = copies.find(stream.function);
    if (group == copies.end()) {
      streams.push_back(std::move(stream));
      continue;
    }
    for (int i = 1; i <= group->second; ++i) {
      streams.push_back(stream);
      streams.back().function += "-" + std::to_string(i);
      streams.back().name += "-" + std::to_string(i);
    }
  }
  scenario.functions = std::move(functions);
  scenario.arrivals = std::move(streams);
  std::vector<std::string> groups;
  for (const auto& [name, count] : copies) groups.push_back(name);
  return groups;
}

void find_traces(Scenario& scenario, const std::string& path, Diagnostics& problems) {
  for (Arrivals& stream : scenario.arrivals) {
    if (stream.source != Arrivals::Source::trace) continue;
    const std::filesystem::path beside = std::filesystem::path(path).parent_path() / stream.trace;
    std::error_code error;
    if (!std::filesystem::is_regular_file(beside, error)) {
      problems.error(stream.place, dotted("workload", stream.name) + ".trace",
                     "no file " + beside.string());
    }
    stream.trace = beside.string();
  }
}

void check_references(const Scenario& scenario, const std::vector<std::string>& groups,
                      const Reading& reading) {
  Names steps(scenario.steps, "step");
  for (const Rounds& rounds : scenario.rounds) steps.set.insert(rounds.name);
  const Names pools(scenario.cluster.pools, "pool");
  const Names functions(scenario.functions, "function");
  const Names pipelines(scenario.pipelines, "pipeline");
  const auto called = [&](const Reference& reference) {
    return reference.to == Reference::To::pipeline ||
           (reference.to == Reference::To::called && pipelines.set.contains(reference.name));
  };
  for (const Pipeline& pipeline : scenario.pipelines) {
    if (functions.set.contains(pipeline.name))
      reading.problems.error(pipeline.place, dotted("pipelines", pipeline.name),
                             "a function has this name already");
  }
  for (const Reference& reference : reading.references) {
    const Names& known = reference.to == Reference::To::step   ? steps
                         : reference.to == Reference::To::pool ? pools
                         : called(reference)                   ? pipelines
                                                               : functions;
    if (known.set.contains(reference.name)) continue;
    const bool of_stream =
        reference.key.starts_with("workload.") && reference.key.ends_with(".function");
    if (of_stream && std::find(groups.begin(), groups.end(), reference.name) != groups.end())
      continue;
    // The section itself could not be read, which is told already.
    if (known.set.empty() && !reading.problems.ok()) continue;
    reading.problems.error(reference.place, reference.key,
                           "there is no " + known.kind + " \"" + reference.name + "\"" +
                               suggestion(reference.name, known.list));
  }
  check_layers(scenario, reading.problems);
  check_circles(scenario, reading.problems);
}

void add_notices(const Scenario& scenario, const Reading& reading) {
  for (const Pool& pool : scenario.cluster.pools) notice_gpu_sharing(pool, reading.problems);
  for (const Pool& pool : scenario.cluster.pools) {
    const Price& price = pool.machine.price;
    if (price.verified) continue;
    reading.problems.notice("the price of " + pool.machine.preset + ", " + money(price) +
                            ", is not verified: " + price.source);
  }
  if (reading.guesses.empty()) return;
  std::string text = "guesses in use, for want of values in the scenario: ";
  for (std::size_t i = 0; i < reading.guesses.size(); ++i)
    text += (i > 0 ? "; " : "") + reading.guesses[i];
  reading.problems.notice(text);
}

}  // namespace thaw::scenario
