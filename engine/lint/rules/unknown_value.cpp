// TH107: a value that the chart does not have. Helm hands it over, and no template looks at it.
#include "engine/lint/chart_values.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::lint::unknown_value {
namespace {

std::string mend_of(const std::string& chart, const ValueSection& section, const std::string& key) {
  const std::string prefix = section.path.empty() ? "" : std::string(section.path) + ".";
  if (const std::string_view meant = meant_by(chart, prefix + key); !meant.empty())
    return "write it as " + std::string(meant);
  const std::string near = nearest(key, section.all());
  if (!near.empty()) return "write " + prefix + near;
  return "leave it out: the installation is the same without it";
}

void check_section(const std::string& chart, const ValueSection& section, const yaml::Node& map,
                   Report& report) {
  if (map.kind != yaml::Node::Kind::map) return;  // older charts have lists there
  for (const auto& [key, value] : map.map) {
    if (section.has(key.scalar)) continue;
    const std::string in = section.path.empty() ? "" : " in " + std::string(section.path);
    report.add(key.place,
               "the chart " + chart + " has no value " + key.scalar + in +
                   ": helm takes it without a word, and nothing reads it",
               mend_of(chart, section, key.scalar));
  }
}

void check(const Subject& subject, Report& report) {
  for (const Values& values : subject.values) {
    for (const ValueSection& section : sections_of(values.chart))
      if (const yaml::Node* const map = at(*values.node, section.path))
        check_section(values.chart, section, *map, report);
  }
}

}  // namespace

Rule rule() {
  return {"TH107", "unknown-value", Severity::warning, "a Helm value that its chart does not have",
          check};
}

}  // namespace thaw::lint::unknown_value
