// What idle_timeout sleeps through must not be observable: asked only when it wants to be, it
// decides the same at the same instants as when it is asked all the time.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "policies/all.hpp"

namespace thaw {
namespace idle_timeout_sleep_test {

constexpr TimePoint kMidnight{1767571200s};  // 2026-01-05T00:00:00Z, by `date -u +%s`
constexpr TimePoint kBegin = kMidnight - 4min, kEnd = kMidnight + 8min;
constexpr Duration kWriteTakes = 30ms, kRefresh = 500ms;
constexpr Duration kEachPass = 100ms;  // divides each period used here
constexpr FunctionId kPeers[] = {7, 8};

// Dice without std::uniform_int_distribution, which differs between libraries.
struct Dice {
  explicit Dice(std::uint64_t seed) : engine(seed) {}
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(engine() % static_cast<std::uint64_t>(n));
  }
  template <class T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[below(static_cast<std::int64_t>(values.size()))];
  }
  bool one_in(std::int64_t n) { return below(n) == 0; }
  std::mt19937_64 engine;
};

Spec random_spec(Dice& dice) {
  Spec spec;
  spec.name = "llm";
  spec.versions.slimfaas = dice.one_of<Version>({{0, 24, 0}, {0, 60, 0}, {0, 81, 0}});
  const bool sections = spec.versions.slimfaas >= Version{0, 61, 0};
  const auto set = [&](const std::string& key, const std::string& value) {
    spec.params.set(key, value, {});
  };
  set("ReplicasMin", dice.one_of({"0", "0", "0", "1", "2"}));
  set("ReplicasAtStart", dice.one_of({"1", "1", "3", "0"}));
  set("TimeoutSecondBeforeSetReplicasMin", dice.one_of({"0", "1", "5", "20", "60"}));
  if (dice.one_in(3)) {
    set(sections ? "env.SlimFaas__PodScaledUpByDefaultWhenInfrastructureHasNeverCalled"
                 : "env.POD_SCALED_UP_BY_DEFAULT_WHEN_INFRASTRUCTURE_HAS_NEVER_CALLED",
        "true");
  }
  if (dice.one_in(3)) {
    set(sections ? "env.Workers__ReplicasSynchronizationDelayMilliseconds"
                 : "env.REPLICAS_SYNCHRONISATION_WORKER_DELAY_MILLISECONDS",
        dice.one_of({"700", "2000", "4500"}));
  }
  if (dice.one_in(4)) set("ReplicasStartAsSoonAsOneFunctionRetrieveARequest", "true");
  if (dice.one_in(3)) set("DependsOn", "first");
  if (dice.one_in(3)) {
    set("Schedule.TimeZoneID", "UTC");
    set("Schedule.Default.WakeUp.0", "00:03");
    set("Schedule.Default.WakeUp.1", "23:58");
    set("Schedule.Default.ScaleDownTimeout.0.Time", "00:01");
    set("Schedule.Default.ScaleDownTimeout.0.Value", "5");
    if (dice.one_in(2)) {
      set("Schedule.Default.ScaleDownTimeout.1.Time", "00:05");
      set("Schedule.Default.ScaleDownTimeout.1.Value", "40");
    }
  }
  spec.peers = {{kPeers[0], "first", {}}, {kPeers[1], "second", {}}};
  if (dice.one_in(3)) spec.peers[1].params.set("DependsOn", "llm", {});
  return spec;
}

struct Written {
  TimePoint at;
  std::int32_t desired;
  bool operator==(const Written&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const Written& w) {
    return out << to_text(w.at) << " -> " << w.desired;
  }
};
struct Reasoned {
  TimePoint at;
  std::string_view code;
  bool operator==(const Reasoned&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const Reasoned& r) {
    return out << to_text(r.at) << " " << r.code;
  }
};
struct Outcome {
  std::vector<Written> writes;
  std::vector<Reasoned> reasons;  // where the reason of a pass is another than before
  int questions = 0;
};

enum class Event {
  call,
  answer,
  peer_call,
  peer_ready,
  by_hand,
  unschedulable,
  pod_ready,
  write,
  refresh,
  crash,
  comeback
};

