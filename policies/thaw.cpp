// thaw's own: the fewest replicas that keep a promise of how long a request waits, each kept for as
// long as that is cheaper than starting it again, or the promise needs it.
//
// Once a tick, and at once when a call finds no replica:
//   needed    first, while anything is in flight or waits. The others by the load: arrivals a
//             second × work of a request; the fewest with P(wait > slo) <= 1 - at by Erlang C, or
//             with `wait-price` the cheapest, replicas and waiting added up. And those that work
//             off a backlog that would still be there after a start, in the time that a start
//             costs, or with `wait-price` in the cheapest; there work is a second until it is
//             known. The k-th is started if its busy times so far are likely to last as long as its
//             start
//   kept      the k-th replica, once k are no longer needed, by the idle times of that layer: for
//             the time that would have been cheapest for the last of them and kept the promise,
//             perhaps gone meanwhile and back ahead of the next call (demand/idle_gaps.hpp)
//   zero      a start from zero that takes longer than slo breaks the promise: `from-zero` says
//             whether one replica stays for that (never: the reason says why), as many of those
//             starts are taken as 1 - at allows (budget), or any (cost; with `wait-price` the
//             default, as it stands for the promise)
// Who was late for want of replicas is counted, for a week: once more were than 1 - at allows, idle
// replicas stay longer.
// Without history it is break-even: kept for as long as a start costs. Durations and prices are
// those of Spec::levels; a start from zero takes its quantile at `at`.
// Kept over a restart: all of it. Sources: demand/erlang.hpp, demand/idle_gaps.hpp,
// demand/service_meter.hpp. Simplified: exponential service, Poisson arrivals; every start is one
// from zero, though a node may be there.
#include <algorithm>
#include <cmath>
#include <limits>

#include "policies/all.hpp"
#include "policies/demand/bounds.hpp"
#include "policies/demand/erlang.hpp"
#include "policies/demand/layers.hpp"
#include "policies/demand/service_meter.hpp"
#include "policies/demand/start_price.hpp"
#include "policies/demand/ticks.hpp"
#include "policies/setting_values.hpp"

namespace thaw {
namespace thaw_detail {

// For so long a request counts, in time or late.
constexpr Duration kPromiseMemory = std::chrono::hours(7 * 24);
// Of a request, until the first few are done, where waiting has a price. Too little is soon found
// out, too much is paid for.
constexpr double kUnknownWork = 1;

enum class FromZero : std::uint8_t { budget, never, cost };

struct ThawSettings {
  Duration slo{2s}, tick{1s};
  double at = 0.95;
  double wait_price_per_s = 0;  // in seconds of keeping a replica; above 0: instead of the promise
  Bounds bounds;
  int slots = 1;
  FromZero from_zero = FromZero::never;
  StartPrice start;

