// SlimFaas's own scaling: up to ReplicasAtStart on a call, down to ReplicasMin after an idle time.
//
// The rule, once a pass over a cached picture of the cluster:
//   last    = the last call (of any function, if so annotated); a past WakeUp of the schedule and a
//             call of a function that depends on this one count as calls
//   idle    = last + timeout < now
//   idle                                -> ReplicasMin
//   called, none there (or below min)   -> ReplicasAtStart, once what it depends on is ready
//   otherwise, with triggers            -> what they ask for, at least ReplicasAtStart
//   would grow, a pod is unschedulable  -> left alone
// With triggers an idle function keeps what they ask for, if that is more than ReplicasMin; they
// are not read at zero. Two clocks run from the start of SlimFaas: polls of the cluster (from the
// start on) and passes (one period later). A pass knows calls at once, the cluster as of the last
// poll. Between passes nothing is decided; passes and polls that could not change the answer are
// slept through. Source: SlimFaas ReplicasService.CheckScaleAsync, ReplicasSynchronizationWorker
// and ScaleReplicasWorker, 0.24 and 0.81; idle_metric_scaler.hpp for the triggers. Not modelled:
// the async queue. Kept over a restart: the last calls, which SlimFaas has in its store.
#include <algorithm>

#include "policies/all.hpp"
#include "policies/idle_metric_scaler.hpp"
#include "policies/idle_settings.hpp"

namespace thaw {
namespace idle_timeout_detail {

// Instants of a clock that ticks from `start` on.
struct Grid {
  TimePoint start;
  Duration step{1};

  bool holds(TimePoint t) const { return t >= start && (t - start) % step == 0ns; }
  TimePoint after(TimePoint t) const {
    return t < start ? start + step : t - (t - start) % step + step;
  }
  TimePoint at_or_after(TimePoint t) const { return t == TimePoint::never() ? t : after(t - 1ns); }
};

using Instant = std::optional<TimePoint>;

Instant later(Instant a, Instant b) { return std::max(a, b); }  // an empty one is the earliest

// Another function whose calls or readiness matter here.
struct Peer {
  FunctionId id = 0;
  std::string name;
  bool depends_on_this = false;  // its calls are calls of this function
  std::int32_t needed = 0;       // its ready replicas without which this function stays at zero
  Instant restored, last_call;
};

// What SlimFaas reads from the cluster in one poll.
struct Snapshot {
  std::int32_t spec = 0, ready = 0, unschedulable = 0;
  std::vector<std::int32_t> peers_ready;  // as Peers
  bool operator==(const Snapshot&) const = default;
};

struct Verdict {
  std::optional<Replicas> desired;
  Reason why;
};

class IdleTimeout final : public ScalingPolicy {
 public:
  IdleTimeout(const Spec& spec, Diagnostics& diagnostics) { reconfigure(spec, diagnostics); }

  Wants wants() const override {
    return {
        .arrivals_at_zero = true, .pods = true, .peers = peer_ids_, .metrics = metrics_.metrics()};
  }
  Decision decide(const Observation& seen) override;
  void look(const Observation& seen) override;
  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override;
  void save(StateWriter& out) const override;
  bool restore(const StateReader& in) override;

 private:
  void read_peers(const Spec& spec, ParamsReader& reader, Diagnostics& diagnostics);
  void poll(const Observation& seen);

  Instant real_call() const;
  Instant last_call(TimePoint now) const;  // with what counts as one
  Duration timeout(TimePoint now) const {
    return settings_.schedule.timeout(now, settings_.timeout);
  }
  Verdict verdict(TimePoint now) const;
  Verdict called_verdict(double since_s) const;
  std::optional<Verdict> metric_verdict(bool idle) const;
  void ask_metrics(const Observation& seen);
  std::optional<Reason> missing_dependency() const;
  Verdict grow_or_shrink_to(std::int32_t desired, Reason why) const;
  bool calls_may_pass_unseen() const;
  TimePoint ask_again(TimePoint now) const;

  IdleSettings settings_;
  std::vector<Peer> peers_;
  std::vector<FunctionId> peer_ids_;
  std::int32_t own_needed_ = 0;  // a function may depend on itself, and then never leaves zero

