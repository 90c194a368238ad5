// Knative's autoscaler, the KPA: as many replicas as the requests in flight (or a second) ask for,
// and none when there are none.
//
// Once every 2 s the decider looks at two windows of what replicas and gateway report, the stable
// one of 60 s and the panic one of 6 s; a request that finds nothing at zero makes it look at once.
// The reconciler of the PodAutoscaler acts on its word: within min-scale and max-scale, through the
// states activating, active and inactive, and by way of who is in the path of calls. It runs when
// the decider's word has changed, when pods or the path have, and at times it has set itself.
// A restart forgets windows and panic, as Knative's autoscaler does; the PodAutoscaler's condition
// is kept, for it lives in the API server.
// Source: Knative Serving 1.23, pkg/autoscaler and pkg/reconciler/autoscaling/kpa.
#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "policies/all.hpp"
#include "policies/knative/pod_autoscaler.hpp"
#include "policies/knative/user_settings.hpp"

namespace thaw {
namespace concurrency_detail {

using knative::Activity;
using knative::BucketWindow;
using knative::Decider;
using knative::Evaluation;
using knative::kTick;
using knative::PodAutoscalerStep;

using Instant = std::optional<TimePoint>;

// The decider's clock: a tick each 2 s, the first within one tick of the start.
class Ticks {
 public:
  void start(TimePoint start, Duration offset) {
    first_ = offset > 0s ? start + offset : start + kTick;
    next_ = first_;
  }
  // Ticks that passed without a question are skipped.
  void skip_to(TimePoint now) { next_ = std::max(next_, at_or_after(now)); }
  bool take(TimePoint now) {
    if (next_ > now + kTick) set_back_to(now);
    if (now < next_) return false;
    next_ = at_or_after(now + 1ns);
    return true;
  }
  TimePoint next() const { return next_; }

 private:
  // The clock that counts them was set back: it ticks on all the same.
  void set_back_to(TimePoint now) {
    if (first_ > now) first_ = first_ - (first_ - now) / kTick * kTick;
    next_ = at_or_after(now);
  }
  TimePoint at_or_after(TimePoint t) const {
    if (t <= first_) return first_;
    return first_ + (t - first_ + kTick - 1ns) / kTick * kTick;
  }

  TimePoint first_, next_;
};

// A search for the activator in the path, once a second.
class Probe {
 public:
  bool running() const { return next_.has_value(); }
  TimePoint next() const { return next_.value_or(TimePoint::never()); }
  void start(TimePoint now) {
    if (running()) return;  // one at a time
    next_ = now + knative::kProbePeriod;
    ends_ = now + knative::kProbeTimeout;
  }
  void stop() { next_.reset(); }
  // When to act on what it found, if it has come to its end now.
  Instant look(TimePoint now, bool found) {
    if (!next_ || now < *next_) return {};
    next_ = now + knative::kProbePeriod;
    if (!found && now < ends_) return {};
    stop();
    return now + knative::kAfterProbe;
  }

 private:
  Instant next_;
  TimePoint ends_;
};

// What the API server keeps of the PodAutoscaler.
struct Status {
  Activity activity = Activity::activating;
  TimePoint since;
  bool initialised = false;
  PathMode mode = PathMode::proxy;
};

class Concurrency final : public ScalingPolicy {
 public:
  Concurrency(const Spec& spec, Diagnostics& diagnostics) { reconfigure(spec, diagnostics); }

  Wants wants() const override {
    return {.arrivals_at_zero = true,
            .pods = true,
            .peers = {},
            .load = true,
            .path = true,
            .metrics = {}};
  }
  Decision decide(const Observation& seen) override;
  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override;
  void save(StateWriter& out) const override;
  bool restore(const StateReader& in) override;

 private:
  void start(const Observation& seen, Decision& decision);
  void record(const Observation& seen);
  bool evaluate(const Observation& seen);
  void reconcile(const Observation& seen, Decision& decision);
  void step(const Observation& seen);
  Reason why(TimePoint now) const;
  Reason why_measured() const;
  TimePoint ask_again(const Observation& seen, Replicas spec);

  knative::UserSettings user_;
  const knative::Settings& settings() const { return user_.settings; }

  // The autoscaler's.
  std::optional<BucketWindow> stable_, panic_;
  std::optional<Decider> decider_;
  Ticks ticks_;
  bool asleep_ = false;
  std::int32_t desired_ = knative::kUnknown, excess_burst_capacity_ = 0;
  Evaluation last_;     // that was valid
  bool blind_ = false;  // the latest was not
  TimePoint last_load_;

