// What is recorded is decided again to the same answers: 10,000 questions with facts that are
// missing, no numbers, or old.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>

#include "engine/diagnostic.hpp"
#include "engine/random.hpp"
#include "engine/recording/replay.hpp"
#include "policies/all.hpp"

namespace thaw::recording {
namespace recording_test {

constexpr TimePoint kStart{Duration{1'767'571'200'123'456'789}};

// Facts by chance, as rough as a cluster's.
class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed, "facts") {}

  // Asked when the policy wished it, or by chance before.
  const Observation& next(const Wants& wants, TimePoint ask_again = TimePoint::never()) {
    const TimePoint chance =
        now_ + Duration{1 + static_cast<std::int64_t>(random_.below(4'000'000'000))};
    const bool timer = ask_again < chance;
    now_ = timer ? ask_again : chance;
    seen_ = {};
    seen_.now = now_;
    seen_.cause = timer ? Cause::timer : Cause::arrival_at_zero;
    seen_.spec = seen_.status = Replicas(static_cast<std::int32_t>(random_.below(6)));
    seen_.ready = Replicas(static_cast<std::int32_t>(
        random_.below(static_cast<std::uint64_t>(seen_.status.count) + 1)));
    seen_.facts_taken = old();
    if (random_.below(4) > 0) seen_.last_activity = old();
    pods_.clear();
    requests_.assign(1, {"main", "cpu", 250});
    for (std::int32_t i = 0; i < seen_.status.count; ++i)
      pods_.push_back({static_cast<std::uint64_t>(i) + 1, PodPhase::running,
                       i < seen_.ready.count ? Condition::yes : Condition::no, false,
                       random_.below(9) == 0, old(), old(), old(), requests_});
    if (wants.pods) seen_.pods = pods_;
    load_.clear();
    for (std::uint64_t i = 0; i < random_.below(3); ++i)
      load_.push_back({old(), draw(), 0, draw(), 0, draw(), random_.below(2) == 0});
    if (wants.load) seen_.load = load_;
    metrics_.assign(wants.metrics.size(), {});
    series_.assign(wants.metrics.size(), {});
    samples_.assign(wants.metrics.size(), {});
    for (std::size_t i = 0; i < metrics_.size(); ++i) measure(i);
    seen_.metrics = metrics_;
    return seen_;
  }

 private:
  TimePoint old() {
    return now_ - Duration{static_cast<std::int64_t>(random_.below(90'000'000'000))};
  }
  double draw() { return static_cast<double>(random_.below(1'000'000)) / 7; }
  void measure(std::size_t i) {
    constexpr Presence kAll[] = {Presence::ok,     Presence::ok,    Presence::ok,
                                 Presence::absent, Presence::error, Presence::nan};
    metrics_[i].presence = kAll[random_.below(6)];
    metrics_[i].taken = old();
    if (metrics_[i].presence != Presence::ok) return;
    series_[i] = {static_cast<Milli>(random_.below(200'000))};
    for (const PodFacts& pod : pods_)
      samples_[i].push_back(
          {pod.id, static_cast<Milli>(random_.below(200'000)), old(), 30s, "main"});
    metrics_[i].series = series_[i];
    metrics_[i].pods = samples_[i];
  }

  Random random_;
  TimePoint now_ = kStart;
  Observation seen_{};
  std::vector<PodFacts> pods_;
  std::vector<ResourceRequest> requests_;
  std::vector<Load> load_;
  std::vector<MetricFacts> metrics_;
  std::vector<std::vector<Milli>> series_;
  std::vector<std::vector<PodSample>> samples_;
};

Spec spec_of(const std::map<std::string, std::string>& params) {
  Spec spec;
  spec.name = "f";
  for (const auto& [key, value] : params) spec.params.set(key, value, {"test", 1, 1});
  return spec;
}

// The policy, asked `questions` times, and all of it written down.
std::string recorded(const std::string& policy, const Spec& spec, int questions) {
  Diagnostics problems;
  const PolicyInfo* const info = find_policy(policy);
  const auto decider = info->make(spec, problems);
  problems.throw_if_any();
  std::string text;
  Writer writer([&](const std::string& line) { text += line; });
  writer.made(spec, policy, decider->wants());
  World world(42);
  TimePoint ask_again = TimePoint::never();
  for (int i = 0; i < questions; ++i) {
    const Observation& seen = world.next(decider->wants(), ask_again);
    if (i % 97 == 5) {
      decider->look(seen);
      writer.look(0, seen);
    } else {
      const Decision decided = decider->decide(seen);
      ask_again = decided.ask_again;
      writer.step(0, seen, decided);
    }
  }
  return text;
}

struct Result {
  int asked = 0, same = 0, scaled = 0;
};

Result replayed(const std::string& text, std::optional<Replay::Instead> instead = {}) {
  Reader reader("test");
  Replay replay(find_policy, std::move(instead));
  std::istringstream in(text);
  Result result;
  for (std::string line; std::getline(in, line);) {
    std::optional<Line> read = reader.read(line);
    if (!read) continue;
    const auto again = replay.take(std::move(*read), "test", reader.line());
    if (!again) continue;
    ++result.asked;
    result.same += again->same() ? 1 : 0;
    result.scaled += again->decided.find("\"desired\":null") == std::string::npos ? 1 : 0;
  }
  return result;
}

using Case = std::pair<std::string, std::map<std::string, std::string>>;
class EveryPolicy : public testing::TestWithParam<Case> {};

TEST_P(EveryPolicy, DecidesARecordingOfTenThousandQuestionsAgain) {
  const auto& [policy, params] = GetParam();
  const Result result = replayed(recorded(policy, spec_of(params), 10'000));
  EXPECT_GT(result.asked, 9'800);
  EXPECT_EQ(result.same, result.asked);
  EXPECT_GT(result.scaled, 100) << "a policy that never scales shows nothing";
}

INSTANTIATE_TEST_SUITE_P(
    Recording, EveryPolicy,
    testing::Values(Case{"idle_timeout",
                         {{"ReplicasMin", "0"}, {"TimeoutSecondBeforeSetReplicasMin", "30"}}},
                    Case{"concurrency", {{"target", "10"}}}, Case{"alert_factor", {}},
                    Case{"thaw", {{"price", "0.75"}, {"cold-start", "600s"}}}, Case{"runpod", {}},
                    Case{"modal", {}},
                    Case{"hpa",
                         {{"maxReplicas", "6"},
                          {"metrics.0.type", "Resource"},
                          {"metrics.0.resource.name", "cpu"},
                          {"metrics.0.resource.target.type", "AverageValue"},
                          {"metrics.0.resource.target.averageValue", "50m"}}}),
    [](const auto& one) { return one.param.first; });

TEST(Recording, ComesBackByteForByte) {
  const std::string text = recorded("concurrency", spec_of({}), 500);
  std::string again;
  Writer writer([&](const std::string& line) { again += line; });
  Reader reader("test");
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    std::optional<Line> read = reader.read(line);
    if (!read || !std::holds_alternative<Asked>(*read)) continue;
    const Asked& asked = std::get<Asked>(*read);
    again.clear();
    writer.look(asked.function, asked.seen.observation);
    // All but the kind and the decision is what was read.
    const std::size_t from = line.find("\"function\""), to = line.find(",\"decision\"");
    const std::string facts =
        line.substr(from, to == std::string::npos ? line.size() - 1 - from : to - from);
    EXPECT_NE(again.find(facts), std::string::npos) << line;
  }
}

TEST(Recording, OfAnotherSettingDiffers) {
  const std::string text =
      recorded("idle_timeout", spec_of({{"TimeoutSecondBeforeSetReplicasMin", "30"}}), 2'000);
  Replay::Instead instead{"idle_timeout", {}};
  instead.params.set("TimeoutSecondBeforeSetReplicasMin", "60", {"test", 1, 1});
  const Result result = replayed(text, instead);
  EXPECT_LT(result.same, result.asked);
}

TEST(Recording, GoesOnFromTheStateOfThen) {
  // The second half alone, begun with what the policy kept, is decided as it was.
  Diagnostics problems;
  const auto first = find_policy("idle_timeout")->make(spec_of({}), problems);
  World world(7);
  for (int i = 0; i < 100; ++i) first->decide(world.next(first->wants()));
  SavedState state;
  StateWriter writer_of_state(state);
  first->save(writer_of_state);
  std::string text;
  Writer writer([&](const std::string& line) { text += line; });
  writer.made(spec_of({}), "idle_timeout", first->wants(), {}, &state);
  const auto second = find_policy("idle_timeout")->make(spec_of({}), problems);
  ASSERT_TRUE(second->restore(StateReader(state)));
  for (int i = 0; i < 100; ++i) {
    const Observation& seen = world.next(second->wants());
    writer.step(0, seen, second->decide(seen));
  }
  const Result result = replayed(text);
  EXPECT_EQ(result.asked, 100);
  EXPECT_EQ(result.same, 100);
}

TEST(Recording, APolicyThatWantsMoreThanWasRecordedIsRefused) {
  const std::string text = recorded("fixed", spec_of({{"replicas", "2"}}), 10);
  EXPECT_THROW(replayed(text, Replay::Instead{"concurrency", {}}), InputError);
}

TEST(Recording, LinesThatAreNoneAreRefusedWithTheirNumber) {
  const std::string text = recorded("fixed", spec_of({{"replicas", "2"}}), 3);
  const std::string broken = text + "{\"kind\":\"step\",\"function\":0,\"now_ns\":1.5}\n";
  try {
    replayed(broken);
    FAIL() << "it was taken";
  } catch (const InputError& error) {
    EXPECT_EQ(error.problems().at(0).place.line, 6);
    EXPECT_EQ(error.problems().at(0).key, "now_ns");
  }
  EXPECT_THROW(replayed("{\"kind\":\"step\"}\n"), InputError);
  EXPECT_THROW(replayed(text.substr(0, text.size() - 20)), InputError) << "cut off";
}

TEST(Recording, LinesBentByChanceAreTakenOrRefused) {
  const std::string text = recorded("hpa",
                                    spec_of({{"maxReplicas", "6"},
                                             {"metrics.0.type", "Resource"},
                                             {"metrics.0.resource.name", "cpu"},
                                             {"metrics.0.resource.target.type", "AverageValue"},
                                             {"metrics.0.resource.target.averageValue", "50m"}}),
                                    4);
  Random random(3, "bent");
  int refused = 0;
  for (int round = 0; round < 2'000; ++round) {
    std::string bent = text;
    for (int i = 0; i < 3; ++i)
      bent[random.below(bent.size())] = static_cast<char>(32 + random.below(95));
    try {
      replayed(bent);
    } catch (const InputError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 500);
}

}  // namespace recording_test
}  // namespace thaw::recording