// A small world with a history of its own; it pokes as the controller's worlds do.
class World {
 public:
  explicit World(std::uint64_t seed) : dice_(seed), spec_(random_spec(dice_)) {
    policy_ = make();
    for (TimePoint t = kBegin; t < kEnd;) {
      t = random_after(t);
      const Event event =
          dice_.one_of({Event::call, Event::call, Event::call, Event::peer_call, Event::peer_ready,
                        Event::by_hand, Event::unschedulable, Event::crash});
      if (event == Event::crash && !dice_.one_in(3)) continue;
      happens(t, event, static_cast<std::int32_t>(dice_.below(4)));
    }
  }

  // `extra`: it is asked at each multiple of this as well; zero for never.
  Outcome run(Duration extra) {
    ask(kBegin, Cause::start);
    TimePoint next_extra = extra > 0ns ? kBegin + extra : TimePoint::never();
    while (true) {
      const TimePoint event = events_.empty() ? TimePoint::never() : events_.begin()->first.at;
      const TimePoint now = std::min({event, alarm_, next_extra});
      if (now >= kEnd) return outcome_;
      std::optional<Cause> cause;
      if (alarm_ == now) cause = Cause::timer;
      if (next_extra == now) {
        if (!cause) cause = Cause::pods;
        next_extra = next_extra + extra;
      }
      while (!events_.empty() && events_.begin()->first.at == now) {
        const auto [when, what] = *events_.begin();
        events_.erase(events_.begin());
        if (const auto poke = happen(now, what.event, what.value)) cause = poke;
      }
      if (cause && policy_) ask(now, *cause);
    }
  }

 private:
  struct When {
    TimePoint at;
    int sequence;
    auto operator<=>(const When&) const = default;
  };
  struct What {
    Event event;
    std::int32_t value;
  };

  // Mostly odd instants, some on the grids.
  TimePoint random_after(TimePoint t) {
    const std::int64_t most_ms = dice_.one_of<std::int64_t>({900, 5000, 90000});
    t = t + std::chrono::milliseconds(1 + dice_.below(most_ms));
    return dice_.one_in(4) ? t + (kRefresh - (t - kBegin) % kRefresh) : t;
  }

  std::unique_ptr<ScalingPolicy> make() {
    Diagnostics diagnostics;
    auto policy = find_policy("idle_timeout")->make(spec_, diagnostics);
    diagnostics.throw_if_any();
    return policy;
  }

  void happens(TimePoint at, Event event, std::int32_t value = 0) {
    events_[{at, sequence_++}] = {event, value};
  }

  std::optional<Cause> happen(TimePoint now, Event event, std::int32_t value) {
    switch (event) {
      case Event::call:
        return call(now, value);
      case Event::answer:
        if (in_flight_ > 0) --in_flight_;
        if (policy_) last_activity_ = now;
        return std::nullopt;
      case Event::refresh:
        if (!queued_ || !policy_) return std::nullopt;
        last_activity_ = now;
        happens(now + kRefresh, Event::refresh);
        return std::nullopt;
      case Event::peer_call:
        if (policy_) peers_[value % 2].last_activity = now;
        return std::nullopt;
      case Event::peer_ready:
        peers_[value % 2].ready = Replicas(value / 2);
        return Cause::pods;
      case Event::by_hand:
        return set_spec(now, value);
      case Event::write:
        return set_spec(now, value);
      case Event::unschedulable:
        unschedulable_ = value % 2;
        return Cause::pods;
      case Event::pod_ready:
        if (ready_ >= replicas_) return std::nullopt;
        ++ready_;
        queued_ = 0;
        return Cause::pods;
      case Event::crash:
        return crash(now);
      case Event::comeback:
        return come_back(value);
    }
    return std::nullopt;
  }

  std::optional<Cause> call(TimePoint now, std::int32_t length) {
    if (!policy_) return std::nullopt;  // the gateway is away with its autoscaler
    last_activity_ = now;
    if (ready_ > 0) {  // answered even if its replica is to go meanwhile
      ++in_flight_;
      happens(now + (length + 1) * 830ms, Event::answer);
      return std::nullopt;
    }
    if (queued_++ == 0) happens(now + kRefresh, Event::refresh);
    return Cause::arrival_at_zero;
  }

  std::optional<Cause> set_spec(TimePoint now, std::int32_t replicas) {
    if (replicas == replicas_) return std::nullopt;
    for (std::int32_t i = ready_; i < replicas; ++i) {
      happens(now + std::chrono::milliseconds(500 + 1700 * (i + 1)), Event::pod_ready);
    }
    replicas_ = replicas;
    ready_ = std::min(ready_, replicas);
    return Cause::pods;
  }

