// Every rule, by code. A new one is a file in rules/, a line here in each list, a page in
// docs/lint/.
#include <algorithm>
#include <array>

#include "engine/lint/rule.hpp"

namespace thaw::lint {

// clang-format off
#define THAW_LINT_RULES(rule) \
  rule(not_yaml) \
  rule(look_alike) \
  rule(python_tabs) \
  rule(refused) \
  rule(yaml_boolean) \
  rule(stack_resources) \
  rule(unknown_value) \
  rule(maximum_out_of_reach) \
  rule(flapping) \
  rule(metric_not_there) \
  rule(two_owners) \
  rule(no_target) \
  rule(alert_never_fires) \
  rule(setting) \
  rule(deprecated) \
  rule(unknown_setting) \
  rule(cost_of_minimum) \
  rule(profile_missing) \
  rule(nothing_fits) \
  rule(card_count) \
  rule(mig_replicas) \
  rule(model_does_not_fit) \
  rule(fraction_above_share) \
  rule(no_scale_from_zero) \
  rule(kapsule_taint_key) \
  rule(idle_timeout) \
  rule(cold_timeout) \
  rule(base_function_url) \
  rule(host_without_service) \
  rule(authority) \
  rule(method) \
  rule(ingress_annotation) \
  rule(answer_timeout) \
  rule(wake_by_mesh) \
  rule(root_container)
// clang-format on

#define THAW_DECLARE(name) \
  namespace name {         \
  Rule rule();             \
  }
THAW_LINT_RULES(THAW_DECLARE)
#undef THAW_DECLARE

std::span<const Rule> all_rules() {
#define THAW_MAKE(name) name::rule(),
  static const std::array rules{THAW_LINT_RULES(THAW_MAKE)};
#undef THAW_MAKE
  return rules;
}

const Rule* find_rule(std::string_view code) {
  const auto rules = all_rules();
  const auto found = std::ranges::find(rules, code, &Rule::code);
  return found == rules.end() ? nullptr : &*found;
}

}  // namespace thaw::lint