  static ThawSettings read(const Spec& spec, Diagnostics& diagnostics);
  double miss() const { return 1 - at; }
  // Whether who finds no replica waits for longer than is promised.
  bool zero_breaks() const { return start.to_serve_at(at) > slo; }
  bool priced() const { return wait_price_per_s > 0; }
  double clear_within_s(double work_s) const;
  IdlePrices idle_prices() const;
  Duration memory() const;
};

ThawSettings ThawSettings::read(const Spec& spec, Diagnostics& diagnostics) {
  ParamsReader reader(spec.params, diagnostics, "thaw");
  ThawSettings s;
  s.slo = read_duration(reader, "slo", "2s", 1ms);
  s.at = read_number(reader, "at", "0.95", 0, 0.9999);
  const bool has_price = spec.params.has("wait-price");
  const double per_hour = has_price ? read_number(reader, "wait-price", "1", 0, 1e9) : 0;
  reader.ignore("wait-price");
  s.bounds = Bounds::read(reader, "min", "max", 10);
  s.slots = static_cast<int>(reader.integer("slots", 1, 1, 10'000));
  const std::string zero =
      reader.one_of("from-zero", has_price ? "cost" : "never", {"never", "budget", "cost"});
  s.from_zero = zero == "budget" ? FromZero::budget
                : zero == "cost" ? FromZero::cost
                                 : FromZero::never;
  s.tick = read_duration(reader, "tick", "1s", 100ms);
  s.start = StartPrice::read(reader, spec);
  if (has_price && s.start.keep_per_s > 0)
    s.wait_price_per_s = per_hour / 3600 / s.start.keep_per_s;
  reader.finish();
  return s;
}

IdlePrices ThawSettings::idle_prices() const {
  const bool promised = from_zero != FromZero::cost && !priced();
  // A start is more than its stages: scheduling, probes, and an end in grace.
  constexpr double kLeastStart = 30;
  return {.start_s = std::max(start.start_s, kLeastStart),
          .cold_s = seconds(start.to_serve_at(at)),
          .wait_price = wait_price_per_s,
          .patience_s = seconds(slo),
          .miss = promised ? miss() : 1};
}

// A backlog of B is gone after B work_s / servers, of which half is what each of them waits, at
// wait_price_per_s; a server is started for start_s / slots. Both together are least here.
double ThawSettings::clear_within_s(double work_s) const {
  if (!priced()) return std::max(start.start_s, seconds(slo));
  return std::sqrt(2 * work_s * start.start_s / (wait_price_per_s * slots));
}

// A rise of the load counts once it has lasted for a good part of what a start takes.
Duration ThawSettings::memory() const {
  return std::clamp<Duration>(start.to_serve_at(0.5) / 2, 10s, 5min);
}

class Thaw final : public ScalingPolicy {
 public:
  Thaw(const Spec& spec, Diagnostics& diagnostics) { reconfigure(spec, diagnostics); }

  Wants wants() const override { return {.arrivals_at_zero = true, .load = true}; }
  Decision decide(const Observation& seen) override;
  void look(const Observation& seen) override;
  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override;
  void save(StateWriter& out) const override;
  bool restore(const StateReader& in) override;

 private:
  struct Need {
    std::int32_t replicas = 0;
    double wait_s = 0;            // with them, at the promise's percentile
    double load = 0, work_s = 0;  // in servers; of a request
  };

  void follow(const Observation& seen);
  void keep_books(const Observation& seen, const Need& need);
  bool is_worth_growing(std::int32_t replica, const Observation& seen) const;
  double debt(TimePoint now) const { return late_.value(now) - settings_.miss() * all_.value(now); }
  Need needed(const Observation& seen) const;
  double backlog(const Observation& seen, double arrivals_per_s, double work_s) const;
  bool keeps_first(const Observation& seen) const;
  void layer(const Need& need, TimePoint now);
  Decision weigh(const Observation& seen);
  Reason why(std::int32_t replicas, const Need& need, Limit limit) const;
  TimePoint ask_again(const Observation& seen, Replicas desired) const;

  ThawSettings settings_;
  ServiceMeter meter_;
  Layers layers_;
  Ticks ticks_;
  std::optional<TimePoint> first_arrival_, last_activity_;  // since it last acted; ever
  std::optional<TimePoint> serving_since_;                  // a replica is ready
  bool foreseen_ = false;                                   // brought back ahead of a call
  double arrived_ = 0;                                      // since it last acted
  DecayingSum late_{kPromiseMemory}, all_{kPromiseMemory};
};

void Thaw::reconfigure(const Spec& spec, Diagnostics& diagnostics) {
  settings_ = ThawSettings::read(spec, diagnostics);
  meter_.configure(settings_.memory(), settings_.slots);
  layers_.configure(settings_.idle_prices());
}

void Thaw::look(const Observation& seen) {
  for (const Load& report : seen.load) {
    const double arrived = report.requests - report.proxied_requests;
    meter_.report(report);
    layers_.count(arrived);
    arrived_ += arrived;
    if (arrived > 0 && !first_arrival_) first_arrival_ = report.at - 1s + 1ns;
  }
}

// When the first replica was busy and idle, as exactly as is known.
void Thaw::follow(const Observation& seen) {
  const bool active = seen.in_flight > 0 || seen.queued > 0;
  const bool newly = seen.last_activity && seen.last_activity != last_activity_;
  const auto idle_since = layers_.idle_since(1);
  if (active || newly || seen.cause == Cause::arrival_at_zero) {
    TimePoint since = active || !newly ? seen.now : *seen.last_activity;
    if (first_arrival_) since = std::min(since, *first_arrival_);
    if (idle_since) since = std::max(since, *idle_since);
    layers_.turn_busy(1, since);
    foreseen_ = false;
  }
  if (!active) layers_.turn_idle(1, seen.last_activity.value_or(seen.now));
  last_activity_ = seen.last_activity;
  first_arrival_.reset();
  if (seen.ready.count == 0) serving_since_.reset();
  if (seen.ready.count > 0 && !serving_since_) serving_since_ = seen.now;
}

// Late for want of replicas is who finds none, or fewer than are needed and more ahead than is done
// within slo. A burst that those who are needed cannot serve in time is nobody's fault.
void Thaw::keep_books(const Observation& seen, const Need& need) {
  const double servers = static_cast<double>(seen.ready.count) * settings_.slots;
  const double ahead = static_cast<double>(seen.in_flight) + seen.queued;
  const bool late = servers > 0 ? seen.ready.count < need.replicas &&
                                      (ahead / servers - 1) * need.work_s > seconds(settings_.slo)
                                : settings_.zero_breaks();
  all_.add(seen.now, arrived_);
  if (late) late_.add(seen.now, arrived_);
}

// A start is for a load that is still there when it serves, or for a promise that is not kept.
bool Thaw::is_worth_growing(std::int32_t replica, const Observation& seen) const {
  constexpr double kLikely = 0.5;
  if (replica <= seen.spec.count || replica < 2 || replica > Layers::kMost) return true;
  if (settings_.idle_prices().miss < 1 && debt(seen.now) > 0) return true;
  return layers_.lasts_ratio(replica, seen.now, settings_.start.to_serve.mean() / 1e9) >= kLikely;
}

// What would still wait when a replica that is started now would serve.
double Thaw::backlog(const Observation& seen, double arrivals_per_s, double work_s) const {
  const double servers = static_cast<double>(seen.ready.count) * settings_.slots;
  const double grows = arrivals_per_s - servers / work_s;
  const double now = static_cast<double>(seen.in_flight) + seen.queued;
  return now + grows * settings_.start.to_serve.mean() / 1e9;
}

Thaw::Need Thaw::needed(const Observation& seen) const {
  const auto metered_s = meter_.work_s();
  if (!metered_s && !settings_.priced()) return {};
  const double work_s = metered_s.value_or(kUnknownWork);
  const double rate = meter_.arrivals_per_s(seen.now), load = rate * work_s;
  const auto slots = settings_.slots;
  const std::int32_t most =
      std::min(settings_.bounds.max, std::numeric_limits<std::int32_t>::max() / slots);
  const double patience = seconds(settings_.slo) / work_s;
  int servers = settings_.priced()
                    ? erlang::cheapest_servers(load, settings_.wait_price_per_s, 0, most * slots)
                    : erlang::least_servers(load, patience, settings_.miss(), 0, most * slots);
  if (const double waiting = backlog(seen, rate, work_s); waiting > 0) {
    const double needs = std::ceil(load + waiting * work_s / settings_.clear_within_s(work_s));
    servers = std::max(servers, static_cast<int>(std::min<double>(needs, most * slots)));
  }
  const std::int32_t replicas = (servers + slots - 1) / slots;
  const double wait =
      load > 0 ? erlang::queue(replicas * slots, load).wait_at(settings_.miss()) * work_s : 0;
  return {replicas, wait, load, work_s};
}

// Idle it is from when it could serve: a start that nobody waits for any more counts as well.
bool Thaw::keeps_first(const Observation& seen) const {
  if (settings_.from_zero == FromZero::never && settings_.zero_breaks()) return true;
  const auto idle_since = layers_.idle_since(1);
  if (layers_.keeps(1, seen.now)) return true;
  if (foreseen_ || seen.spec.count == 0) return false;
  const TimePoint begun = idle_since.value_or(ticks_.started());
  const Duration most = settings_.start.to_serve_at(0.99);
  const TimePoint serving = serving_since_.value_or(std::min(seen.now, begun + most));
  return seconds(seen.now - std::max(begun, serving)) < layers_.plan(1).keep_s;
}

// Without the k-th replica as many are late as wait too long for k - 1.
void Thaw::layer(const Need& need, TimePoint now) {
  if (layers_.is_busy(1)) layers_.count_late(1, arrived_);
  for (std::int32_t k = 2; k <= Layers::kMost; ++k) {
    if (k > need.replicas) {
      layers_.turn_idle(k, now);
      continue;
    }
    layers_.turn_busy(k, now);
    if (arrived_ == 0) continue;
    const auto fewer = erlang::queue((k - 1) * settings_.slots, need.load);
    layers_.count_late(k, arrived_ * fewer.waits_longer(seconds(settings_.slo) / need.work_s));
  }
  arrived_ = 0;
}

Decision Thaw::weigh(const Observation& seen) {
  const Need need = needed(seen);
  keep_books(seen, need);
  layer(need, seen.now);
  layers_.plan_idle(seen.now, debt(seen.now));
  std::int32_t desired = std::max(need.replicas, 1);
  while (!is_worth_growing(desired, seen)) --desired;
  for (std::int32_t k = std::max(need.replicas, 1) + 1;
       k <= std::min(settings_.bounds.max, Layers::kMost); ++k) {
    const bool there = k <= seen.spec.count || layers_.plan(k).back_s > 0;
    if (there && layers_.keeps(k, seen.now)) desired = k;
  }
  if (desired == 1 && !keeps_first(seen)) desired = 0;
  if (desired == 1 && seen.spec.count == 0 && layers_.idle_since(1)) foreseen_ = true;

  Limit limit = Limit::none;
  if (desired < settings_.bounds.min) desired = settings_.bounds.min, limit = Limit::min;
  if (desired == settings_.bounds.max && need.replicas >= settings_.bounds.max) limit = Limit::max;
  Decision decision;
  decision.desired = Replicas(desired);
  decision.why = why(desired, need, limit);
  return decision;
}

Reason Thaw::why(std::int32_t replicas, const Need& need, Limit limit) const {
  const IdlePlan& plan = layers_.plan(1);
  const bool idle = !layers_.is_busy(1) && replicas <= 1;
  const bool stays = settings_.from_zero == FromZero::never && settings_.zero_breaks();
  if (idle && !stays && layers_.idle_times(1) == 0)
    return {ReasonCode::break_even, {plan.keep_s, settings_.start.start_s}};
  if (idle && !stays)
    return {ReasonCode::idle_histogram,
            {plan.back_s, plan.keep_s, static_cast<double>(layers_.idle_times(1)), 1}};
  const double from_zero_s = stays && idle ? seconds(settings_.start.to_serve_at(settings_.at)) : 0;
  return {ReasonCode::expected_cost,
          {static_cast<double>(replicas), replicas * settings_.start.keep_per_s * 3600, need.wait_s,
           seconds(settings_.slo), static_cast<double>(limit), static_cast<double>(replicas),
           from_zero_s}};
}

Decision Thaw::decide(const Observation& seen) {
  if (ticks_.begins(seen, settings_.tick)) {
    meter_.begin(seen.now);
    // Those that are there count as needed until now.
    for (std::int32_t k = 2; k <= std::min(seen.spec.count, Layers::kMost); ++k)
      if (!layers_.idle_since(k)) layers_.turn_busy(k, seen.now);
  }
  look(seen);
  const bool due = ticks_.take(seen.now);
  const bool acts = due || seen.cause == Cause::arrival_at_zero;
  Decision decision{.why = {ReasonCode::waiting_for_tick, {}}};
  if (acts) {
    if (due && seen.ready.count > 0) meter_.sample(seen, settings_.tick);
    follow(seen);
    decision = weigh(seen);
    if (decision.desired == seen.spec) decision.desired.reset();
  }
  decision.ask_again = ask_again(seen, decision.desired.value_or(seen.spec));
  return decision;
}

// At zero only a call, or the time to be back ahead of one, changes anything.
TimePoint Thaw::ask_again(const Observation& seen, Replicas desired) const {
  if (!is_asleep(seen, desired)) return ticks_.after(seen.now);
  const auto idle_since = layers_.idle_since(1);
  const double back_s = layers_.plan(1).back_s;
  if (idle_since && !layers_.is_planned(1)) return ticks_.after(seen.now);
  if (!idle_since || back_s <= 0) return TimePoint::never();
  const TimePoint back = *idle_since + Distribution::rounded(back_s * 1e9);
  if (back <= seen.now) return TimePoint::never();
  return ticks_.after(back - 1ns);
}

void Thaw::save(StateWriter& out) const {
  out.version(1);
  meter_.save(out);
  layers_.save(out);
  if (last_activity_) out.field("last_activity", last_activity_->ns());
  if (serving_since_) out.field("serving_since", serving_since_->ns());
  out.field("foreseen", foreseen_ ? 1 : 0);
  save_real(out, "arrived", arrived_);
  save_sum(out, "late", late_);
  save_sum(out, "all", all_);
}

bool Thaw::restore(const StateReader& in) {
  if (in.version() != 1) return false;
  meter_.restore(in);
  layers_.restore(in);
  if (const auto ns = in.field("last_activity")) last_activity_ = TimePoint{Duration(*ns)};
  if (const auto ns = in.field("serving_since")) serving_since_ = TimePoint{Duration(*ns)};
  foreseen_ = in.field("foreseen").value_or(0) != 0;
  arrived_ = saved_real(in, "arrived");
  restore_sum(in, "late", late_);
  restore_sum(in, "all", all_);
  return true;
}

constexpr ParamInfo kParams[] = {
    {"slo", "2s", "promise: how long a request may wait, beyond its own service"},
    {"at", "0.95", "the share of the requests that it holds for"},
    {"wait-price", "", "price of an hour of waiting; instead of the promise, with from-zero=cost"},
    {"from-zero", "never",
     "where a start from zero breaks the promise: never (one replica stays), budget (as often as "
     "`at` allows) or cost (the promise is for the others)"},
    {"min", "0", "replicas at least"},
    {"max", "10", "replicas at most"},
    {"slots", "1", "requests that one replica serves side by side at full speed"},
    {"price", "", "of a replica for an hour; otherwise its pool's"},
    {"cold-start", "", "how long a start from zero takes; otherwise the scenario's stages"},
    {"tick", "1s", "between two looks"},
};

}  // namespace thaw_detail

PolicyInfo thaw_policy() {
  using namespace thaw_detail;
  return {.name = "thaw",
          .summary = "cheapest replicas under a promise of the wait, by cold start and price",
          .source = "thaw's own; Erlang C, break-even on learned idle times",
          .params = kParams,
          .governs = Governs::replicas,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<Thaw>(spec, diagnostics);
          }};
}

}  // namespace thaw
