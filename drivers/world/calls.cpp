#include "drivers/world/calls.hpp"

#include <algorithm>
#include <utility>

namespace thaw::world {
namespace {

constexpr Duration kSecond = std::chrono::seconds(1);
constexpr Duration kGone = std::chrono::seconds(15);

const CallCounts& counts(const GatewayCalls& of, const FunctionName& function) {
  static const CallCounts kNone;
  const auto found = of.functions.find(function);
  return found == of.functions.end() ? kNone : found->second;
}

// A gateway that leaves a function out has not forgotten what it counted of it.
void keep_silent_ones(const GatewayCalls& before, GatewayCalls& told) {
  if (before.since != told.since) return;
  for (const auto& [function, counted] : before.functions) {
    if (told.functions.contains(function)) continue;
    CallCounts kept = counted;
    kept.in_flight = kept.queued = 0;
    told.functions.emplace(function, kept);
  }
}

}  // namespace

GatewayCalls calls_of(const std::vector<gateway::Traffic>& traffic, TimePoint since, TimePoint now,
                      int scale) {
  GatewayCalls all{now, since, {}};
  for (const gateway::Traffic& one : traffic) {
    const std::uint64_t ended =
        one.completed + one.timed_out + one.rejected + one.failed + one.unfinished;
    CallCounts counted;
    counted.arrived = static_cast<std::int64_t>(ended + one.in_flight + one.queued);
    counted.succeeded = static_cast<std::int64_t>(one.succeeded);
    counted.concurrency_ns = one.concurrency_ns * scale;
    counted.in_flight = one.in_flight;
    counted.queued = one.queued;
    if (one.last_activity) counted.last_activity = now - (now - *one.last_activity) * scale;
    all.functions.emplace(one.function, counted);
  }
  return all;
}

void Calls::tell(const std::string& gateway, GatewayCalls told, TimePoint now) {
  const auto [found, first] = gateways_.try_emplace(gateway);
  Heard& heard = found->second;
  if (!first && told.at == heard.last.at && told.since == heard.last.since) return;  // again
  if (first) {
    heard.closed = told;  // what was before belongs to no report
  } else if (told.since != heard.last.since) {
    heard.closed = {told.since, told.since, {}};
  } else {
    keep_silent_ones(heard.last, told);
  }
  heard.last = std::move(told);
  heard.heard = now;
  heard.news = true;
}

void Calls::listen(std::vector<FunctionName> functions) {
  std::map<FunctionName, LoadReports> reports;
  for (FunctionName& function : functions) {
    auto kept = reports_.extract(function);
    if (kept) {
      reports.insert(std::move(kept));
    } else {
      reports.emplace(std::move(function), LoadReports());
    }
  }
  reports_ = std::move(reports);
}

bool Calls::gone(const Heard& gateway, TimePoint now) { return now - gateway.heard > kGone; }

Calls::Added Calls::added(const Heard& gateway, const FunctionName& function) {
  const CallCounts &now = counts(gateway.last, function),
                   &before = counts(gateway.closed, function);
  const Duration between = gateway.last.at - gateway.closed.at;
  const auto grown = [](std::int64_t to, std::int64_t from) {
    return static_cast<double>(std::max<std::int64_t>(0, to - from));
  };
  Added added{static_cast<double>(now.on()), grown(now.arrived, before.arrived),
              grown(now.succeeded, before.succeeded)};
  if (gateway.news && between > Duration{0})
    added.concurrency =
        grown(now.concurrency_ns, before.concurrency_ns) / static_cast<double>(between.count());
  return added;
}

void Calls::close_seconds(TimePoint now) {
  const TimePoint ended = now - now.since_epoch % kSecond;
  if (second_ && *second_ >= ended) return;
  const std::int64_t many = second_ ? (ended - *second_) / kSecond : 1;
  for (auto& [function, reports] : reports_) {
    Added all;
    for (const auto& [name, gateway] : gateways_) {
      const Added one = added(gateway, function);
      if (!gone(gateway, now)) all.concurrency += one.concurrency;
      all.arrived += one.arrived;
      all.succeeded += one.succeeded;
    }
    // A process that was held up has several to close: what came is spread over them.
    const auto share = static_cast<double>(many);
    for (std::int64_t i = many - 1; i >= 0; --i)
      reports.add({.at = ended - i * kSecond - Duration{1},  // it belongs to the second that ends
                   .concurrency = all.concurrency,
                   .requests = all.arrived / share,
                   .completions = all.succeeded / share});
  }
  for (auto& [name, gateway] : gateways_) {
    gateway.closed = gateway.last;
    gateway.news = false;
  }
  second_ = ended;
}

void Calls::take_load(const FunctionName& function, std::vector<Load>& into) {
  if (const auto found = reports_.find(function); found != reports_.end()) found->second.take(into);
}

CallCounts Calls::of(const FunctionName& function, TimePoint now) const {
  CallCounts all;
  for (const auto& [name, gateway] : gateways_) {
    const CallCounts& one = counts(gateway.last, function);
    all.arrived += one.arrived;
    all.succeeded += one.succeeded;
    all.concurrency_ns += one.concurrency_ns;
    if (one.last_activity) {
      const TimePoint at = std::min(*one.last_activity, now);
      all.last_activity = std::max(all.last_activity.value_or(at), at);
    }
    if (gone(gateway, now)) continue;
    all.in_flight += one.in_flight;
    all.queued += one.queued;
  }
  return all;
}

void Calls::refresh(Activity& activity, TimePoint now) const {
  for (const auto& [name, gateway] : gateways_)
    for (const auto& [function, counted] : gateway.last.functions) {
      if (counted.on() > 0 && !gone(gateway, now)) {
        activity.called(function, now);
      } else if (counted.last_activity) {
        activity.called(function, std::min(*counted.last_activity, now));
      }
    }
}

}  // namespace thaw::world
