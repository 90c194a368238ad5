#include "sim/anti_affinity.hpp"

#include <algorithm>

namespace thaw::sim {
namespace {

bool holds(const LabelRule& rule, const std::map<std::string, std::string>& labels) {
  const auto label = labels.find(rule.key);
  const bool there = label != labels.end();
  const bool listed = there && std::find(rule.values.begin(), rule.values.end(), label->second) !=
                                   rule.values.end();
  switch (rule.how) {
    case LabelRule::How::in:
      return listed;
    case LabelRule::How::not_in:
      return !listed;
    case LabelRule::How::exists:
      return there;
    case LabelRule::How::absent:
      break;
  }
  return !there;
}

bool concerns(const AntiAffinity& term, const Workload& of, const Workload& other) {
  return of.ns == other.ns && selects_labels(term.pods, other.labels);
}

bool forbids(const Workload& a, const Workload& b) {
  return std::any_of(a.anti_affinity.begin(), a.anti_affinity.end(),
                     [&](const AntiAffinity& t) { return t.required && concerns(t, a, b); });
}

}  // namespace

bool selects_labels(const std::vector<LabelRule>& rules,
                    const std::map<std::string, std::string>& labels) {
  return std::all_of(rules.begin(), rules.end(),
                     [&](const LabelRule& rule) { return holds(rule, labels); });
}

bool repel(const Workload& a, const Workload& b) { return forbids(a, b) || forbids(b, a); }

int reluctance(const Workload& wanted, const Workload& there) {
  int weight = 0;
  for (const AntiAffinity& term : wanted.anti_affinity)
    if (!term.required && concerns(term, wanted, there)) weight += term.weight;
  return weight;
}

}  // namespace thaw::sim
