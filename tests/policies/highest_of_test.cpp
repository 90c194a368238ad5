// highest_of: wishes, and that no child notices the others.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "policies/highest_of/make.hpp"
#include "tests/policies/shown.hpp"

namespace thaw {

PolicyInfo fixed_policy();
PolicyInfo scheduled_policy();
PolicyInfo keep_alive_policy();
PolicyInfo highest_of_policy();

namespace highest_of_test {

// What a fake was shown, copied, since the spans do not live on.
struct Glimpse {
  Duration after;
  Cause cause;
  std::int32_t spec;
  std::vector<double> load;
  std::vector<Milli> metrics;
};

// A policy that does as a test tells it. There is one of each name at a time.
class Fake final : public ScalingPolicy {
 public:
  Fake(const char* name, const Spec& spec, Diagnostics& diagnostics) {
    by_name()[name] = this;
    reconfigure(spec, diagnostics);
  }
  static Fake& of(const std::string& name) { return *by_name().at(name); }

  Wants wants() const override {
    Wants wants = wanted;
    wants.metrics = metrics;
    wants.peers = peers;
    return wants;
  }
  Decision decide(const Observation& seen) override {
    glimpse(seen);
    return answer(seen);
  }
  void look(const Observation& seen) override { glimpse(seen); }
  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override {
    ParamsReader reader(spec.params, diagnostics, "fake");
    every = std::chrono::seconds(reader.integer("every", 10, 1));
    for (const std::string& name : reader.list("metrics")) {
      metrics.push_back({MetricSource::query, name, {}, {}, {}});
    }
    wanted.load = reader.boolean("load", false);
    wanted.pods = reader.boolean("pods", false);
    wanted.path = reader.boolean("path", false);
    wanted.arrivals_at_zero = reader.boolean("arrivals", false);
    for (const std::string& id : reader.list("peers")) {
      peers.push_back(static_cast<FunctionId>(std::stoi(id)));
    }
    reader.finish();
  }
  void save(StateWriter& out) const override {
    out.version(version);
    if (kept != 0) out.field("a name of more than eight letters", kept);
  }
  bool restore(const StateReader& in) override {
    if (in.version() != version) return false;
    kept = in.field("a name of more than eight letters").value_or(0);
    return true;
  }

  Duration every{};
  Wants wanted{.peers = {}, .metrics = {}};
  std::vector<MetricRef> metrics;
  std::vector<FunctionId> peers;
  std::vector<Glimpse> seen_;
  std::optional<std::int32_t> wish;
  ReasonCode code = ReasonCode::external;
  std::optional<PathMode> path;
  std::int64_t kept = 0;
  int version = 1;