  Instant restored_, own_call_;
  Instant started_;  // both grids count from here
  Grid polls_, passes_;
  Snapshot snapshot_, facts_;  // as of the last poll; as of the last question
  bool polled_ = false;        // there is a snapshot
  bool waiting_ = false;       // requests are there, at the last question
  Instant written_;            // the last pass that decided something
  IdleMetricScaler metrics_;
  std::optional<IdleMetricScaler::Wish> wish_;  // of the triggers, in the last pass
  Instant wished_;                              // when that was
  ReasonCode last_code_ = ReasonCode::none;
};

void IdleTimeout::reconfigure(const Spec& spec, Diagnostics& diagnostics) {
  ParamsReader reader(spec.params, diagnostics, "idle_timeout");
  settings_ = IdleSettings::read(spec, reader, diagnostics);
  metrics_.settings(settings_.metrics, settings_.replicas_min);
  wish_.reset();
  read_peers(spec, reader, diagnostics);
  reader.finish();
  if (started_) {
    polls_ = {*started_, settings_.poll};
    passes_ = {*started_, settings_.pass};
  }
  polled_ = false;  // the peers of the snapshot may be others
}

void IdleTimeout::read_peers(const Spec& spec, ParamsReader& reader, Diagnostics& diagnostics) {
  const std::vector<std::string> depends_on = reader.list("DependsOn");
  const auto has = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  const std::vector<Peer> before = std::move(peers_);
  peers_.clear();
  peer_ids_.clear();
  for (const Spec::Peer& other : spec.peers) {
    if (other.params.entries().empty() && depends_on.empty() && !settings_.any_call_counts)
      continue;
    Diagnostics unheard;  // its own policy complains of its settings
    ParamsReader its(other.params, unheard, other.name);
    Peer peer;
    peer.id = other.id;
    peer.name = other.name;
    peer.depends_on_this = has(its.list("DependsOn"), spec.name);
    const bool needed = has(depends_on, other.name);
    if (needed) {
      const auto at_start = its.integer("ReplicasAtStart", 1, 0, IdleSettings::kMost);
      peer.needed = static_cast<std::int32_t>(at_start);
    }
    if (!peer.depends_on_this && !needed && !settings_.any_call_counts) continue;
    for (const Peer& known : before) {
      if (known.id == peer.id) peer.restored = known.restored, peer.last_call = known.last_call;
    }
    peers_.push_back(std::move(peer));
    peer_ids_.push_back(other.id);
  }
  own_needed_ = has(depends_on, spec.name) ? settings_.replicas_at_start : 0;
  for (const std::string& name : depends_on) {
    const bool known = name == spec.name ||
                       std::any_of(spec.peers.begin(), spec.peers.end(),
                                   [&](const Spec::Peer& other) { return other.name == name; });
    if (!known) {
      diagnostics.notice(spec.name + " depends on " + name +
                         ", which is no function of SlimFaas: it does not wait for it");
    }
  }
}

void IdleTimeout::save(StateWriter& out) const {
  out.version(1);
  if (own_call_) out.field("last_call", own_call_->ns());
  for (const Peer& peer : peers_) {
    if (peer.last_call) out.field("last_call." + peer.name, peer.last_call->ns());
  }
}

bool IdleTimeout::restore(const StateReader& in) {
  if (in.version() != 1) return false;
  const auto instant = [&](const std::string& name) -> Instant {
    const auto ns = in.field(name);
    return ns ? Instant(TimePoint{Duration(*ns)}) : std::nullopt;
  };
  own_call_ = restored_ = instant("last_call");
  for (Peer& peer : peers_) peer.last_call = peer.restored = instant("last_call." + peer.name);
  return true;
}

void IdleTimeout::look(const Observation& seen) {
  own_call_ = later(restored_, seen.last_activity);
  for (Peer& peer : peers_) {
    for (const PeerFacts& facts : seen.peers) {
      if (facts.id == peer.id) peer.last_call = later(peer.restored, facts.last_activity);
    }
  }
}

Decision IdleTimeout::decide(const Observation& seen) {
  const TimePoint now = seen.now;
  if (seen.cause == Cause::start || !started_) {
    started_ = now;
    polls_ = {now, settings_.poll};
    passes_ = {now, settings_.pass};
    polled_ = false;
    written_.reset();
    metrics_.forget();
    wished_.reset();
    last_code_ = ReasonCode::none;
  }
  look(seen);
  poll(seen);
  const bool pass = passes_.holds(now) && now != *started_ && written_ != now;
  if (!pass) {
    return {.desired = {}, .ask_again = ask_again(now), .why = {ReasonCode::waiting_for_tick, {}}};
  }

  ask_metrics(seen);
  const Verdict v = verdict(now);
  last_code_ = v.why.code;
  if (v.desired) {
    const bool woken = snapshot_.spec == 0 && settings_.wake_is_a_change;
    if (woken && metrics_.has_triggers()) metrics_.changed(now, v.desired->count);
    snapshot_.spec = v.desired->count;  // believed written, until the next poll
    written_ = now;
  }
  return {.desired = v.desired, .ask_again = ask_again(now), .why = v.why};
}

// Once a pass, however often it is asked at that instant: it remembers what it said.
void IdleTimeout::ask_metrics(const Observation& seen) {
  if (wished_ == seen.now) return;
  wished_ = seen.now;
  wish_.reset();
  if (!metrics_.has_triggers() || snapshot_.spec <= 0) return;
  wish_ = metrics_.pass(seen.now, snapshot_.spec, seen.metrics);
}

void IdleTimeout::poll(const Observation& seen) {
  facts_.spec = seen.spec.count;
  facts_.ready = seen.ready.count;
  facts_.unschedulable = static_cast<std::int32_t>(std::count_if(
      seen.pods.begin(), seen.pods.end(), [](const PodFacts& pod) { return pod.unschedulable; }));
  facts_.peers_ready.assign(peers_.size(), 0);
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    for (const PeerFacts& peer : seen.peers) {
      if (peer.id == peers_[i].id) facts_.peers_ready[i] = peer.ready.count;
    }
  }
  waiting_ = seen.queued > 0 || seen.in_flight > 0;

