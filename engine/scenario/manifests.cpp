// The section `manifests`: which files, and as what they are installed.
#include <utility>

#include "engine/scenario/charts.hpp"
#include "engine/scenario/sections.hpp"
#include "engine/scenario/values.hpp"

namespace thaw::scenario {
namespace {

// Relative to the scenario's folder, so that a scenario can be moved and shared.
Shape<ManifestPattern> pattern() {
  const Shape<std::string> words = text();
  auto read = [words](const Cursor& at) -> std::optional<ManifestPattern> {
    auto value = words.read(at);
    if (!value) return {};
    if (value->starts_with('/')) {
      at.expected("a path relative to the scenario's folder");
      return {};
    }
    return ManifestPattern{std::move(*value), at.node().place, at.key(), {}, {}, {}};
  };
  return {std::move(read), words.schema};
}

Shape<std::string> chart() {
  std::vector<std::pair<std::string, std::string>> words;
  for (const std::string_view known : kCharts) words.emplace_back(known, known);
  return choice<std::string>(words);
}

// `files` as kubectl apply -n would, `chart` and `values` as helm install -n.
Shape<ManifestPattern> installed() {
  return object<ManifestPattern>("manifest", [](auto& v, ManifestPattern& m) {
    ManifestPattern files, values;
    v.exactly_one({"files", "chart"});
    v.optional("files", files, pattern(), "files of Kubernetes objects, * and ? allowed");
    v.optional("chart", m.chart, chart(), "a Helm chart that thaw knows");
    v.optional("values", values, pattern(), "of the chart: the file of its values");
    v.optional("release", m.release, dns_label(), "of the chart: its name; default the chart's");
    v.optional("namespace", m.ns, dns_label(), "what they are installed into; default \"default\"");
    v.together("chart", "values");
    if (!v.reading()) return;
    if (v.has("release") && !v.has("chart")) v.fault("release", "is of a chart");
    const std::string chart = m.chart, release = m.release, ns = m.ns;
    m = m.chart.empty() ? files : values;
    m.chart = chart;
    m.release = release.empty() ? chart : release;
    m.ns = ns;
  });
}

}  // namespace

Shape<ManifestPattern> manifests_entry() { return short_or_long(pattern(), installed()); }

}  // namespace thaw::scenario