 private:
  static std::map<std::string, Fake*>& by_name() {
    static std::map<std::string, Fake*> fakes;
    return fakes;
  }
  void glimpse(const Observation& seen) {
    Glimpse g{seen.now - kStart, seen.cause, seen.spec.count, {}, {}};
    for (const Load& report : seen.load) g.load.push_back(report.concurrency);
    for (const MetricFacts& facts : seen.metrics) g.metrics.push_back(facts.series[0]);
    seen_.push_back(g);
  }
  Decision answer(const Observation& seen) const {
    Decision decision;
    if (wish) decision.desired = Replicas(*wish);
    decision.path = path;
    decision.gateways = path ? 3 : 0;
    decision.ask_again = kStart + ((seen.now - kStart) / every + 1) * every;
    decision.why = {code, {static_cast<double>(wish.value_or(-1))}};
    return decision;
  }
};

const PolicyInfo* find_here(std::string_view name) {
  static const PolicyInfo kA{
      .name = "a",
      .summary = {},
      .source = {},
      .params = {},
      .governs = Governs::replicas,
      .make = [](const Spec& spec, Diagnostics& diagnostics) {
        return std::unique_ptr<ScalingPolicy>(std::make_unique<Fake>("a", spec, diagnostics));
      }};
  static const PolicyInfo kB{
      .name = "b",
      .summary = {},
      .source = {},
      .params = {},
      .governs = Governs::replicas,
      .make = [](const Spec& spec, Diagnostics& diagnostics) {
        return std::unique_ptr<ScalingPolicy>(std::make_unique<Fake>("b", spec, diagnostics));
      }};
  static const PolicyInfo kFixed = fixed_policy(), kScheduled = scheduled_policy(),
                          kKeepAlive = keep_alive_policy(), kHighest = highest_of_policy();
  for (const PolicyInfo* info : {&kA, &kB, &kFixed, &kScheduled, &kKeepAlive, &kHighest}) {
    if (info->name == name) return info;
  }
  return nullptr;
}

PolicyInfo highest_here() {
  PolicyInfo info = highest_of_policy();
  info.make = [](const Spec& spec, Diagnostics& diagnostics) {
    return make_highest_of(spec, diagnostics, find_here);
  };
  return info;
}

TEST(HighestOf, TheHighestWishIsDoneAndSaysWhy) {
  Shown f(highest_here, {{"of", "a+b"}});
  f.replicas(1);
  Fake::of("a").wish = 2, Fake::of("b").wish = 5;
  const Decision decision = f.ask(0s, Cause::start);
  EXPECT_EQ(decision.desired, Replicas(5));
  EXPECT_EQ(decision.why.number[0], 5);
  Fake::of("b").wish = 1;
  EXPECT_EQ(f.ask(10s).desired, Replicas(2));
}

TEST(HighestOf, ASilentChildKeepsItsWish) {
  Shown f(highest_here, {{"of", "a+b"}});
  f.replicas(1);
  Fake::of("a").wish = 4, Fake::of("b").wish = 2;
  f.ask(0s, Cause::start);
  Fake::of("a").wish.reset();
  const Decision held = f.ask(10s);
  EXPECT_EQ(held.desired, Replicas(4));
  EXPECT_EQ(held.why.number[0], 4);  // why it wished it
  Fake::of("b").wish.reset();
  EXPECT_EQ(f.ask(20s).desired, std::nullopt);  // nobody says anything
}

// The one went up to five; the HPA sees that five are right and has nothing to write. When the one
// wants fewer, the HPA still wants five.
TEST(HighestOf, AnHpaThatFindsTheRightNumberThereWishesIt) {
  Shown f(highest_here, {{"of", "a+b"}});
  f.replicas(1);
  Fake::of("a").wish = 5, Fake::of("b").wish = 1;
  f.ask(0s, Cause::start);
  f.replicas(5);
  Fake::of("b").wish.reset();
  Fake::of("b").code = ReasonCode::hpa_metric;
  f.ask(10s);
  Fake::of("a").wish = 2;
  Fake::of("b").code = ReasonCode::hpa_failed;  // it knows nothing: its wish stays
  EXPECT_EQ(f.ask(20s).desired, Replicas(5));
}

TEST(HighestOf, BeforeItsFirstWishAChildStandsByWhatItFound) {
  Shown f(highest_here, {{"of", "a+b"}});
  f.replicas(3);
  Fake::of("b").wish = 1;
  EXPECT_EQ(f.ask(0s, Cause::start).desired, Replicas(3));
  Fake::of("b").wish = 6;
  EXPECT_EQ(f.ask(10s).desired, Replicas(6));
  f.replicas(6);
  Fake::of("b").wish = 1;
  EXPECT_EQ(f.ask(20s).desired, Replicas(3));  // not 6: it is what it found at the start
  Fake::of("a").wish = 0;
  EXPECT_EQ(f.ask(30s).desired, Replicas(1));
}

TEST(HighestOf, AsksEachChildOnItsOwnGrid) {
  Shown f(highest_here, {{"of", "a+b"}, {"a.every", "2"}, {"b.every", "15"}});
  Decision decision = f.ask(0s, Cause::start);
  while (decision.ask_again <= kStart + 30s) decision = f.ask(decision.ask_again - kStart);
  EXPECT_EQ(Fake::of("a").seen_.size(), 16u);  // 0, 2, … 30 s
  ASSERT_EQ(Fake::of("b").seen_.size(), 3u);   // 0, 15, 30 s
  EXPECT_EQ(Fake::of("b").seen_[1].after, 15s);
  EXPECT_EQ(Fake::of("b").seen_[0].cause, Cause::start);
  EXPECT_EQ(Fake::of("b").seen_[1].cause, Cause::timer);
}

TEST(HighestOf, TellsAChildOnlyWhatItWantsToBeTold) {
  Shown f(highest_here,
          {{"of", "a+b"}, {"a.pods", "true"}, {"b.arrivals", "true"}, {"b.path", "true"}});
  const Wants wants = f.policy->wants();
  EXPECT_TRUE(wants.pods && wants.arrivals_at_zero && wants.path);
  EXPECT_FALSE(wants.load);
  f.ask(0s, Cause::start);
  f.ask(1s, Cause::pods);
  f.ask(2s, Cause::arrival_at_zero);
  f.ask(3s, Cause::path);
  f.ask(4s, Cause::timer);  // nobody is due
  ASSERT_EQ(Fake::of("a").seen_.size(), 2u);
  EXPECT_EQ(Fake::of("a").seen_[1].cause, Cause::pods);
  ASSERT_EQ(Fake::of("b").seen_.size(), 3u);
  EXPECT_EQ(Fake::of("b").seen_[1].cause, Cause::arrival_at_zero);
  EXPECT_EQ(Fake::of("b").seen_[2].cause, Cause::path);
  // Due at 10 s, when something comes that it does not care for.
  f.ask(10s, Cause::arrival_at_zero);
  EXPECT_EQ(Fake::of("a").seen_.back().cause, Cause::timer);
  EXPECT_EQ(Fake::of("b").seen_.back().cause, Cause::arrival_at_zero);
}

TEST(HighestOf, EachChildSeesItsOwnMetrics) {
  Shown f(highest_here, {{"of", "a+b"}, {"a.metrics", "x,y"}, {"b.metrics", "z"}});
  const Wants wants = f.policy->wants();
  ASSERT_EQ(wants.metrics.size(), 3u);
  EXPECT_EQ(wants.metrics[2].name, "z");
  const Milli values[] = {10, 20, 30};
  for (const Milli& value : values) {
    f.metrics.push_back(
        {.presence = Presence::ok, .taken = kStart, .series = {&value, 1}, .pods = {}});
  }
  f.ask(0s, Cause::start);
  EXPECT_EQ(Fake::of("a").seen_[0].metrics, (std::vector<Milli>{10, 20}));
  EXPECT_EQ(Fake::of("b").seen_[0].metrics, (std::vector<Milli>{30}));
}

TEST(HighestOf, PassesOnThatAMetricIsNoNumber) {
  Shown f(highest_of_policy, {{"of", "fixed+hpa"},
                              {"fixed.replicas", "2"},
                              {"hpa.metrics.0.type", "External"},
                              {"hpa.metrics.0.external.metric.name", "load"},
                              {"hpa.metrics.0.external.target.type", "AverageValue"},
                              {"hpa.metrics.0.external.target.averageValue", "10"},
                              {"hpa.minReplicas", "1"},
                              {"hpa.maxReplicas", "9"}});
  ASSERT_EQ(f.problem(), "");
  const Milli value = 80'000;
  f.replicas(2);
  f.metrics = {{.presence = Presence::ok, .taken = kStart, .series = {&value, 1}, .pods = {}}};
  f.metrics[0].presence = Presence::nan;
  EXPECT_EQ(f.ask(0s, Cause::start).desired.value_or(Replicas(2)), Replicas(2));
  f.metrics[0].presence = Presence::ok;
  EXPECT_GT(f.ask(15s).desired.value_or(Replicas(0)), Replicas(2)) << "as a number it counts";
}

TEST(HighestOf, AsksEveryChildWhenItsClockIsSetBack) {
  Shown f(highest_here, {{"of", "a+b"}, {"a.every", "10"}, {"b.every", "20"}});
  f.ask(1h, Cause::start);
  EXPECT_EQ(f.ask(10min).ask_again, kStart + 10min + 10s);
  EXPECT_EQ(Fake::of("b").seen_.size(), 2U);
}

TEST(HighestOf, EachChildGetsTheLoadSinceItWasLastAsked) {
  Shown f(
      highest_here,
      {{"of", "a+b"}, {"a.every", "2"}, {"a.load", "true"}, {"b.every", "5"}, {"b.load", "true"}});
  f.ask(0s, Cause::start);
  for (int s = 1; s <= 10; ++s) {
    f.reports.push_back({.at = kStart + s * 1s, .concurrency = static_cast<double>(s)});
    f.ask(s * 1s);
  }
  EXPECT_EQ(Fake::of("a").seen_.back().load, (std::vector<double>{9, 10}));
  ASSERT_EQ(Fake::of("b").seen_.size(), 3u);
  EXPECT_EQ(Fake::of("b").seen_[1].load, (std::vector<double>{1, 2, 3, 4, 5}));
  EXPECT_EQ(Fake::of("b").seen_[2].load, (std::vector<double>{6, 7, 8, 9, 10}));
  // What a look showed is not shown again.
  f.reports.push_back({.at = kStart + 11s, .concurrency = 11});
  f.look(11s);
  EXPECT_EQ(Fake::of("b").seen_.back().load, (std::vector<double>{11}));
  f.ask(15s);
  EXPECT_TRUE(Fake::of("b").seen_.back().load.empty());
}

TEST(HighestOf, NobodySeesALoadThatItDidNotWant) {
  Shown f(highest_here, {{"of", "a+b"}, {"b.load", "true"}});
  f.reports.push_back({.at = kStart, .concurrency = 1});
  f.ask(0s, Cause::start);
  EXPECT_TRUE(Fake::of("a").seen_[0].load.empty());
  EXPECT_EQ(Fake::of("b").seen_[0].load.size(), 1u);
}

TEST(HighestOf, UnitesPeersWithoutRepeatingThem) {
  Shown f(highest_here, {{"of", "a+b"}, {"a.peers", "7,8"}, {"b.peers", "8,9"}});
  const auto peers = f.policy->wants().peers;
  EXPECT_EQ(std::vector<FunctionId>(peers.begin(), peers.end()),
            (std::vector<FunctionId>{7, 8, 9}));
}

TEST(HighestOf, ThePathIsThatOfTheFirstWhoGivesOne) {
  Shown f(highest_here, {{"of", "a+b"}});
  Fake::of("b").path = PathMode::serve;
  EXPECT_EQ(f.ask(0s, Cause::start).path, PathMode::serve);
  Fake::of("a").path = PathMode::proxy;
  const Decision first = f.ask(10s);
  EXPECT_EQ(first.path, PathMode::proxy);
  EXPECT_EQ(first.gateways, 3);
  Fake::of("a").path.reset();
  EXPECT_EQ(f.ask(20s).path, std::nullopt);  // it leaves its path alone, and b has none to give
}

TEST(HighestOf, UnitesRealPolicies) {
  Shown f(highest_here, {{"of", "fixed+scheduled"},
                         {"fixed.replicas", "2"},
                         {"scheduled.entries.0.from", "08:00"},
                         {"scheduled.entries.0.to", "18:00"},
                         {"scheduled.entries.0.replicas", "6"}});
  EXPECT_EQ(f.problem(), "");
  f.replicas(2);
  const Decision night = f.ask(0s, Cause::start);
  EXPECT_EQ(to_words(night.why), "fixed at 2");  // the schedule wishes 0
  const Decision morning = f.ask(8h);
  EXPECT_EQ(morning.desired, Replicas(6));
  EXPECT_EQ(to_words(morning.why), "entry 0 of the schedule → 6");
  f.replicas(6);
  f.ask(8h, Cause::pods);
  EXPECT_EQ(f.ask(18h).desired, Replicas(2));
}

TEST(HighestOf, TheSecondOfAKindHasANumber) {
  Shown f(highest_here,
          {{"of", "fixed+fixed + fixed"}, {"fixed.replicas", "2"}, {"fixed3.replicas", "9"}});
  EXPECT_EQ(f.problem(), "");
  f.replicas(0);
  EXPECT_EQ(f.ask(0s, Cause::start).desired, Replicas(9));
}

TEST(HighestOf, RefusesWhatItCannotUnite) {
  EXPECT_TRUE(Shown(highest_here, {{"of", "a+nobody"}}).complains("no policy \"nobody\""));
  EXPECT_TRUE(Shown(highest_here, {{"of", "a+"}}).complains("no policy \"\""));
  EXPECT_TRUE(Shown(highest_here, {{"of", "keep_alive"}}).complains("single instances"));
  EXPECT_TRUE(Shown(highest_here, {{"of", "a+highest_of"}}).complains("name them all in one list"));
  EXPECT_TRUE(Shown(highest_here, {{"of", "fixed"}, {"fixed.replica", "1"}})
                  .complains("did you mean replicas?"));
  EXPECT_TRUE(Shown(highest_here, {{"of", "fixed"}, {"b.every", "1"}})
                  .complains("highest_of.b.every: unknown setting"));
}

TEST(HighestOf, ReconfiguredItKeepsItsChildrenAndTheirWishes) {
  Shown f(highest_here, {{"of", "a+b"}, {"b.load", "true"}});
  Fake* const before = &Fake::of("a");
  f.replicas(1);
  Fake::of("a").wish = 4;
  f.ask(0s, Cause::start);
  Fake::of("a").wish.reset();
  f.reports.push_back({.at = kStart + 2s, .concurrency = 2});
  f.ask(2s);  // nobody is due
  Spec other = f.spec;
  other.params.set("a.every", "1", {});
  f.policy->reconfigure(other, f.diagnostics);
  EXPECT_EQ(&Fake::of("a"), before);
  Fake::of("b").wish = 1;
  EXPECT_EQ(f.ask(3s).desired, Replicas(4));
  EXPECT_EQ(f.ask(3s).ask_again, kStart + 4s);
  EXPECT_EQ(Fake::of("b").seen_[1].load, (std::vector<double>{2}));  // it was not lost

  other.params = params_of({{"of", "b"}});
  f.policy->reconfigure(other, f.diagnostics);
  EXPECT_EQ(f.ask(5s).desired, Replicas(1));
}

TEST(HighestOf, KeepsWhatItsChildrenKeepAndTheirWishes) {
  Shown f(highest_here, {{"of", "a+b"}});
  f.replicas(1);
  Fake::of("a").wish = 4;
  Fake::of("a").kept = -123456789;
  Fake::of("b").kept = 5;  // under the same name
  f.ask(0s, Cause::start);
  EXPECT_TRUE(f.restart());
  EXPECT_EQ(Fake::of("a").kept, -123456789);
  EXPECT_EQ(Fake::of("b").kept, 5);
  Fake::of("b").wish = 2;
  EXPECT_EQ(f.ask(1s, Cause::start).desired, Replicas(4));
  EXPECT_FALSE(f.restart(1));
}

TEST(HighestOf, SaysThatAChildStartsFresh) {
  Shown f(highest_here, {{"of", "a+b"}});
  Fake::of("a").version = 2;
  Fake::of("b").kept = 7;
  EXPECT_FALSE(f.restart());
  EXPECT_EQ(Fake::of("b").kept, 7);
}

}  // namespace highest_of_test

}  // namespace thaw
