#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/scenario/charts.hpp"
#include "engine/scenario/units.hpp"

namespace thaw {
namespace {

constexpr Duration kChartRelist = std::chrono::minutes(1);

std::string without_blanks(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; });
  return text;
}

// "NAME" or "NAME{…}"; empty if it is no plain series.
std::string series_name(const std::string& query) {
  const std::string name = query.substr(0, query.find('{'));
  const bool plain = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == ':';
  });
  return plain ? name : "";
}

// avg(SERIES{<<.LabelMatchers>>}) by (<<.GroupBy>>), the `by` in front or behind.
std::optional<MetricRule::Fold> fold_of(const std::string& query, const std::string& series) {
  using Fold = MetricRule::Fold;
  constexpr std::array<std::pair<std::string_view, Fold>, 4> kFolds{
      {{"avg", Fold::avg}, {"sum", Fold::sum}, {"max", Fold::max}, {"min", Fold::min}}};
  const std::string by = "by(<<.GroupBy>>)";
  for (const auto& [word, fold] : kFolds) {
    for (const std::string& name : {series, std::string("<<.Series>>")}) {
      const std::string of = "(" + name + "{<<.LabelMatchers>>})", head(word);
      if (query == head + of + by || query == head + by + of) return fold;
    }
  }
  return std::nullopt;
}

void read_kinds(Fields& rule, MetricRule& made) {
  Fields resources = rule.child("resources", "resources.");
  const bool by_template = resources.has("template");
  made.of_namespaces = made.of_pods = by_template;
  if (by_template && without_blanks(resources.text("template")) != "<<.Resource>>")
    resources.report().not_modelled("resources.template");
  Fields overrides = resources.child("overrides");
  for (const std::string& label : overrides.unread()) {
    Fields target = overrides.child(label);
    const std::string resource = target.required_text("resource");
    target.ignore({"group"});
    target.finish();
    made.of_namespaces |= resource == "namespace";
    made.of_pods |= resource == "pod";
  }
  resources.finish();
}

// Empty: a notice says why it is left out.
std::optional<MetricRule> read_rule(Fields& rule) {
  MetricRule made;
  made.place = rule.place();
  const std::string asked = rule.required_text("seriesQuery");
  made.series = series_name(without_blanks(asked));
  read_kinds(rule, made);
  Fields name = rule.child("name", "name.");
  const std::string matches = name.text("matches"), as = name.text("as");
  name.finish();
  made.metric = as.empty() ? made.series : as;
  const auto fold = fold_of(without_blanks(rule.required_text("metricsQuery")), made.series);
  rule.finish();
  const auto leave_out = [&](const std::string& why) {
    rule.report().notice(fmt::format("the rule for {} is left out: {}", asked, why));
    return std::nullopt;
  };
  if (made.series.empty()) return leave_out("its seriesQuery does not name one series");
  if (!matches.empty() && matches != made.series && matches != "^" + made.series + "$")
    return leave_out("name.matches other than the series' name is not modelled");
  if (as.find('$') != std::string::npos) return leave_out("name.as with a group is not modelled");
  if (!fold)
    return leave_out(
        "of metricsQuery, avg, sum, max and min of the series by <<.GroupBy>> are "
        "modelled, with <<.LabelMatchers>> alone");
  made.fold = *fold;
  return made;
}

}  // namespace

std::vector<MetricRule> read_metric_rules(Fields& config, std::string_view key) {
  std::vector<MetricRule> rules;
  for (Fields& item : config.items(key, std::string(key) + ".")) {
    if (auto rule = read_rule(item)) rules.push_back(std::move(*rule));
  }
  return rules;
}

MetricsAdapter read_adapter_chart(const ObjectHead& release, Fields& values) {
  MetricsAdapter adapter{release.place, release.name, release.ns, kChartRelist, {}};
  const std::string relist = values.text("metricsRelistInterval");
  if (!relist.empty()) {
    const auto read = units::go_duration(relist);
    if (!read || *read <= Duration{0}) {
      values.expected("metricsRelistInterval", "a duration such as 1m");
    } else {
      adapter.relist = *read;
    }
  }
  Fields rules = values.child("rules", "rules.");
  adapter.rules = read_metric_rules(rules, "custom");
  rules.ignore({"default"});  // they make cpu and memory, which is not modelled
  rules.finish();
  values.ignore({"prometheus", "image", "logLevel", "replicas", "rbac", "serviceAccount",
                 "resources", "service", "tls", "listenPort", "nodeSelector", "tolerations",
                 "affinity", "certManager", "apiService", "extraArguments"});
  return adapter;
}

}  // namespace thaw
