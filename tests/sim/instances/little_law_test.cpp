// Little's law by accounting: the time that requests spend, added up request by request, is the
// number of requests in the system, added up over time. To the nanosecond, not on average.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "engine/scenario/load.hpp"
#include "sim/instances/pool.hpp"
#include "sim/instances/station.hpp"
#include "tests/app/command.hpp"
#include "tests/sim/instances/standalone.hpp"

namespace thaw::sim {
namespace little_law_test {

using Wide = InstanceTally::Wide;

// A number over time, in value-nanoseconds.
struct Integral {
  Wide sum = 0;
  std::int64_t since = 0;
  void until(std::int64_t now, std::int64_t value) {
    sum += Wide{now - since} * value;
    since = now;
  }
};

// A hundred thousand requests through one pool; what it counts itself is looked at before each
// event and added up here.
struct PoolRun {
  PoolRun(FunctionSpec function, Duration warm_up) : spec(std::move(function)) {
    arena.warm_up = warm_up.count();
    in_system.since = busy.since = alive.since = warm_up.count();
  }

  // Expiries are events of their own here, so that each instant's number is the true one.
  void see(std::int64_t t) {
    for (;;) {
      const std::int64_t expiry = pool.next_expiry(arena).ns();
      const bool first = expiry <= t && (ends.empty() || expiry < ends.top().at);
      if (!first) break;
      add_up(expiry);
      pool.expire({Duration{expiry}}, arena, tally);
    }
    add_up(t);
  }
  void add_up(std::int64_t t) {
    if (t <= arena.warm_up) return;
    in_system.until(t, pool.busy() + pool.waiting());
    busy.until(t, pool.busy());
    alive.until(t, pool.alive());
  }
  void end_until(std::int64_t t) {
    while (!ends.empty() && ends.top().at <= t) {
      const FinishHeap::Entry next = ends.top();
      see(next.at);
      ends.pop();
      pool.end({Duration{next.at}}, static_cast<std::uint32_t>(next.id), arena, ends, tally);
    }
  }
  void play() {
    Random random(3, "arrivals");
    const Distribution gap = Distribution::exponential(200ms);
    std::int64_t t = 0;
    for (int i = 0; i < 100'000; ++i) {
      t += gap.draw(random).count();
      end_until(t);
      see(t);
      pool.arrive({Duration{t}}, 0, {}, true, arena, ends, tally);
    }
    see(t);
    for (const Instance& instance : arena.all)
      if (instance.function != kNoInstance)
        pool.add_present(instance, {Duration{t}}, arena.warm_up, tally);
    pool.add_waiting({Duration{t}}, arena.warm_up, tally);
  }

