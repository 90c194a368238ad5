#include "policies/hpa/replica_calculator.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "policies/hpa/go_arithmetic.hpp"

namespace thaw::hpa {
namespace {

constexpr std::int32_t kMostReplicas = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

constexpr Proposal kFailed{.failed = true};

double as_double(std::int64_t value) { return static_cast<double>(value); }

std::int32_t capped(double replicas) {
  return replicas > kMostReplicas ? kMostReplicas : to_int32(replicas);
}

// The sum of an external metric's series, or the one value of an object.
std::optional<std::int64_t> total_of(const Metric& metric, std::span<const Milli> series) {
  if (metric.ref.source != MetricSource::external) {
    if (series.size() != 1) return {};
    return series[0];
  }
  if (series.empty()) return {};
  std::int64_t total = 0;
  for (const Milli value : series) {
    if (metric.type == TargetType::value && value > 0 && total > kMost - value) return kMost;
    total = sum(total, value);
    // For an average, a negative sum is taken for an overflow.
    if (metric.type == TargetType::average_value && total < 0) return kMost;
  }
  return total;
}

// Object and External with a target of type Value: against the replicas that are ready.
Proposal by_value(std::int64_t usage, const Metric& metric, const Target& target,
                  const Tolerance& tolerance) {
  const double ratio = as_double(usage) / as_double(metric.target);
  Proposal proposal{.usage = usage};
  if (target.spec == 0) {
    proposal.replicas = to_int32(std::ceil(ratio));
    return proposal;
  }
  if (tolerance.holds(ratio)) {
    proposal.replicas = target.spec;
    proposal.within_tolerance = true;
    return proposal;
  }
  if (target.pods.empty()) return kFailed;
  const auto ready = std::count_if(target.pods.begin(), target.pods.end(), [](const auto& pod) {
    return pod.phase == PodPhase::running && pod.ready == Condition::yes;
  });
  proposal.replicas = capped(std::ceil(ratio * as_double(ready)));
  return proposal;
}

// Object and External with a target of type AverageValue: against .status.replicas.
Proposal by_average(std::int64_t usage, const Metric& metric, const Target& target,
                    const Tolerance& tolerance) {
  const double replicas = target.status, wanted = as_double(metric.target);
  Proposal proposal{.replicas = target.status, .within_tolerance = true};
  if (!tolerance.holds(as_double(usage) / (wanted * replicas))) {
    const double needed = std::ceil(as_double(usage) / wanted);
    const bool external = metric.ref.source == MetricSource::external;
    proposal.replicas = external ? capped(needed) : to_int32(needed);
    proposal.within_tolerance = false;
  }
  const bool overflow =
      metric.ref.source == MetricSource::external && as_double(usage) >= as_double(kMost);
  proposal.usage = overflow ? kMost : to_int64(std::ceil(as_double(usage) / replicas));
  return proposal;
}

// What a pod asks of a resource, or the named one of its containers does; empty where one of them
// asks for nothing. Requests of the pod itself, under no container's name, go before those of its
// containers.
std::optional<Milli> request_of(const PodFacts& pod, const MetricRef& metric) {
  const bool one_container = metric.source == MetricSource::container_resource;
  const auto asks = [&](std::string_view container) -> const ResourceRequest* {
    for (const ResourceRequest& request : pod.requests) {
      if (request.container == container && request.resource == metric.name) return &request;
    }
    return nullptr;
  };
  if (one_container) {
    const ResourceRequest* request = asks(metric.container);
    return request ? std::optional(request->milli) : std::nullopt;
  }
  const bool of_pod = std::any_of(pod.requests.begin(), pod.requests.end(),
                                  [](const auto& request) { return request.container.empty(); });
  if (of_pod) {
    const ResourceRequest* request = asks("");
    return request ? std::optional(request->milli) : std::nullopt;
  }
  Milli total = 0;
  for (const ResourceRequest& request : pod.requests) {
    if (!asks(request.container)) return {};
    if (request.resource == metric.name) total = sum(total, request.milli);
  }
  return pod.requests.empty() ? std::nullopt : std::optional(total);
}

// What stands in for a pod without a reading when replicas would become fewer.
std::int64_t as_if_busy(const Metric& metric, Milli request) {
  if (metric.type != TargetType::utilization) return metric.target;
  return product(request, std::max<std::int64_t>(100, metric.target)) / 100;
}

bool is_resource(MetricSource source) {
  return source == MetricSource::resource || source == MetricSource::container_resource;
}

}  // namespace

Proposal ReplicaCalculator::propose(const Metric& metric, const MetricFacts& answer,
                                    const Target& target, const Tolerance& tolerance) {
  if (answer.presence != Presence::ok) return kFailed;
  switch (metric.ref.source) {
    case MetricSource::object:
    case MetricSource::external: {
      const auto total = total_of(metric, answer.series);
      if (!total) return kFailed;
      return metric.type == TargetType::value ? by_value(*total, metric, target, tolerance)
                                              : by_average(*total, metric, target, tolerance);
    }
    case MetricSource::resource:
    case MetricSource::container_resource:
    case MetricSource::pods:
      return per_pod(metric, answer, target, tolerance);
    case MetricSource::query:
      break;
  }
  return kFailed;
}

std::optional<ReplicaCalculator::Measured> ReplicaCalculator::measure(const Usage& usage,
                                                                      const Metric& metric) {
  if (metric.type != TargetType::utilization) {
    const std::int64_t average = quotient(usage.total, usage.samples);
    return Measured{as_double(average) / as_double(metric.target), average, {}};
  }
  if (usage.requests == 0) return {};
  const std::int32_t utilization = wrapped(quotient(product(usage.total, 100), usage.requests));
  return Measured{as_double(utilization) / as_double(metric.target),
                  quotient(usage.total, usage.counted), utilization};
}

Proposal ReplicaCalculator::per_pod(const Metric& metric, const MetricFacts& answer,
                                    const Target& target, const Tolerance& tolerance) {
  if (!samples_.collect(metric.ref, answer.pods) || target.pods.empty()) return kFailed;
  const auto groups = group(metric, target);
  if (!groups) return kFailed;
  Usage seen = usage(metric);
  if (seen.samples == 0) return kFailed;
  const auto first = measure(seen, metric);
  if (!first) return kFailed;

  Proposal proposal{.usage = first->average, .utilization = first->utilization};
  const auto leave = [&](bool near) {
    proposal.replicas = target.spec;
    proposal.within_tolerance = near;
    return proposal;
  };
  const bool up_with_unready = groups->unready.pods > 0 && first->ratio > 1;
  if (!up_with_unready && groups->missing.pods == 0) {
    if (tolerance.holds(first->ratio)) return leave(true);
    proposal.replicas = to_int32(std::ceil(first->ratio * as_double(groups->ready)));
    return proposal;
  }

  const auto add = [&](const Group& group, std::int64_t total) {
    seen.total = sum(seen.total, total);
    seen.requests = sum(seen.requests, group.requests);
    seen.counted += group.pods;
    seen.samples += group.pods;
  };
  if (first->ratio < 1) add(groups->missing, groups->missing.if_busy);
  if (first->ratio > 1) add(groups->missing, 0);
  if (up_with_unready) add(groups->unready, 0);

  const auto second = measure(seen, metric);
  if (!second) return kFailed;
  if (tolerance.holds(second->ratio)) return leave(true);
  if (first->ratio < 1 && second->ratio > 1) return leave(false);
  if (first->ratio > 1 && second->ratio < 1) return leave(false);
  proposal.replicas = to_int32(std::ceil(second->ratio * as_double(seen.samples)));
  if (second->ratio < 1 && proposal.replicas > target.spec) return leave(false);
  if (second->ratio > 1 && proposal.replicas < target.spec) return leave(false);
  return proposal;
}

// Empty: a pod asks for nothing of what the target is a share of.
std::optional<ReplicaCalculator::Groups> ReplicaCalculator::group(const Metric& metric,
                                                                  const Target& target) {
  Groups groups;
  for (const PodFacts& pod : target.pods) {
    std::optional<Milli> request = 0;
    if (metric.type == TargetType::utilization) request = request_of(pod, metric.ref);
    if (!request) return {};
    PodSamples::Sample* sample = samples_.find(pod.id);
    if (sample) sample->selected = true, sample->request = *request;

    const auto put_in = [&](Group& group) {
      ++group.pods;
      group.requests = sum(group.requests, *request);
      group.if_busy = sum(group.if_busy, as_if_busy(metric, *request));
      if (sample) sample->removed = true;
    };
    if (pod.deleting || pod.phase == PodPhase::failed) {
      if (sample) sample->removed = true;
    } else if (pod.phase == PodPhase::pending) {
      put_in(groups.unready);
    } else if (!sample) {
      put_in(groups.missing);
    } else if (metric.ref.name == "cpu" && is_resource(metric.ref.source) &&
               is_unready(pod, *sample, target.now)) {
      put_in(groups.unready);
    } else {
      ++groups.ready;
    }
  }
  return groups;
}

bool ReplicaCalculator::is_unready(const PodFacts& pod, const PodSamples::Sample& sample,
                                   TimePoint now) const {
  if (pod.ready == Condition::none || !pod.started) return true;
  const bool not_ready = pod.ready == Condition::no;
  if (*pod.started + cpu_initialization_ > now) {
    return not_ready || sample.taken < pod.ready_changed + sample.window;
  }
  // It was never ready since its early life.
  return not_ready && *pod.started + initial_readiness_delay_ > pod.ready_changed;
}

ReplicaCalculator::Usage ReplicaCalculator::usage(const Metric& metric) const {
  Usage usage;
  for (const PodSamples::Sample& sample : samples_.all()) {
    if (sample.removed) continue;
    ++usage.samples;
    // A pod that the selector does not find has no request to compare with.
    if (metric.type == TargetType::utilization && !sample.selected) continue;
    ++usage.counted;
    usage.total = sum(usage.total, sample.value);
    usage.requests = sum(usage.requests, sample.request);
  }
  return usage;
}

}  // namespace thaw::hpa