  // Facts that change at the very instant of a poll are in it, unless it was already acted upon.
  // Polls are slept through only where they would find what the snapshot has.
  if (!polled_ || (polls_.holds(seen.now) && written_ != seen.now)) snapshot_ = facts_;
  polled_ = true;
}

Instant IdleTimeout::real_call() const {
  Instant last = own_call_;
  if (settings_.any_call_counts) {
    for (const Peer& peer : peers_) last = later(last, peer.last_call);
  }
  return last;
}

Instant IdleTimeout::last_call(TimePoint now) const {
  Instant last = real_call();
  if (!last && settings_.up_by_default) last = now;
  last = later(last, settings_.schedule.last_wake_up(now));
  for (const Peer& peer : peers_) {
    if (peer.depends_on_this) last = later(last, peer.last_call);
  }
  return last;
}

Verdict IdleTimeout::verdict(TimePoint now) const {
  const Instant last = last_call(now);
  const Duration limit = timeout(now);
  const bool idle = !last || *last + limit < now;
  const std::int32_t current = snapshot_.spec, least = settings_.replicas_min;
  const bool never_called = !last || (settings_.up_by_default && !real_call());
  const double since_s = never_called ? -1 : std::max(0.0, seconds(now - *last));

  if (const auto by_metrics = metric_verdict(idle)) return *by_metrics;
  if (current > least) {
    const double limit_s = seconds(limit);
    if (!idle) return {{}, {ReasonCode::active, {since_s, limit_s}}};
    return {Replicas(least),
            {ReasonCode::idle_timeout, {since_s, limit_s, static_cast<double>(least)}}};
  }
  if (current == 0 && !idle) return called_verdict(since_s);
  if (current == least) return {{}, {ReasonCode::at_min, {static_cast<double>(least)}}};
  // Below the minimum: 0.24 leaves it there.
  if (!settings_.reworked) {
    return {
        {},
        {ReasonCode::below_min,
         {static_cast<double>(current), static_cast<double>(least), static_cast<double>(current)}}};
  }
  if (!idle) {
    if (const auto missing = missing_dependency()) return {{}, *missing};
  }
  const std::int32_t desired = idle ? least : settings_.replicas_at_start;
  return grow_or_shrink_to(desired, {ReasonCode::below_min,
                                     {static_cast<double>(current), static_cast<double>(least),
                                      static_cast<double>(desired)}});
}

// What the triggers make of the rule; empty where it goes on as if there were none.
std::optional<Verdict> IdleTimeout::metric_verdict(bool idle) const {
  if (!wish_ || snapshot_.spec <= 0) return std::nullopt;
  const bool comes_up = !idle && snapshot_.spec < settings_.replicas_min && !missing_dependency();
  if (comes_up) return std::nullopt;
  const std::int32_t floor = idle ? settings_.replicas_min : settings_.replicas_at_start;
  const std::int32_t desired = std::max(wish_->replicas, floor);
  const bool without_value = wish_->why.number[0] < 0 && desired == snapshot_.spec;
  if (idle ? desired == floor : without_value) return std::nullopt;
  Reason why = wish_->why;
  if (desired > wish_->replicas) {
    why.number[3] = why.number[5] = desired;
    why.number[4] = static_cast<double>(Limit::min);
  }
  return grow_or_shrink_to(desired, why);
}

Verdict IdleTimeout::called_verdict(double since_s) const {
  if (const auto missing = missing_dependency()) return {{}, *missing};
  const auto at_start = static_cast<double>(settings_.replicas_at_start);
  return grow_or_shrink_to(settings_.replicas_at_start,
                           since_s < 0 ? Reason{ReasonCode::never_called, {at_start}}
                                       : Reason{ReasonCode::wake, {since_s, at_start}});
}

std::optional<Reason> IdleTimeout::missing_dependency() const {
  const auto missing = [](std::int32_t ready, std::int32_t needed) {
    return Reason{ReasonCode::dependency_not_ready,
                  {static_cast<double>(ready), static_cast<double>(needed)}};
  };
  if (snapshot_.ready < own_needed_) return missing(snapshot_.ready, own_needed_);
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    const std::int32_t ready = snapshot_.peers_ready[i];
    if (ready < peers_[i].needed) return missing(ready, peers_[i].needed);
  }
  return std::nullopt;
}