  FunctionSpec spec;
  InstanceArena arena;
  FinishHeap ends;
  InstanceTally tally;
  InstancePool pool{
      spec, 0, {.idle = 1s}, {Random(1, "work"), Random(1, "choice"), Random(1, "start")}};
  Integral in_system, busy, alive;
};

FunctionSpec twelve_instances(Dispatch dispatch, bool waits) {
  FunctionSpec spec;
  spec.standalone.emplace();
  spec.standalone->instances_max = 12;
  spec.standalone->wait_when_full = waits;
  spec.service.duration = Distribution::exponential(2s);
  spec.service.cold = Distribution::exponential(3s);
  spec.service.dispatch = dispatch;
  return spec;
}

TEST(LittlesLaw, HoldsInAPoolToTheNanosecond) {
  for (const Dispatch dispatch : {Dispatch::newest, Dispatch::longest_idle, Dispatch::random}) {
    for (const bool waits : {false, true}) {
      for (const Duration warm_up : {Duration{0}, Duration{1234567891}}) {
        PoolRun run(twelve_instances(dispatch, waits), warm_up);
        run.play();
        EXPECT_GT(run.tally.cold, 1000);
        EXPECT_GT(waits ? run.tally.waited : run.tally.completed, 1000);
        EXPECT_TRUE(run.in_system.sum == run.tally.in_system_ns);
        EXPECT_TRUE(run.busy.sum == run.tally.busy_ns);
        EXPECT_TRUE(run.alive.sum == run.tally.alive_ns);
      }
    }
  }
}

TEST(LittlesLaw, HoldsInAStationToTheNanosecond) {
  for (const Discipline discipline : {Discipline::fcfs, Discipline::ps}) {
    for (const QueuePlace queue : {QueuePlace::central, QueuePlace::replica}) {
      FunctionSpec spec;
      spec.standalone.emplace();
      spec.standalone->servers = 3;
      spec.standalone->wait_when_full = true;
      spec.standalone->queue_max = 10;
      spec.service.duration = Distribution::exponential(1s);
      spec.service.discipline = discipline;
      spec.service.slots = 2;
      spec.service.queue = queue;
      Station station(spec, 0, Random(1, "work"), Random(1, "choice"));
      FinishHeap ends;
      InstanceTally tally;
      Integral in_system, in_service;
      const auto see = [&](std::int64_t t) {
        in_system.until(t, station.in_service() + station.waiting());
        in_service.until(t, station.in_service());
      };
      Random random(4, "arrivals");
      const Distribution gap = Distribution::exponential(280ms);
      std::int64_t t = 0;
      for (int i = 0; i < 50'000; ++i) {
        t += gap.draw(random).count();
        while (!ends.empty() && ends.top().at <= t) {
          const FinishHeap::Entry next = ends.top();
          see(next.at);
          ends.pop();
          station.end({Duration{next.at}}, next.id, 0, ends, tally);
        }
        see(t);
        station.arrive({Duration{t}}, 0, {}, true, ends, tally);
      }
      station.add_present({Duration{t}}, 0, tally);
      EXPECT_GT(tally.waited, 1000);
      EXPECT_GT(tally.rejected, 10);
      EXPECT_TRUE(in_system.sum == tally.in_system_ns);
      EXPECT_TRUE(in_service.sum == tally.in_service_ns);
    }
  }
}

// All that happens, happens on whole seconds, and so do the samples: their sum is the integral.
TEST(LittlesLaw, HoldsForARunWhoseSeriesTellsEverySecond) {
  const Folder folder;
  std::string trace = "arrival_s,function,duration_s\n";
  Random random(5, "trace");
  std::int64_t t = 0;
  for (int i = 0; i < 5000; ++i) {
    t += static_cast<std::int64_t>(random.below(4));
    trace += std::to_string(t) + (random.below(3) > 0 ? ",kept," : ",served,") +
             std::to_string(random.below(9)) + "\n";
  }
  folder.write("trace.csv", trace);
  const RunResult result = run(folder.load(
      "functions:\n"
      "  kept: {policy: \"keep_alive:idle=5s\", instances: {max: 3, whenFull: wait},\n"
      "         service: {seconds: 1s, dispatch: newest}}\n"
      "  served: {servers: 2, service: {seconds: 1s, queue: central, dispatch: oldest}}\n"
      "workload: [{name: all, trace: trace.csv}]\n"
      "until: 8000s\n"
      "sampling: 1s\n"));
  for (const char* name : {"kept", "served"}) {
    const Summary::Function& f = result.summary.functions.at(name);
    ASSERT_EQ(f.requests.unfinished, 0);
    ASSERT_EQ(f.requests.rejected, 0);
    EXPECT_GT(*f.wait_probability, 0.05);
    const auto sum = [&](const char* field) {
      const auto values = samples(result, name, field);
      EXPECT_EQ(values.size(), 8001U);
      return static_cast<double>(std::accumulate(values.begin(), values.end(), std::int64_t{0}));
    };
    const double stays = f.latency_s->mean * static_cast<double>(f.requests.completed);
    const double integral = sum("in_flight") + sum("queued");
    EXPECT_NEAR(stays, integral, integral * 1e-12) << name;
    EXPECT_NEAR(*f.in_system_mean * 8000, integral, integral * 1e-12) << name;
    EXPECT_NEAR(f.busy_mean * 8000, sum("in_flight"), integral * 1e-12) << name;
    EXPECT_NEAR(f.replicas_mean * 8000, sum("replicas") - (f.scaled_by == "none" ? 2 : 0),
                integral * 1e-12)
        << name;
  }
}

using Json = nlohmann::json;

// Every scenario of the tree, whichever world it is of.
TEST(LittlesLaw, HoldsForEveryScenario) {
  int scenarios = 0;
  const test::TempFolder temp;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("scenarios")) {
    const std::string text = entry.is_regular_file() ? test::read_text(entry.path()) : "";
    if (entry.path().extension() != ".yaml") continue;
    if (!text.starts_with("base:") && text.find("\nbase:") == std::string::npos &&
        text.find("kind: Scenario") == std::string::npos)
      continue;
    ++scenarios;
    const std::string out = temp.path(std::to_string(scenarios)).string();
    test::thaw_command({"run", entry.path().string(), "--out", out});
    const Json summary = Json::parse(test::read_text(out + "/summary.json"));
    double integral = 0, stays = 0;
    for (const Json& function : summary.at("functions")) {
      EXPECT_EQ(function.at("requests").at("unfinished"), 0) << entry.path();
      integral +=
          function.at("in_system_mean").get<double>() * summary.at("simulated_s").get<double>();
      stays += function.value("in_vain_s", 0.0);
      if (function.contains("latency_s"))
        stays += function.at("latency_s").at("mean").get<double>() *
                 function.at("requests").at("completed").get<double>();
    }
    EXPECT_NEAR(integral, stays, 1e-9 + stays * 1e-12) << entry.path();
  }
  EXPECT_GE(scenarios, 15);
}

}  // namespace little_law_test
}  // namespace thaw::sim
