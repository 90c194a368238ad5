// Replicas by what came at the same time of day (or of the week) before.
//
// Once a tick:
//   foreseen   ceil(rate × work / (utilisation × slots)), Little's law, rate the highest of the
//              buckets from now until `lead` later: an exponentially weighted mean over the days
//              (weeks) seen, so that replicas are there before the load is
//   floor      the same of the load that is there now; one at least for `idle` after the last call
// Before a bucket was seen, and before anything was served, the floor alone. Work is what a request
// takes of a replica, measured (demand/service_meter.hpp).
// Kept over a restart: buckets and measurements. Sources: Little's law; the seasonal naive forecast
// with exponential smoothing (Hyndman and Athanasopoulos, "Forecasting: principles and practice").
// AWS and Azure offer the same idea as predictive scaling.
#include <algorithm>
#include <cmath>

#include "policies/all.hpp"
#include "policies/demand/bounds.hpp"
#include "policies/demand/seasons.hpp"
#include "policies/demand/service_meter.hpp"
#include "policies/demand/ticks.hpp"
#include "policies/setting_values.hpp"

namespace thaw {
namespace seasonal_detail {

constexpr Duration kMemory{30s};

class Seasonal final : public ScalingPolicy {
 public:
  Seasonal(const Spec& spec, Diagnostics& diagnostics) { reconfigure(spec, diagnostics); }

  Wants wants() const override { return {.arrivals_at_zero = true, .load = true}; }
  Decision decide(const Observation& seen) override;
  void look(const Observation& seen) override;
  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override;
  void save(StateWriter& out) const override {
    out.version(1);
    seasons_.save(out);
    meter_.save(out);
  }
  bool restore(const StateReader& in) override {
    if (in.version() != 1) return false;
    seasons_.restore(in);
    meter_.restore(in);
    return true;
  }

 private:
  Decision scale(const Observation& seen);
  double replicas_for(double rate) const;
  bool is_called(const Observation& seen) const;

  Bounds bounds_;
  double utilisation_ = 0.7;
  Duration tick_{5s}, lead_{1min}, idle_{5min};
  Ticks ticks_;
  Seasons seasons_;
  ServiceMeter meter_;
};

void Seasonal::reconfigure(const Spec& spec, Diagnostics& diagnostics) {
  ParamsReader reader(spec.params, diagnostics, "seasonal");
  const Duration period = reader.one_of("period", "day", {"day", "week"}) == "day" ? 24h : 7 * 24h;
  const Duration bucket = read_duration(reader, "bucket", "15min", 1min);
  if (24h % bucket != Duration{0})
    reader.error("bucket", "expected a length that divides a day, found " + to_text(bucket));
  const double weight = read_number(reader, "weight", "0.5", 0, 1);
  utilisation_ = read_number(reader, "utilisation", "0.7", 0, 1);
  const auto slots = static_cast<int>(reader.integer("slots", 1, 1, 10'000));
  bounds_ = Bounds::read(reader, "min", "max", 10);
  const Duration known =
      spec.levels.empty() ? 1min : Distribution::rounded(spec.levels.front().to_serve.mean());
  lead_ = read_duration(reader, "lead", to_text(std::max<Duration>(known, 1s)), 0s);
  idle_ = read_duration(reader, "idle", "5min", 0s);
  tick_ = read_duration(reader, "tick", "5s", 100ms);
  reader.finish();
  seasons_.configure(period, 24h % bucket == Duration{0} ? bucket : 15min, weight);
  meter_.configure(kMemory, slots);
}

void Seasonal::look(const Observation& seen) {
  for (const Load& report : seen.load) {
    meter_.report(report);
    seasons_.add(report.at, report.requests - report.proxied_requests);
  }
  seasons_.advance(seen.now);
}

double Seasonal::replicas_for(double rate) const {
  const double work = meter_.work_s().value_or(0);
  return std::ceil(rate * work / (utilisation_ * meter_.slots()) - 1e-9);
}

bool Seasonal::is_called(const Observation& seen) const {
  if (seen.in_flight > 0 || seen.queued > 0 || seen.cause == Cause::arrival_at_zero) return true;
  return seen.last_activity && seen.now - *seen.last_activity < idle_;
}

Decision Seasonal::scale(const Observation& seen) {
  const auto foreseen = seasons_.most(seen.now, seen.now + lead_);
  const double now = is_called(seen) ? meter_.arrivals_per_s(seen.now) : 0;
  const double rate = std::max(foreseen.value_or(0), now);
  double asked = replicas_for(rate);
  if (is_called(seen)) asked = std::max(asked, 1.0);
  const std::int32_t desired = bounds_.within(asked);
  Decision decision;
  if (Replicas(desired) != seen.spec) decision.desired = Replicas(desired);
  decision.why = {ReasonCode::forecast,
                  {rate, seconds(lead_), static_cast<double>(desired),
                   static_cast<double>(bounds_.limit(asked)), static_cast<double>(desired)}};
  return decision;
}

Decision Seasonal::decide(const Observation& seen) {
  if (ticks_.begins(seen, tick_)) {
    meter_.begin(seen.now);
    seasons_.begin(seen.now);
  }
  look(seen);
  Decision decision{.why = {ReasonCode::waiting_for_tick, {}}};
  const bool due = ticks_.take(seen.now);
  if (due && seen.ready.count > 0) meter_.sample(seen, tick_);
  if (due || seen.cause == Cause::arrival_at_zero) decision = scale(seen);
  decision.ask_again = ticks_.next(seen, decision);
  if (decision.ask_again == TimePoint::never()) {
    // What is foreseen changes where a bucket begins, and `lead` before that.
    const TimePoint bucket = seasons_.next_bucket(seen.now);
    const TimePoint ahead = seasons_.next_bucket(seen.now + lead_) - lead_;
    decision.ask_again = ticks_.after(std::min(bucket, ahead) - 1ns);
  }
  return decision;
}

constexpr ParamInfo kParams[] = {
    {"period", "day", "what repeats: day or week"},
    {"bucket", "15min", "how finely; divides a day"},
    {"weight", "0.5", "of the latest period in the mean"},
    {"utilisation", "0.7", "how busy a replica is to be"},
    {"slots", "1", "requests that one replica serves side by side at full speed"},
    {"lead", "", "how far ahead; otherwise what a start from zero takes on average, or 1min"},
    {"idle", "5min", "how long the last replica stays where nothing is foreseen"},
    {"min", "0", "replicas at least"},
    {"max", "10", "replicas at most"},
    {"tick", "5s", "between two looks"},
};

}  // namespace seasonal_detail

PolicyInfo seasonal_policy() {
  using namespace seasonal_detail;
  return {.name = "seasonal",
          .summary = "replicas by what came at the same time of day or week before",
          .source = "Little's law; seasonal forecast with exponential smoothing",
          .params = kParams,
          .governs = Governs::replicas,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<Seasonal>(spec, diagnostics);
          }};
}

}  // namespace thaw
