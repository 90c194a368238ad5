// OpenFaaS Pro's autoscaler: as many replicas as the load needs at a share of the target of each.
//
// Once a period, for a function that is not at zero:
//   load      rps: ceil(rate of completions over 30 s); capacity: ceil(most in flight of the
//   scrapes
//             of 45 s); cpu: sum of what its pods use, in thousandths of a core
//   desired   = ceil(ready × ((load / ready) / (target × target-proportion))), within min … max;
//             with down.window not below the highest of that time
//   idle      zero, and no call for zero-duration -> 0
//   min = max -> that many, whatever the load
// A function at zero is left alone until it is called, and then gets max(1, min). No data, or no
// ready replica to share the load: left alone. Scrapes and periods count from the start.
// Kept over a restart: nothing. Prometheus' samples go with its pod, and the recommendations and
// the idle clock with the autoscaler's: both begin anew. Source: the OpenFaaS documentation
// (autoscaling, scale to zero) and the chart's prometheus-pro-cfg.yaml. The autoscaler itself is
// closed: how often it asks is not published, and the rules' own 15 s are taken to be its period
// too. Not modelled: types queue and custom.
#include <algorithm>
#include <cmath>
#include <limits>

#include "policies/all.hpp"
#include "policies/openfaas/scraped_counter.hpp"
#include "policies/openfaas/scraped_peak.hpp"
#include "policies/put_back.hpp"
#include "policies/setting_values.hpp"

namespace thaw {
namespace capacity_detail {

constexpr Duration kScrape{5s}, kRateWindow{30s}, kPeakWindow{45s}, kLongestDownWindow{5min};

enum class LoadType : std::uint8_t { rps, capacity, cpu };

struct CapacitySettings {
  LoadType type = LoadType::rps;
  double target = 50, proportion = 0.9;
  std::int32_t min = 1, max = 20;
  bool zero = false;
  Duration zero_duration{0}, down_window{0}, period{1};

  static CapacitySettings read(const Spec& spec, Diagnostics& diagnostics);
};

CapacitySettings CapacitySettings::read(const Spec& spec, Diagnostics& diagnostics) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  ParamsReader reader(spec.params, diagnostics, "capacity");
  CapacitySettings s;
  const std::string type = reader.one_of("type", "rps", {"rps", "capacity", "cpu"});
  s.type = type == "rps" ? LoadType::rps : type == "capacity" ? LoadType::capacity : LoadType::cpu;
  s.target = read_number(reader, "target", "50", 0, 1e9);
  s.proportion = read_number(reader, "target-proportion", "0.90", 0, 1);
  s.min = static_cast<std::int32_t>(reader.integer("min", 1, 0, kMost));
  s.max = static_cast<std::int32_t>(reader.integer("max", 20, 1, kMost));
  if (s.min > s.max) {
    reader.error("min", "expected at most max " + std::to_string(s.max) + ", found " +
                            std::to_string(s.min));
  }
  s.zero = reader.boolean("zero", false);
  s.zero_duration = read_duration(reader, "zero-duration", "15m", 1ms);
  s.down_window = read_duration(reader, "down.window", "0s", 0s);
  if (s.down_window > kLongestDownWindow) {
    reader.error("down.window", "expected at most 5m, found " + to_text(s.down_window));
  }
  s.period = read_duration(reader, "period", "15s", 1ms);
  reader.finish();
  return s;
}

class Capacity final : public ScalingPolicy {
 public:
  Capacity(const Spec& spec, Diagnostics& diagnostics) { reconfigure(spec, diagnostics); }

  Wants wants() const override {
    return {.arrivals_at_zero = true,
            .pods = true,
            .peers = {},
            .load = settings_.type != LoadType::cpu,
            .requests = true,
            .metrics = metrics_};
  }
  Decision decide(const Observation& seen) override;
  void look(const Observation& seen) override;
  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override;
  void save(StateWriter& out) const override { out.version(1); }
  bool restore(const StateReader& in) override { return in.version() == 1; }

 private:
  struct Recommendation {
    TimePoint at;
    std::int32_t replicas;
  };
  struct Answer {
    std::optional<Replicas> desired;
    Reason why;
  };

  void begin(TimePoint now);
  TimePoint next_pass(TimePoint now) const {
    return now - (now - *started_) % settings_.period + settings_.period;
  }
  std::optional<double> load(const Observation& seen);
  Duration idle(const Observation& seen) const;
  Answer at_zero(const Observation& seen);
  Answer pass(const Observation& seen);
  Answer by_load(const Observation& seen, double load);