Verdict IdleTimeout::grow_or_shrink_to(std::int32_t desired, Reason why) const {
  if (desired == snapshot_.spec) return {{}, why};
  const bool guarded = settings_.reworked && snapshot_.unschedulable > 0;
  if (guarded && desired > snapshot_.spec) {
    return {{}, {ReasonCode::pod_unschedulable, {static_cast<double>(snapshot_.unschedulable)}}};
  }
  return {Replicas(desired), why};
}

// Whether a call that changes the answer may come without a poke. A call is told at once only where
// it finds no ready replica of this function; where replicas are up it merely puts off the end.
bool IdleTimeout::calls_may_pass_unseen() const {
  if (snapshot_.spec == 0) return facts_.ready > 0 || waiting_ || !peers_.empty();
  return settings_.reworked && snapshot_.spec < settings_.replicas_min;
}

// The earliest poll or pass that could say something new, if nothing but time changes.
TimePoint IdleTimeout::ask_again(TimePoint now) const {
  TimePoint next = TimePoint::never();
  if (snapshot_ != facts_) next = polls_.after(now);

  const TimePoint pass = passes_.after(now);
  if (metrics_.has_triggers() && snapshot_.spec > 0) return std::min(next, pass);
  const Verdict then = verdict(pass);
  if (then.desired || then.why.code != last_code_ || calls_may_pass_unseen()) {
    return std::min(next, pass);
  }
  if (const Instant last = last_call(now)) {
    const TimePoint idle_from = passes_.after(*last + timeout(now));
    if (idle_from > now) next = std::min(next, idle_from);
  }
  return std::min(next, passes_.at_or_after(settings_.schedule.next_change(now)));
}

}  // namespace idle_timeout_detail

PolicyInfo idle_timeout_policy() {
  using namespace idle_timeout_detail;
  return {.name = "idle_timeout",
          .summary = "down to ReplicasMin after an idle time, up on a call (SlimFaas)",
          .source = "SlimFaas ReplicasService.CheckScaleAsync, 0.24 and 0.81",
          .params = IdleSettings::documented(),
          .governs = Governs::replicas,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<IdleTimeout>(spec, diagnostics);
          }};
}

}  // namespace thaw
