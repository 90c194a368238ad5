#include "drivers/world/driver_metrics.hpp"

namespace thaw::world {
namespace {

template <class Value>
void each_function(const Told& of, OpenMetrics& metrics, const Value& value) {
  for (const auto& [name, last] : of.decisions.last())
    metrics.sample({{"namespace", name.first}, {"function", name.second}}, value(last));
}

}  // namespace

void tell_driver(const Told& of, OpenMetrics& metrics) {
  using Last = DecisionLog::Last;
  metrics.gauge("thaw_function_desired_replicas", "As last decided.");
  each_function(of, metrics,
                [](const Last& last) { return last.desired.value_or(last.spec).count; });
  metrics.gauge("thaw_function_spec_replicas", "As the cluster has it.");
  each_function(of, metrics, [](const Last& last) { return last.spec.count; });
  metrics.gauge("thaw_function_ready_replicas", "Ready and not Terminating.");
  each_function(of, metrics, [](const Last& last) { return last.ready.count; });
  metrics.gauge("thaw_functions_refused", "Workloads left alone, with the reason in the log.");
  metrics.sample({}, static_cast<double>(of.functions.refused.size()));
  metrics.counter("thaw_decisions", "Times that a policy was asked.");
  metrics.sample({}, static_cast<double>(of.decisions.steps()));
  metrics.gauge("thaw_watched_pods", "Pods of workloads that are known.");
  metrics.sample({}, static_cast<double>(of.inventory.pods()));
  const auto watches = [&](const char* name, const char* help, auto field) {
    metrics.counter(name, help);
    for (const auto& reflector : of.watches.all())
      metrics.sample({{"collection", reflector->collection().path}},
                     static_cast<double>(reflector->counters().*field));
  };
  using Counters = kubernetes::ReflectorCounters;
  watches("thaw_watch_lists", "Lists begun.", &Counters::lists);
  watches("thaw_watch_starts", "Watches begun.", &Counters::watches);
  watches("thaw_watch_events", "Changes told by watches.", &Counters::events);
  watches("thaw_watch_errors", "Lists and watches that failed.", &Counters::errors);
  const http::Traffic traffic = of.transport.traffic();
  metrics.counter("thaw_api_requests", "Requests to the API server, retries included.");
  metrics.sample({}, static_cast<double>(traffic.requests));
  metrics.counter("thaw_api_failures", "Calls to the API server that had no answer.");
  metrics.sample({}, static_cast<double>(traffic.failures));
}

}  // namespace thaw::world