  std::optional<Cause> crash(TimePoint now) {
    if (!policy_) return std::nullopt;
    look_around(now, Cause::timer);
    policy_->look(seen_);
    kept_ = {};
    StateWriter writer(kept_);
    policy_->save(writer);
    policy_.reset();
    alarm_ = TimePoint::never();
    last_activity_.reset();
    for (PeerFacts& peer : peers_) peer.last_activity.reset();
    queued_ = 0;
    const Duration uptime = now - kBegin;
    // On the grid of the run that is asked at each pass.
    const TimePoint back = now + 3700ms + (kEachPass - uptime % kEachPass);
    happens(back, Event::comeback, static_cast<std::int32_t>(dice_.below(2)));
    return std::nullopt;
  }

  std::optional<Cause> come_back(bool with_state) {
    policy_ = make();
    if (with_state) {
      EXPECT_TRUE(policy_->restore(StateReader(kept_)));
    }
    return Cause::start;
  }

  void look_around(TimePoint now, Cause cause) {
    const PodFacts pending{.id = 1,
                           .phase = PodPhase::pending,
                           .ready = Condition::no,
                           .deleting = false,
                           .unschedulable = true,
                           .created = kBegin};
    pods_.assign(unschedulable_ ? 1 : 0, pending);
    seen_ = {};
    seen_.now = now;
    seen_.cause = cause;
    seen_.spec = seen_.status = Replicas(replicas_);
    seen_.ready = Replicas(ready_);
    seen_.queued = queued_;
    seen_.in_flight = in_flight_;
    seen_.last_activity = last_activity_;
    seen_.pods = pods_;
    seen_.peers = peers_;
  }

  void ask(TimePoint now, Cause cause) {
    look_around(now, cause);
    const Decision decision = policy_->decide(seen_);
    ++outcome_.questions;
    ASSERT_GT(decision.ask_again, now);
    alarm_ = decision.ask_again;
    const std::string_view code = name_of(decision.why.code);
    const bool pass = decision.why.code != ReasonCode::waiting_for_tick;
    if (pass && (outcome_.reasons.empty() || outcome_.reasons.back().code != code)) {
      outcome_.reasons.push_back({now, code});
    }
    if (!decision.desired) return;
    outcome_.writes.push_back({now, decision.desired->count});
    const bool refused = outcome_.writes.size() % 5 == 0;
    if (!refused) happens(now + kWriteTakes, Event::write, decision.desired->count);
  }

  Dice dice_;
  Spec spec_;
  std::unique_ptr<ScalingPolicy> policy_;
  std::map<When, What> events_;
  int sequence_ = 0;
  TimePoint alarm_ = TimePoint::never();
  Outcome outcome_;

  std::int32_t replicas_ = 1, ready_ = 1;
  int unschedulable_ = 0;
  std::uint32_t queued_ = 0, in_flight_ = 0;
  std::optional<TimePoint> last_activity_;
  std::vector<PeerFacts> peers_{{.id = kPeers[0], .ready = Replicas(0), .last_activity = {}},
                                {.id = kPeers[1], .ready = Replicas(0), .last_activity = {}}};
  std::vector<PodFacts> pods_;
  Observation seen_{};
  SavedState kept_;
};

TEST(IdleTimeoutSleep, IsNotObservableIn200Histories) {
  std::size_t writes = 0;
  int quiet = 0, busy = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Outcome asleep = World(seed).run(0ns);
    const Outcome often = World(seed).run(137ms);
    const Outcome each_pass = World(seed).run(kEachPass);
    ASSERT_EQ(asleep.writes, often.writes) << "seed " << seed;
    ASSERT_EQ(asleep.writes, each_pass.writes) << "seed " << seed;
    ASSERT_EQ(asleep.reasons, often.reasons) << "seed " << seed;
    ASSERT_EQ(asleep.reasons, each_pass.reasons) << "seed " << seed;
    writes += asleep.writes.size();
    quiet += asleep.questions;
    busy += often.questions;
  }
  // The histories are no empty ones, and sleeping is worth it.
  EXPECT_GT(writes, 1000u);
  EXPECT_LT(quiet, busy / 5);
}

}  // namespace idle_timeout_sleep_test
}  // namespace thaw
