// podAntiAffinity by hostname, and the pod fields about placement that charts pass through.
#include <array>
#include <utility>

#include "engine/scenario/manifest_kinds.hpp"

namespace thaw {
namespace {

constexpr std::string_view kHostname = "kubernetes.io/hostname";

}  // namespace

std::vector<LabelRule> read_label_selector(Fields selector) {
  std::vector<LabelRule> rules;
  for (const auto& [key, value] : values_of(selector.texts("matchLabels")))
    rules.push_back({key, LabelRule::How::in, {value}});
  constexpr std::array<std::pair<std::string_view, LabelRule::How>, 4> kOperators{
      {{"In", LabelRule::How::in},
       {"NotIn", LabelRule::How::not_in},
       {"Exists", LabelRule::How::exists},
       {"DoesNotExist", LabelRule::How::absent}}};
  for (Fields& item : selector.items("matchExpressions")) {
    LabelRule rule{item.required_text("key"), LabelRule::How::in, item.words("values")};
    const std::string how = item.required_text("operator");
    bool known = false;
    for (const auto& [name, meaning] : kOperators) {
      if (name == how) rule.how = meaning;
      known |= name == how;
    }
    if (!known) item.expected("operator", "In, NotIn, Exists or DoesNotExist");
    const bool lists = rule.how == LabelRule::How::in || rule.how == LabelRule::How::not_in;
    if (known && lists && rule.values.empty())
      item.error("values", "must not be empty with In and NotIn");
    if (known && !lists && !rule.values.empty())
      item.error("values", "must be empty with Exists and DoesNotExist");
    item.finish();
    rules.push_back(std::move(rule));
  }
  selector.finish();
  return rules;
}

namespace {

void add_term(Fields& term, bool required, int weight, Workload& workload) {
  const std::string topology = term.required_text("topologyKey");
  AntiAffinity rule{read_label_selector(term.child("labelSelector", "labelSelector.")), required,
                    weight};
  term.finish();
  if (topology != kHostname) {
    term.report().not_modelled("podAntiAffinity by " + topology);
  } else if (!rule.pods.empty()) {  // without a selector it is about no pods
    workload.anti_affinity.push_back(std::move(rule));
  }
}

}  // namespace

void read_pod_anti_affinity(Fields& affinity, Workload& workload) {
  Fields anti = affinity.child("podAntiAffinity", "podAntiAffinity.");
  for (Fields& term : anti.items("requiredDuringSchedulingIgnoredDuringExecution"))
    add_term(term, true, 0, workload);
  for (Fields& item : anti.items("preferredDuringSchedulingIgnoredDuringExecution")) {
    if (!item.has("weight")) item.error("weight", "is missing");
    const auto weight = static_cast<int>(item.integer("weight", 1, 1, 100));
    Fields term = item.child("podAffinityTerm");
    add_term(term, false, weight, workload);
    item.finish();
  }
  anti.finish();
}

}  // namespace thaw
