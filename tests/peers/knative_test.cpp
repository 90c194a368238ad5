// The simulated Knative beside the real one, live: Serving 0.48 (Knative 1.21) with its activator,
// autoscaler and queue-proxies on a real control plane under real calls, and `thaw run` of the same
// calls. Peaks may differ by one replica; each change has its counterpart, in the same order,
// within two ticks (4 s) and one replica, in nine of ten runs; the median of ten cold calls is
// within 20 %. What the first pod of the real run took to become ready is given to the simulated
// one, and at which instants of a second the real one ticked, scraped and was reported to.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "tests/live/eventually.hpp"
#include "tests/peers/agreement.hpp"
#include "tests/peers/knative_peer.hpp"
#include "tests/peers/knative_phases.hpp"
#include "tests/peers/knative_shape.hpp"
#include "tests/peers/load.hpp"
#include "tests/peers/observer.hpp"
#include "tests/peers/program.hpp"

namespace thaw::peers {
namespace knative_test {

using namespace std::chrono_literals;

constexpr Duration kTwoTicks = 4s;

struct Observed {
  std::vector<diff::Step> asked;  // spec.replicas, from the start of the load
  Duration start{};               // of a pod that was the only one, the median
  Phase phase;
  std::vector<Answer> answers;
};

struct Simulated {
  std::vector<diff::Step> asked;
  double median_s;
};

std::int64_t peak(const std::vector<diff::Step>& steps) {
  std::int64_t most = 0;
  for (const diff::Step& step : steps) most = std::max(most, step.value);
  return most;
}

std::string to_text(const std::vector<diff::Step>& steps) {
  std::string text;
  for (const diff::Step& step : steps) {
    char one[64];
    std::snprintf(one, sizeof one, "%lld@%.1f ", static_cast<long long>(step.value),
                  seconds(step.at));
    text += one;
  }
  return text;
}

std::vector<diff::Step> asked(const diff::Tracks& tracks, Duration from) {
  for (const diff::Track& track : tracks.all) {
    if (track.measure != diff::Measure::desired) continue;
    std::vector<diff::Step> steps;
    for (const diff::Step& step : track.steps)  // a scenario's instants are rounded
      if (step.at + 1ms >= from) steps.push_back({step.at - from, step.value});
    return steps;
  }
  return {};
}

// When the count rises to `level` and when it falls below it, in turn.
std::vector<Duration> crossings(const std::vector<diff::Step>& steps, std::int64_t level) {
  std::vector<Duration> at;
  for (const diff::Step& step : steps)
    if ((step.value >= level) == (at.size() % 2 == 0)) at.push_back(step.at);
  return at;
}

// The longest time by which a replica comes or goes in one earlier than in the other: the first,
// the second and so on, up to the lower of the two peaks. None where one of them comes in one more
// often than in the other.
std::optional<Duration> lag(const std::vector<diff::Step>& a, const std::vector<diff::Step>& b) {
  Duration longest{0};
  for (std::int64_t level = 1; level <= std::min(peak(a), peak(b)); ++level) {
    const auto in_a = crossings(a, level), in_b = crossings(b, level);
    if (in_a.size() != in_b.size()) return std::nullopt;
    for (std::size_t i = 0; i < in_a.size(); ++i)
      longest = std::max(longest, std::chrono::abs(in_a[i] - in_b[i]));
  }
  return longest;
}

double median_s(const std::vector<Answer>& answers) {
  std::vector<double> all;
  for (const Answer& answer : answers) all.push_back(seconds(answer.latency));
  std::sort(all.begin(), all.end());
  return (all[(all.size() - 1) / 2] + all[all.size() / 2]) / 2;
}

class Knative : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    knative_ = std::make_unique<KnativePeer>();
    knative_->apply(service_manifest());
    revision_ = knative_->revision_of("a");
    Observer observer(knative_->plane(), "default", "serving.knative.dev/service");
    for (int tries = 1;; ++tries) {
      ASSERT_EQ(Load("default", revision_).open({0s}).front().status, 200);
      ASSERT_TRUE(rests(observer));
      const Phase phase = phase_in(knative_->autoscaler_log(), {});
      std::printf("reports at %.3f, ticks at %.3f, scrapes %.3f s later\n", seconds(phase.report),
                  seconds(phase.tick), seconds(phase.to_scrape));
      if (is_clear(phase)) break;
      ASSERT_LT(tries, 20);
      knative_->start_anew();
    }
  }
  static void TearDownTestSuite() {
    if (!knative_) return;
    EXPECT_EQ(knative_->stop(), 0);
    knative_.reset();
  }

