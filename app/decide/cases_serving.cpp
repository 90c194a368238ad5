// Cases of Knative's request path: who is let in, who is sent where, and how that is counted.
#include <algorithm>

#include "app/decide/cases.hpp"
#include "app/decide/fields.hpp"
#include "engine/serving/activator_share.hpp"
#include "engine/serving/breaker.hpp"
#include "engine/serving/request_stats.hpp"
#include "engine/serving/sample_size.hpp"

namespace thaw::app {
namespace {

constexpr std::int32_t kMostPods = 1'000'000, kMostAtOnce = 1'000'000;

// A breaker and those it turned away.
struct Door {
  serving::Breaker breaker;
  std::int64_t refused = 0;

  void apply(const Fields& op) {
    const std::string what = op.text("op");
    const std::int32_t n = op.integer("n", 0, kMostAtOnce);
    if (what == "arrive") {
      for (std::int32_t i = 0; i < n; ++i) {
        refused += breaker.arrive() == serving::Breaker::Admission::refused ? 1 : 0;
      }
    } else if (what == "finish") {
      const std::int64_t in_service = breaker.serving();
      for (std::int64_t i = 0; i < std::min<std::int64_t>(n, in_service); ++i) breaker.finish();
    } else if (what == "setCapacity") {
      breaker.set_capacity(n);
    } else {
      op.fail("op", "expected arrive, finish or setCapacity, found \"" + what + "\"");
    }
  }
};

// Feeds every event up to an instant.
class Events {
 public:
  explicit Events(const Fields& one_case) : events_(one_case.objects("events")) {}

  void feed(serving::RequestStats& stats, TimePoint zero, Duration until) {
    for (; next_ < events_.size(); ++next_) {
      const Fields& event = events_[next_];
      const Duration at = event.duration("atSeconds");
      if (at > until) return;
      if (at < fed_) event.fail("atSeconds", "expected events in the order of their times");
      fed_ = at;
      apply(stats, event, zero + at);
    }
  }

 private:
  void apply(serving::RequestStats& stats, const Fields& event, TimePoint at) {
    const std::string type = event.text("type");
    const bool proxied = type.starts_with("proxied");
    if (type == "in" || type == "proxiedIn") {
      ++in_flight_[proxied];
      stats.arrive(at, proxied);
    } else if (type == "out" || type == "proxiedOut") {
      if (--in_flight_[proxied] < 0) event.fail("type", "ends a request that never began");
      stats.finish(at, proxied);
    } else {
      event.fail("type", "expected in, out, proxiedIn or proxiedOut, found \"" + type + "\"");
    }
  }

  std::vector<Fields> events_;
  std::size_t next_ = 0;
  Duration fed_{0};
  std::int64_t in_flight_[2] = {0, 0};
};

}  // namespace

std::vector<Verdict> decide_activator(const Json& input) {
  const Fields one_case(input);
  const std::int32_t limit = one_case.integer("containerConcurrency", 0);
  const std::int32_t pods = one_case.integer("pods", 0, kMostPods);
  const std::int32_t activators = one_case.integer("activators", 0);
  const std::int32_t index = one_case.integer("activatorIndex", serving::kUnknownActivator);
  Json assigned = Json::array();
  std::int64_t capacity = 0;
  if (one_case.boolean("viaClusterIP", false)) {
    capacity = serving::capacity_via_cluster_ip(limit, pods, activators);
  } else {
    const auto share = serving::share_of(limit, pods, index, activators);
    for (std::int32_t pod = 0; pod < pods; ++pod)
      if (share.has(pod)) assigned.push_back(pod);
    capacity = serving::capacity_of(limit, share);
  }
  if (limit == 0) capacity = capacity > 0 ? 1 : 0;  // there or not
  return {judge(nullptr,
                {{"assigned", one_case.value("expectAssigned")},
                 {"capacity", one_case.value("expectCapacity")}},
                {{"assigned", std::move(assigned)}, {"capacity", capacity}})};
}

std::vector<Verdict> decide_breaker(const Json& input) {
  const Fields one_case(input);
  const std::int64_t slots = one_case.integer("concurrency", 0);
  Door door{serving::Breaker(slots, slots + one_case.integer("queueDepth", 0))};
  std::vector<Verdict> verdicts;
  for (const Fields& op : one_case.objects("ops")) {
    door.apply(op);
    verdicts.push_back(judge(verdicts.size(),
                             {{"executing", op.value("expectExecuting")},
                              {"waiting", op.value("expectWaiting")},
                              {"rejectedTotal", op.value("expectRejectedTotal")}},
                             {{"executing", door.breaker.serving()},
                              {"waiting", door.breaker.waiting()},
                              {"rejectedTotal", door.refused}}));
  }
  return verdicts;
}

std::vector<Verdict> decide_request_stats(const Json& input) {
  const Fields one_case(input);
  constexpr TimePoint zero{};
  serving::RequestStats stats(zero);
  Events events(one_case);
  Duration last{0};
  std::vector<Verdict> verdicts;
  for (const Fields& report : one_case.objects("reports")) {
    const Duration at = report.duration("atSeconds");
    if (at < last) report.fail("atSeconds", "expected reports in the order of their times");
    last = at;
    events.feed(stats, zero, at);
    const serving::BusyReport busy = stats.report(zero + at);
    verdicts.push_back(judge(report.value("atSeconds"),
                             {{"concurrency", report.value("expectConcurrency")},
                              {"proxiedConcurrency", report.value("expectProxiedConcurrency")},
                              {"requests", report.value("expectRequests")},
                              {"proxiedRequests", report.value("expectProxiedRequests")}},
                             {{"concurrency", busy.concurrency},
                              {"proxiedConcurrency", busy.proxied_concurrency},
                              {"requests", busy.requests},
                              {"proxiedRequests", busy.proxied_requests}}));
  }
  return verdicts;
}

std::vector<Verdict> decide_sample_size(const Json& input) {
  const Fields one_case(input);
  const Json& table = one_case.value("table");
  if (!table.is_array()) one_case.fail("table", "expected a list, found " + kind_of(table));
  std::vector<Verdict> verdicts;
  for (const Json& row : table) {
    const std::string path = "table[" + std::to_string(verdicts.size()) + "]";
    if (!row.is_array() || row.size() != 2) fail_at(path, "expected [population, sample]");
    const Json named = {{"population", row[0]}, {"sample", row[1]}};
    const Fields entry(named, path);
    const std::int32_t population = entry.integer("population", 0);
    verdicts.push_back(judge(population, {{"sample", entry.integer("sample")}},
                             {{"sample", serving::sample_size(population)}}));
  }
  return verdicts;
}

}  // namespace thaw::app
