#include "drivers/world/calls_metrics.hpp"

#include <array>
#include <initializer_list>

namespace thaw::world {
namespace {

using gateway::Traffic;

OpenMetrics::Labels labels_of(const FunctionName& name) {
  return {{"namespace", name.first}, {"function", name.second}};
}

void gauge(const std::vector<Traffic>& traffic, OpenMetrics& metrics, const char* name,
           const char* help, std::uint32_t Traffic::*field) {
  metrics.gauge(name, help);
  for (const Traffic& one : traffic) metrics.sample(labels_of(one.function), one.*field);
}

void histogram(const std::vector<Traffic>& traffic, OpenMetrics& metrics, const char* name,
               const char* help, gateway::Histogram Traffic::*field) {
  metrics.histogram(name, help);
  for (const Traffic& one : traffic)
    metrics.buckets(labels_of(one.function), gateway::Histogram::bounds, (one.*field).counts,
                    (one.*field).sum_s);
}

}  // namespace

void tell_calls(const std::vector<Traffic>& traffic, OpenMetrics& metrics) {
  metrics.counter("thaw_requests", "Calls that have ended, by how they ended.");
  for (const Traffic& one : traffic) {
    OpenMetrics::Labels labels = labels_of(one.function);
    labels.emplace_back("outcome", "");
    const auto ended = [&](const char* outcome, std::uint64_t many) {
      labels.back().second = outcome;
      metrics.sample(labels, static_cast<double>(many));
    };
    ended("completed", one.completed);
    ended("timed_out", one.timed_out);
    ended("rejected", one.rejected);
    ended("failed", one.failed);
    ended("unfinished", one.unfinished);
  }
  metrics.counter("thaw_requests_cold", "Calls that found no ready replica and waited for one.");
  for (const Traffic& one : traffic)
    metrics.sample(labels_of(one.function), static_cast<double>(one.cold));
  gauge(traffic, metrics, "thaw_requests_in_flight", "Calls in service.", &Traffic::in_flight);
  gauge(traffic, metrics, "thaw_requests_queued", "Calls that wait for a replica.",
        &Traffic::queued);
  histogram(traffic, metrics, "thaw_wait_seconds", "How long calls waited for a replica.",
            &Traffic::wait);
  histogram(traffic, metrics, "thaw_latency_seconds",
            "From a call's arrival to the last byte of its answer, of those completed.",
            &Traffic::latency);
}

void tell_async(const gateway::async::Metrics& async, OpenMetrics& metrics) {
  const auto each = [&](std::initializer_list<const char*> words, const char* label,
                        const auto& numbers) {
    for (const auto& one : async.functions) {
      OpenMetrics::Labels labels = labels_of(one.delivery.function);
      labels.emplace_back(label, "");
      std::size_t i = 0;
      for (const char* word : words) {
        labels.back().second = word;
        metrics.sample(labels, static_cast<double>(numbers(one)[i++]));
      }
    }
  };
  using Of = gateway::async::Metrics::OfFunction;
  metrics.gauge("thaw_async_calls", "Asynchronous calls in the file, by state.");
  each({"queued", "running", "awaiting", "dead"}, "state", [](const Of& one) {
    return std::array{one.delivery.queued, one.delivery.running, one.delivery.awaiting,
                      one.delivery.dead};
  });
  metrics.counter("thaw_async_accepted", "Asynchronous calls that came, by what became of them.");
  each({"accepted", "known", "rejected"}, "outcome", [](const Of& one) {
    return std::array{one.calls.accepted, one.calls.known, one.calls.rejected};
  });
  metrics.counter("thaw_async_attempts", "Deliveries, by how they ended.");
  each({"delivered", "retried", "given_up"}, "outcome", [](const Of& one) {
    return std::array{one.delivery.delivered, one.delivery.retried, one.delivery.given_up};
  });
  metrics.gauge("thaw_async_callbacks_waiting", "Results that are still to be posted.");
  metrics.sample({}, static_cast<double>(async.callbacks.waiting));
  metrics.counter("thaw_async_callbacks", "Results that were posted, or given up.");
  metrics.sample({{"outcome", "delivered"}}, static_cast<double>(async.callbacks.delivered));
  metrics.sample({{"outcome", "failed"}}, static_cast<double>(async.callbacks.failed));
  metrics.gauge("thaw_async_file_bytes", "Bodies, headers and results in the file.");
  metrics.sample({}, static_cast<double>(async.bytes));
}

void tell_starts(const std::vector<Traffic>& traffic, const Functions& functions,
                 const Inventory& inventory, OpenMetrics& metrics) {
  const std::map<WorkloadKey, Starts::Spent>& starts = inventory.starts().all();
  metrics.counter("thaw_pod_starts", "Pods that became ready.");
  for (const auto& [name, key] : functions.known)
    if (const auto found = starts.find(key); found != starts.end())
      metrics.sample(labels_of(name), static_cast<double>(found->second.pods));
  metrics.counter("thaw_cold_start_stage_seconds",
                  "What the starts of pods took, by stage, and what calls waited: queue.");
  const auto stage = [&](const FunctionName& name, std::string_view which, double spent_s) {
    OpenMetrics::Labels labels = labels_of(name);
    labels.emplace_back("stage", which);
    metrics.sample(labels, spent_s);
  };
  for (const auto& [name, key] : functions.known)
    if (const auto found = starts.find(key); found != starts.end())
      for (std::size_t i = 0; i < Starts::kStages.size(); ++i)
        stage(name, Starts::kStages[i], seconds(found->second.stages[i]));
  for (const Traffic& one : traffic) stage(one.function, "queue", one.wait.sum_s);
}

}  // namespace thaw::world