  // Until it is at zero, and a moment more, so that no tick knows of the load before.
  static bool rests(const Observer& observer) {
    const bool zero =
        live::eventually(60s, [&] { return observer.now(diff::Measure::replicas) == 0; });
    usleep(2'000'000);
    return zero;
  }

  static Observed observed(const LoadShape& shape) {
    Observer observer(knative_->plane(), "default", "serving.knative.dev/service");
    usleep(500'000);  // the watches are open
    const Load load("default", revision_);
    const auto start = Clock::now();
    const auto clock = std::chrono::system_clock::now();
    Observed found;
    found.answers =
        shape.clients > 0 ? load.closed(shape.clients, shape.length) : load.open(shape.at);
    EXPECT_TRUE(rests(observer));
    const diff::Tracks tracks = diff::tracks_of(observer.timeline(start), "observed");
    found.asked = asked(tracks, {});
    found.phase = phase_in(knative_->autoscaler_log(), clock);
    std::vector<Duration> took = observer.first_starts();
    EXPECT_FALSE(took.empty());
    std::sort(took.begin(), took.end());
    if (!took.empty()) found.start = took[(took.size() - 1) / 2];
    return found;
  }

  static Simulated simulated(const LoadShape& shape, const Observed& real, int run) {
    const std::string folder = knative_->plane().folder() + "/" + shape.name;
    write_scenario(shape, real.start, real.phase, folder);
    const live::Output ran =
        live::run({from_environment("THAW_BINARY"), "run", folder, "--seed",
                   std::to_string(seed_of(real.phase, run)), "--out", folder + "/out"});
    EXPECT_EQ(ran.exit_code, 0) << ran.text;
    std::ifstream in(folder + "/out/summary.json");
    const auto summary = nlohmann::json::parse(in);
    return {asked(diff::read_tracks(folder + "/out"), begin_of(real.phase)),
            summary.at("functions").at("a").at("latency_s").at("p50").get<double>()};
  }

  static void answered(const Observed& real) {
    const auto failed = std::count_if(real.answers.begin(), real.answers.end(),
                                      [](const Answer& answer) { return answer.status != 200; });
    EXPECT_EQ(failed, 0) << "of " << real.answers.size();
  }

  // In nine of ten runs; of fewer than ten, in all.
  static void agrees(const LoadShape& shape) {
    int held = 0;
    std::string others;
    for (int run = 0; run < runs(); ++run) {
      const Observed real = observed(shape);
      answered(real);
      const Simulated ours = simulated(shape, real, run);
      const auto most = lag(ours.asked, real.asked);
      const std::int64_t apart = std::abs(peak(ours.asked) - peak(real.asked));
      const bool holds = most && *most <= kTwoTicks && apart <= 1;
      held += holds ? 1 : 0;
      const std::string shown =
          "observed " + to_text(real.asked) + "\nsimulated " + to_text(ours.asked) + "\n";
      if (!holds) others += shown;
      std::printf("| %s | %d | %lld | %lld | %s | %zu | %s |\n%s", shape.name.c_str(), run + 1,
                  static_cast<long long>(peak(real.asked)),
                  static_cast<long long>(peak(ours.asked)),
                  most ? (std::to_string(seconds(*most)).substr(0, 4) + " s").c_str() : "not alike",
                  real.answers.size(), load_average().c_str(), shown.c_str());
      std::fflush(stdout);
    }
    EXPECT_GE(held, enough_of(runs())) << others;
  }

  static std::unique_ptr<KnativePeer> knative_;
  static std::string revision_;
};

std::unique_ptr<KnativePeer> Knative::knative_;
std::string Knative::revision_;

// 60 clients of 200 ms against a target of 10 at 70 %: nine replicas.
TEST_F(Knative, AStep) { agrees({.name = "step", .clients = 60, .length = 16s}); }

TEST_F(Knative, ARamp) { agrees({.name = "ramp", .at = ramp(5, 250, 24s)}); }

TEST_F(Knative, BurstsWithPausesToZero) {
  agrees({.name = "bursts", .at = bursts(2, 20s, 100, 20ms)});
}

TEST_F(Knative, TenColdCalls) {
  const LoadShape shape{.name = "cold", .at = bursts(10, 14s, 1, {})};
  const Observed real = observed(shape);
  answered(real);
  const Simulated ours = simulated(shape, real, 0);
  std::printf("| cold calls | median %.3f s | simulated %.3f s | %s |\nobserved %s\nsimulated %s\n",
              median_s(real.answers), ours.median_s, load_average().c_str(),
              to_text(real.asked).c_str(), to_text(ours.asked).c_str());
  EXPECT_NEAR(ours.median_s / median_s(real.answers), 1, 0.2);
}

}  // namespace knative_test
}  // namespace thaw::peers