  CapacitySettings settings_;
  std::vector<MetricRef> metrics_;
  std::optional<TimePoint> started_, passed_;
  ScrapedCounter completions_;
  ScrapedPeak in_flight_;
  std::vector<Recommendation> recommendations_;
  bool was_at_zero_ = false;
  TimePoint up_since_;
  PutBack wake_;
};

void Capacity::reconfigure(const Spec& spec, Diagnostics& diagnostics) {
  settings_ = CapacitySettings::read(spec, diagnostics);
  metrics_.clear();
  if (settings_.type == LoadType::cpu) {
    metrics_.push_back({.source = MetricSource::resource,
                        .name = "cpu",
                        .object = {},
                        .container = {},
                        .selector = {}});
  }
}

void Capacity::begin(TimePoint now) {
  started_ = up_since_ = now;
  passed_.reset();
  completions_.begin(now, kScrape, kRateWindow);
  in_flight_.begin(now, kScrape, kPeakWindow);
  recommendations_.clear();
  wake_.forget();
}

void Capacity::look(const Observation& seen) {
  for (const Load& report : seen.load) {
    completions_.add(report);
    in_flight_.add(report);
  }
}

std::optional<double> Capacity::load(const Observation& seen) {
  if (settings_.type == LoadType::rps) {
    const auto rate = completions_.rate(seen.now);
    if (!rate) return std::nullopt;
    return std::ceil(*rate);
  }
  if (settings_.type == LoadType::capacity) {
    const auto most = in_flight_.most(seen.now);
    if (!most) return std::nullopt;
    return std::ceil(*most);
  }
  if (seen.metrics.empty() || seen.metrics[0].presence != Presence::ok) return std::nullopt;
  if (seen.metrics[0].pods.empty()) return std::nullopt;
  Milli used = 0;
  for (const PodSample& sample : seen.metrics[0].pods) used += sample.value;
  return static_cast<double>(used);
}

Duration Capacity::idle(const Observation& seen) const {
  if (seen.in_flight > 0 || seen.queued > 0) return Duration{0};
  return seen.now - std::max(seen.last_activity.value_or(up_since_), up_since_);
}

Capacity::Answer Capacity::at_zero(const Observation& seen) {
  if (seen.cause != Cause::arrival_at_zero && seen.queued == 0) {
    return {{}, {ReasonCode::at_min, {0}}};
  }
  const std::int32_t replicas = std::max(settings_.min, 1);
  return {wake_.towards(Replicas(replicas), seen),
          {ReasonCode::wake, {0, static_cast<double>(replicas)}}};
}

Capacity::Answer Capacity::pass(const Observation& seen) {
  if (settings_.min == settings_.max) {
    return {Replicas(settings_.min), {ReasonCode::fixed, {static_cast<double>(settings_.min)}}};
  }
  const Duration without_call = idle(seen);
  if (settings_.zero && without_call >= settings_.zero_duration) {
    return {Replicas(0),
            {ReasonCode::capacity_idle, {seconds(without_call), seconds(settings_.zero_duration)}}};
  }
  const auto measured = load(seen);
  if (!measured || seen.ready.count == 0) return {{}, {ReasonCode::waiting_for_tick, {}}};
  return by_load(seen, *measured);
}

Capacity::Answer Capacity::by_load(const Observation& seen, double load) {
  const double ready = seen.ready.count;
  const double each = load / ready;
  const double needed = std::ceil(ready * (each / (settings_.target * settings_.proportion)));
  const std::int32_t least = std::max(settings_.min, 1);  // zero is the idle rule's alone
  auto desired = static_cast<std::int32_t>(
      std::clamp<double>(needed, least, std::numeric_limits<std::int32_t>::max()));
  Limit limit = needed < least ? Limit::min : Limit::none;
  if (desired > settings_.max) desired = settings_.max, limit = Limit::max;

  std::erase_if(recommendations_,
                [&](const Recommendation& r) { return r.at <= seen.now - settings_.down_window; });
  if (settings_.down_window > 0s) recommendations_.push_back({seen.now, desired});
  for (const Recommendation& r : recommendations_) {
    const std::int32_t kept = std::min(r.replicas, seen.spec.count);  // it never raises
    if (kept > desired) desired = kept, limit = Limit::stabilisation;
  }
  return {Replicas(desired),
          {ReasonCode::capacity,
           {each, settings_.target, settings_.proportion, ready, static_cast<double>(desired),
            static_cast<double>(limit), static_cast<double>(desired)}}};
}

Decision Capacity::decide(const Observation& seen) {
  if (seen.cause == Cause::start || !started_) begin(seen.now);
  look(seen);
  const bool none = seen.spec.count == 0;
  if (!none && was_at_zero_) {
    up_since_ = seen.now;
    wake_.forget();
  }
  was_at_zero_ = none;

  Decision decision;
  const bool due = seen.now != *started_ && passed_ != seen.now &&
                   (seen.now - *started_) % settings_.period == 0ns;
  Answer answer{{}, {ReasonCode::waiting_for_tick, {}}};
  if (none) {
    answer = at_zero(seen);
  } else if (due) {
    passed_ = seen.now;
    answer = pass(seen);
    if (answer.desired == seen.spec) answer.desired.reset();
  }
  decision.desired = answer.desired;
  decision.why = answer.why;
  decision.ask_again = none ? wake_.ask_again() : next_pass(seen.now);
  return decision;
}

constexpr ParamInfo kParams[] = {
    {"type", "rps", "rps, capacity (requests in flight) or cpu (thousandths of a core)"},
    {"target", "50", "load of one replica"},
    {"target-proportion", "0.90", "share of the target that is aimed at"},
    {"min", "1", "replicas at least, unless idle"},
    {"max", "20", "replicas at most; equal to min: always that many"},
    {"zero", "false", "to zero once idle"},
    {"zero-duration", "15m", "how long without a call is idle"},
    {"down.window", "0s", "go down no further than the highest of this time; at most 5m"},
    {"period", "15s", "between two passes"},
};

}  // namespace capacity_detail

PolicyInfo capacity_policy() {
  using namespace capacity_detail;
  return {.name = "capacity",
          .summary = "load over a share of each replica's target (OpenFaaS Pro)",
          .source = "OpenFaaS documentation and chart, 2026; the autoscaler is closed source",
          .params = kParams,
          .governs = Governs::replicas,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<Capacity>(spec, diagnostics);
          }};
}

}  // namespace thaw