  // The reconciler's.
  std::optional<Status> status_;
  Instant look_again_;
  Probe probe_;
  bool reconfigured_ = false;
  PodAutoscalerStep done_;  // its last step
};

void Concurrency::reconfigure(const Spec& spec, Diagnostics& diagnostics) {
  user_ = knative::UserSettings::read(spec.params, diagnostics);
  if (decider_) decider_->update(settings().decider);
  reconfigured_ = true;
}

Decision Concurrency::decide(const Observation& seen) {
  Decision decision;
  const bool starts = seen.cause == Cause::start || !decider_;
  if (starts) start(seen, decision);
  if (asleep_) ticks_.skip_to(seen.now);
  record(seen);

  const bool poked = seen.cause == Cause::arrival_at_zero && desired_ == 0;
  const bool evaluates = ticks_.take(seen.now) || poked;
  const bool changed = evaluates && evaluate(seen);
  if (const Instant at = probe_.look(seen.now, seen.path.gateway_answers)) {
    look_again_ = std::min(look_again_.value_or(*at), *at);
  }
  const bool due = look_again_ && *look_again_ <= seen.now;
  const bool told = seen.cause == Cause::pods || seen.cause == Cause::path;
  const bool acts = starts || changed || due || told || reconfigured_;
  if (acts) {
    if (due) look_again_.reset();
    reconfigured_ = false;
    reconcile(seen, decision);
  }
  if (evaluates && blind_ && !acts) {
    decision.why = {ReasonCode::knative_no_data, {}};
  } else {
    decision.why = acts || evaluates ? why(seen.now) : Reason{ReasonCode::waiting_for_tick, {}};
  }
  if (decision.desired == seen.spec) decision.desired.reset();
  decision.ask_again = ask_again(seen, decision.desired.value_or(seen.spec));
  return decision;
}

// The autoscaler starts with nothing but the ready replicas; a revision that has no status yet is a
// new one, unless it serves already.
void Concurrency::start(const Observation& seen, Decision& decision) {
  const knative::DeciderSpec& spec = settings().decider;
  stable_.emplace(settings().aggregation, spec.stable_window);
  panic_.emplace(settings().aggregation, settings().panic_window);
  decider_ = Decider::created(spec, seen.now, seen.ready.count);
  ticks_.start(seen.now, user_.tick_offset);
  asleep_ = false;
  desired_ = knative::kUnknown;
  excess_burst_capacity_ = knative::initial_excess_burst_capacity(spec, settings().initial_scale);
  last_ = {};
  last_load_ = seen.now;
  look_again_.reset();
  probe_.stop();
  done_ = {};
  if (status_) return;
  status_ = Status{.since = seen.now};
  if (seen.spec.count > 0 && seen.ready.count > 0) {
    status_->activity = Activity::active;
    status_->initialised = true;
  } else {
    decision.desired = Replicas(settings().initial_scale);
  }
}

void Concurrency::record(const Observation& seen) {
  stable_->resize(settings().decider.stable_window, seen.now);
  panic_->resize(settings().panic_window, seen.now);
  for (const Load& load : seen.load) {
    if (load.from_replicas && !settings().scrapes()) continue;
    const double value = settings().metric == knative::ScalingMetric::rps
                             ? load.requests - load.proxied_requests
                             : load.concurrency - load.proxied_concurrency;
    stable_->record(load.at, value);
    panic_->record(load.at, value);
    if (value > 0) last_load_ = std::max(last_load_, load.at);
  }
}

// Whether the reconciler is to hear of it.
bool Concurrency::evaluate(const Observation& seen) {
  std::optional<knative::Averages> averages;
  if (!stable_->empty(seen.now)) {
    averages = {stable_->average(seen.now), panic_->average(seen.now)};
  } else if (!settings().scrapes()) {
    averages.emplace();  // the activators are always there, and silent
  }
  const Evaluation latest = decider_->evaluate(seen.now, seen.ready.count, averages);
  blind_ = !latest.valid;
  if (blind_) return false;
  last_ = latest;
  const bool changed = last_.desired != desired_ ||
                       (last_.excess_burst_capacity < 0) != (excess_burst_capacity_ < 0);
  desired_ = last_.desired;
  excess_burst_capacity_ = last_.excess_burst_capacity;
  return changed;
}

// A change of the status brings the reconciler back at once; it settles after one or two.
void Concurrency::reconcile(const Observation& seen, Decision& decision) {
  const bool first = seen.cause == Cause::start;
  const auto before = std::pair(status_->mode, done_.activators);
  for (int pass = 0; pass < 3; ++pass) {
    const Activity activity = status_->activity;
    step(seen);
    if (done_.apply) decision.desired = Replicas(done_.want);
    if (done_.look_again) {
      TimePoint at = seen.now + *done_.look_again;
      // Patience must be exceeded, and a timer that is exact would find it just used up.
      if (done_.want == knative::kUnknown) at = at + 1ns;
      look_again_ = std::min(look_again_.value_or(at), at);
    }
    if (done_.probe) probe_.start(seen.now);
    if (status_->activity == activity) break;
  }
  if (first || before != std::pair(status_->mode, done_.activators)) {
    constexpr std::int32_t most = std::numeric_limits<std::uint16_t>::max();
    decision.path = status_->mode;
    decision.gateways = static_cast<std::uint16_t>(std::min(done_.activators, most));
  }
}

void Concurrency::step(const Observation& seen) {
  knative::PodAutoscalerFacts facts{.desired = desired_,
                                    .excess_burst_capacity = excess_burst_capacity_,
                                    .ready = seen.ready.count,
                                    .activity = status_->activity,
                                    .activity_age = seen.now - status_->since,
                                    .initialised = status_->initialised,
                                    .mode = status_->mode,
                                    .activator_answers = seen.path.gateway_answers};
  if (seen.path.proxied_since) facts.proxy_for = seen.now - *seen.path.proxied_since;
  done_ = knative::reconcile(settings(), facts);
  if (done_.activity != status_->activity) status_->since = seen.now;
  status_->activity = done_.activity;
  status_->initialised = done_.initialised;
  status_->mode = done_.mode;
}

// The formula, with the limit that was the last to change its result.
Reason Concurrency::why_measured() const {
  const knative::DeciderSpec& spec = settings().decider;
  const Duration window = last_.of_panic_window ? settings().panic_window : spec.stable_window;
  const bool bounded = done_.limit != Limit::none;
  const double want = done_.want;
  return {
      last_.panicking ? ReasonCode::knative_panic : ReasonCode::knative_stable,
      {last_.average, seconds(window), spec.total_value, settings().utilisation, last_.asked, want,
       static_cast<double>(bounded ? done_.limit : last_.limit), bounded ? want : last_.limit_value,
       settings().metric == knative::ScalingMetric::rps ? 1.0 : 0.0}};
}

Reason Concurrency::why(TimePoint now) const {
  if (done_.want == 0 && done_.apply) {
    return {ReasonCode::knative_to_zero, {seconds(now - last_load_)}};
  }
  const bool held = done_.want == 1 && desired_ == 0 && done_.look_again.has_value();
  if (done_.want == 0 || held) {
    return {ReasonCode::knative_last_replica, {look_again_ ? seconds(*look_again_ - now) : 0.0}};
  }
  if (last_.valid && done_.want > 0) return why_measured();
  if (status_->activity != Activity::activating) return {ReasonCode::knative_no_data, {}};
  const Duration left = settings().progress_deadline - (now - status_->since);
  return {ReasonCode::knative_first_replica,
          {static_cast<double>(done_.want), std::max(0.0, seconds(left))}};
}

// Ticks that can change nothing are slept through: no replica, so that a call is told at once, and
// no report in the window, so that the decider knows nothing.
TimePoint Concurrency::ask_again(const Observation& seen, Replicas spec) {
  const bool none = spec.count == 0 && seen.ready.count == 0 && desired_ <= 0;
  asleep_ = none && settings().scrapes() && stable_->empty(seen.now);
  TimePoint next = asleep_ ? TimePoint::never() : ticks_.next();
  if (look_again_) next = std::min(next, *look_again_);
  return std::min(next, probe_.next());
}

void Concurrency::save(StateWriter& out) const {
  out.version(1);
  if (!status_) return;
  out.field("activity", static_cast<std::int64_t>(status_->activity));
  out.field("since", status_->since.ns());
  out.field("initialised", status_->initialised ? 1 : 0);
  out.field("proxied", status_->mode == PathMode::proxy ? 1 : 0);
}

bool Concurrency::restore(const StateReader& in) {
  if (in.version() != 1) return false;
  const auto activity = in.field("activity"), since = in.field("since"),
             initialised = in.field("initialised"), proxied = in.field("proxied");
  if (!activity || !since || !initialised || !proxied) return true;  // never started
  if (*activity < 0 || *activity > static_cast<std::int64_t>(Activity::inactive)) return false;
  status_ = Status{static_cast<Activity>(*activity), TimePoint{Duration(*since)}, *initialised != 0,
                   *proxied != 0 ? PathMode::proxy : PathMode::serve};
  return true;
}

}  // namespace concurrency_detail

PolicyInfo concurrency_policy() {
  using namespace concurrency_detail;
  return {.name = "concurrency",
          .summary = "replicas by requests in flight or a second, down to zero (Knative's KPA)",
          .source = "Knative Serving 1.23, pkg/autoscaler and pkg/reconciler/autoscaling/kpa",
          .params = knative::documented_settings(),
          .governs = Governs::replicas,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<Concurrency>(spec, diagnostics);
          }};
}

}  // namespace thaw
