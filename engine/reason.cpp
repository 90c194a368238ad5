#include "engine/reason.hpp"

#include <fmt/format.h>

#include "engine/invariant.hpp"
#include "engine/reason_words.hpp"

namespace thaw {
namespace words {

std::string number(double value) {
  std::string text = fmt::format("{:.3f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string limit(double code, double value) {
  const auto which = static_cast<Limit>(code);
  if (which == Limit::none) return {};
  return fmt::format("; limit {} {}", name_of(which), number(value));
}

std::string general(const Reason& why) {
  const auto& n = why.number;
  switch (why.code) {
    case ReasonCode::keep_alive:
      return fmt::format("idle instances stay for {} s", number(n[0]));
    case ReasonCode::fixed:
      return fmt::format("fixed at {}", number(n[0]));
    case ReasonCode::scheduled:
      if (n[1] < 0) return fmt::format("outside every entry of the schedule → {}", number(n[0]));
      return fmt::format("entry {} of the schedule → {}", number(n[1]), number(n[0]));
    case ReasonCode::external:
      return fmt::format("decided by another program → {}", number(n[0]));
    case ReasonCode::operator_cap:
      return fmt::format("{} wanted, the operator allows {}", number(n[0]), number(n[1]));
    default:
      return "no reason given";
  }
}

}  // namespace words

std::string_view name_of(Limit limit) {
  switch (limit) {
    case Limit::none:
      return "none";
    case Limit::min:
      return "min";
    case Limit::max:
      return "max";
    case Limit::up_rate:
      return "scale-up rate";
    case Limit::down_rate:
      return "scale-down rate";
    case Limit::stabilisation:
      return "stabilisation";
    case Limit::activation:
      return "activation-scale";
    case Limit::initial:
      return "initial-scale";
    case Limit::tolerance:
      return "tolerance";
  }
  THAW_CHECK(false, "a limit without a name");
}

std::string_view name_of(ReasonCode code) {
  switch (code) {
    case ReasonCode::none:
      return "none";
    case ReasonCode::waiting_for_tick:
      return "waiting_for_tick";
    case ReasonCode::active:
      return "active";
    case ReasonCode::never_called:
      return "never_called";
    case ReasonCode::idle_timeout:
      return "idle_timeout";
    case ReasonCode::at_min:
      return "at_min";
    case ReasonCode::wake:
      return "wake";
    case ReasonCode::below_min:
      return "below_min";
    case ReasonCode::dependency_not_ready:
      return "dependency_not_ready";
    case ReasonCode::pod_unschedulable:
      return "pod_unschedulable";
    case ReasonCode::keep_alive:
      return "keep_alive";
    case ReasonCode::metric_trigger:
      return "metric_trigger";
    case ReasonCode::fixed:
      return "fixed";
    case ReasonCode::scheduled:
      return "scheduled";
    case ReasonCode::knative_stable:
      return "knative_stable";
    case ReasonCode::knative_panic:
      return "knative_panic";
    case ReasonCode::knative_no_data:
      return "knative_no_data";
    case ReasonCode::knative_first_replica:
      return "knative_first_replica";
    case ReasonCode::knative_last_replica:
      return "knative_last_replica";
    case ReasonCode::knative_to_zero:
      return "knative_to_zero";
    case ReasonCode::hpa_metric:
      return "hpa_metric";
    case ReasonCode::hpa_outside_bounds:
      return "hpa_outside_bounds";
    case ReasonCode::hpa_failed:
      return "hpa_failed";
    case ReasonCode::hpa_disabled:
      return "hpa_disabled";
    case ReasonCode::alert_firing:
      return "alert_firing";
    case ReasonCode::alert_resolved:
      return "alert_resolved";
    case ReasonCode::capacity:
      return "capacity";
    case ReasonCode::capacity_idle:
      return "capacity_idle";
    case ReasonCode::break_even:
      return "break_even";
    case ReasonCode::idle_histogram:
      return "idle_histogram";
    case ReasonCode::greedy_dual:
      return "greedy_dual";
    case ReasonCode::step_down:
      return "step_down";
    case ReasonCode::forecast:
      return "forecast";
    case ReasonCode::queue_delay:
      return "queue_delay";
    case ReasonCode::buffer:
      return "buffer";
    case ReasonCode::expected_cost:
      return "expected_cost";
    case ReasonCode::clairvoyant:
      return "clairvoyant";
    case ReasonCode::external:
      return "external";
    case ReasonCode::operator_cap:
      return "operator_cap";
  }
  THAW_CHECK(false, "a reason code without a name");
}

std::string to_words(const Reason& why) {
  switch (why.code) {
    case ReasonCode::waiting_for_tick:
    case ReasonCode::active:
    case ReasonCode::never_called:
    case ReasonCode::idle_timeout:
    case ReasonCode::at_min:
    case ReasonCode::wake:
    case ReasonCode::below_min:
    case ReasonCode::dependency_not_ready:
    case ReasonCode::pod_unschedulable:
    case ReasonCode::metric_trigger:
      return words::slimfaas(why);
    case ReasonCode::knative_stable:
    case ReasonCode::knative_panic:
    case ReasonCode::knative_no_data:
    case ReasonCode::knative_first_replica:
    case ReasonCode::knative_last_replica:
    case ReasonCode::knative_to_zero:
      return words::knative(why);
    case ReasonCode::hpa_metric:
    case ReasonCode::hpa_outside_bounds:
    case ReasonCode::hpa_failed:
    case ReasonCode::hpa_disabled:
      return words::hpa(why);
    case ReasonCode::alert_firing:
    case ReasonCode::alert_resolved:
    case ReasonCode::capacity:
    case ReasonCode::capacity_idle:
      return words::openfaas(why);
    case ReasonCode::break_even:
    case ReasonCode::idle_histogram:
    case ReasonCode::greedy_dual:
    case ReasonCode::step_down:
    case ReasonCode::forecast:
    case ReasonCode::queue_delay:
    case ReasonCode::buffer:
    case ReasonCode::expected_cost:
    case ReasonCode::clairvoyant:
      return words::weighing(why);
    case ReasonCode::none:
    case ReasonCode::keep_alive:
    case ReasonCode::fixed:
    case ReasonCode::scheduled:
    case ReasonCode::external:
    case ReasonCode::operator_cap:
      return words::general(why);
  }
  THAW_CHECK(false, "a reason code without words");
}

}  // namespace thaw
