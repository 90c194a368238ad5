#include "drivers/world/recording.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/calibration/observed.hpp"
#include "engine/recording/file.hpp"
#include "engine/recording/replay.hpp"
#include "tests/drivers/world/bench.hpp"

namespace thaw::world {
namespace recording_test {

constexpr std::int64_t kStart_ns = 1767571200'000'000'000;  // 2026-01-05T00:00:00Z

// A function that is woken and idles out again and again, recorded into files of 20 kB.
class Recorded {
 public:
  Recorded() {
    std::filesystem::remove_all(folder);
    bench.put(slimfaas("ollama", 0, "30"));
    recording.emplace(folder, bench.decisions, bench.inventory, bench.clock, bench.log, 20'000);
    control.begin({}, 5s);
  }
  ~Recorded() { std::filesystem::remove_all(folder); }

  void run(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      control.wake(kOllama);
      bench.clock.turn_to(bench.clock.now() + 60s, [this](FunctionId id) { control.alarm(id); });
      if (!recording->full()) continue;
      control.tell_made([this] { recording->next(); });
    }
  }
  std::string file(int number) const {
    return folder + "/recording-00000" + std::to_string(number) + ".jsonl";
  }
  // Files one after the other.
  static std::pair<int, int> replayed(const std::vector<std::string>& paths) {
    recording::Replay replay(find_policy, {});
    int asked = 0, same = 0;
    for (const std::string& path : paths)
      recording::read_file(path, [&](recording::Line line, int number) {
        const auto again = replay.take(std::move(line), path, number);
        asked += again ? 1 : 0;
        same += again && again->same() ? 1 : 0;
      });
    return {asked, same};
  }

  const std::string folder = testing::TempDir() + "recorded";
  Bench bench;
  std::optional<Recording> recording;
  Control control{
      {bench.clock, bench.cluster, *this->recorder(), bench.activity, bench.inventory, bench.log,
       [this](const Functions& functions) {
         bench.observer.serve(functions);
         bench.decisions.serve(functions);
         bench.cluster.serve(functions);
       },
       [this] { return functions_of(bench.inventory, bench.config, find_policy, false, true); },
       [] {}, [] {}, [](const Functions&) {},
       [this](const Function& function, const Wants& wants, const SavedState* state) {
         recording->made(function, wants, state);
       }}};

 private:
  // The recording is there before anything is asked.
  class Late final : public Recorder {
   public:
    explicit Late(Recorded& of) : of_(of) {}
    void step(FunctionId id, const Observation& seen, const Decision& decided,
              const Decision& capped) override {
      of_.recording->step(id, seen, decided, capped);
    }
    void look(FunctionId id, const Observation& seen) override { of_.recording->look(id, seen); }

   private:
    Recorded& of_;
  };
  Late* recorder() { return &late_; }
  Late late_{*this};
};

TEST(DriverRecording, OfSeveralFilesIsDecidedAgain) {
  Recorded recorded;
  recorded.run(40);
  ASSERT_TRUE(std::filesystem::exists(recorded.file(3))) << "larger than 40 kB";
  const auto [asked, same] =
      Recorded::replayed({recorded.file(1), recorded.file(2), recorded.file(3)});
  EXPECT_GT(asked, 60);
  EXPECT_EQ(same, asked);
}

TEST(DriverRecording, OfWhichTheFirstFileIsLostGoesOnFromItsState) {
  Recorded recorded;
  recorded.run(20);
  const auto [asked, same] = Recorded::replayed({recorded.file(2)});
  EXPECT_GT(asked, 20);
  EXPECT_GE(same, asked - 3) << "its grids begin anew";
}

TEST(DriverRecording, LeavesEarlierOnesAlone) {
  Recorded recorded;
  recorded.run(1);
  const auto before = std::filesystem::file_size(recorded.file(1));
  Recording again(recorded.folder, recorded.bench.decisions, recorded.bench.inventory,
                  recorded.bench.clock, recorded.bench.log);
  EXPECT_EQ(std::filesystem::file_size(recorded.file(1)), before);
  EXPECT_TRUE(std::filesystem::exists(recorded.file(2)));
}

TEST(DriverRecording, ThatACrashCutOffIsReadUpToThere) {
  Recorded recorded;
  recorded.run(2);
  const auto [asked, same] = Recorded::replayed({recorded.file(1)});
  std::filesystem::resize_file(recorded.file(1), std::filesystem::file_size(recorded.file(1)) - 7);
  const auto [asked_of_cut, same_of_cut] = Recorded::replayed({recorded.file(1)});
  EXPECT_EQ(asked_of_cut, asked - 1);
  EXPECT_EQ(same_of_cut, same - 1);
}

// Those of other workloads are nobody's business here, and one that was there before is told too.
TEST(DriverRecording, HasTheStagesOfItsFunctionsPodsUnderTheirNames) {
  Recorded recorded;
  Bench& bench = recorded.bench;
  const auto put = [&](const std::string& of, const Json& object) {
    bench.inventory.apply_pod(object);
    recorded.recording->pods_changed({false, "default", of});
  };
  bench.put(deployment("other", 1));
  put("other", pod("other", "1"));
  put("ollama", pod("ollama", "2"));
  recorded.run(1);  // the function is known from here on
  put("ollama", pod("ollama", "3", false));
  bench.inventory.remove_pod(pod("ollama", "2"));
  recorded.recording->pods_changed({false, "default", "ollama"});

  std::vector<std::string> stages;
  for (int file = 1; std::filesystem::exists(recorded.file(file)); ++file)
    recording::read_file(recorded.file(file), [&](const recording::Line& line, int) {
      const auto* stage = std::get_if<recording::Stage>(&line);
      if (stage != nullptr) stages.push_back(stage->name + " " + stage->who + " " + stage->what);
    });
  EXPECT_EQ(stages, (std::vector<std::string>{
                        "ollama ollama-5d4f-2 created", "ollama ollama-5d4f-2 ready",
                        "ollama ollama-5d4f-3 created", "ollama ollama-5d4f-2 gone"}));
}

std::vector<std::string> stages_of_nodes(const std::string& file) {
  std::vector<std::string> stages;
  recording::read_file(file, [&](const recording::Line& line, int) {
    const auto* stage = std::get_if<recording::Stage>(&line);
    if (stage != nullptr && stage->node)
      stages.push_back(stage->name + " " + stage->who + " " + stage->what + " " +
                       std::to_string((stage->at.ns() - kStart_ns) / 1'000'000'000));
  });
  return stages;
}

// A pod that has no room, and the node that comes for it. The clock stands at 02:00.
TEST(DriverRecording, HasTheStagesOfANodeFromThePodThatItCameFor) {
  Recorded recorded;
  recorded.run(1);
  Bench& bench = recorded.bench;
  const auto put = [&](const Json& object) {
    bench.inventory.apply_pod(object);
    recorded.recording->pods_changed({false, "default", "ollama"});
  };
  bench.clock.turn_to(TimePoint{Duration{kStart_ns}} + 7200s, [](FunctionId) {});
  Json waiting = pod("ollama", "1", false);
  waiting["spec"].erase("nodeName");
  waiting["status"]["conditions"] =
      Json::parse(R"([{"type":"PodScheduled","status":"False","reason":"Unschedulable"}])");
  put(waiting);

  Json node = Json::parse(R"({"metadata":{"name":"gpu-1","creationTimestamp":"2026-01-05T02:01:30Z",
    "labels":{"k8s.scaleway.com/pool-name":"gpu","node.kubernetes.io/instance-type":"L4"}},
    "status":{"conditions":[{"type":"Ready","status":"False"}]}})");
  const auto told = [&] { recorded.recording->node_changed(node_of(node)); };
  told();
  node["status"]["conditions"][0] = {
      {"type", "Ready"}, {"status", "True"}, {"lastTransitionTime", "2026-01-05T02:02:00Z"}};
  told();
  bench.clock.turn_to(TimePoint{Duration{kStart_ns}} + 7380s, [](FunctionId) {});
  node["status"]["allocatable"] = {{"cpu", "4"}, {"nvidia.com/gpu", "1"}};
  told();
  Json bound = pod("ollama", "1");
  bound["status"]["conditions"][0]["lastTransitionTime"] = "2026-01-05T02:03:02Z";
  put(bound);
  recorded.recording->node_gone(node_of(node));
  EXPECT_EQ(stages_of_nodes(recorded.file(1)),
            (std::vector<std::string>{"gpu gpu-1 created 7290", "gpu gpu-1 ready 7320",
                                      "gpu gpu-1 allocatable 7380", "gpu gpu-1 ordered 7200",
                                      "gpu gpu-1 gone 7380"}));

  calibration::Observing observing;
  recording::read_file(recorded.file(1),
                       [&](const recording::Line& line, int) { observing.take(line); });
  const calibration::Provisioned pool = observing.finish().pools.at("gpu");
  EXPECT_EQ(pool.total, std::vector<double>{180});
  EXPECT_EQ(pool.instance, 90);
  EXPECT_EQ(pool.boot, 30);
  EXPECT_EQ(pool.gpu, 60);
}

// Of what a gateway counted in all, a line has what was added, and nothing where nothing was.
TEST(DriverRecording, HasHowCallsEndedSinceTheLineBefore) {
  Recorded recorded;
  gateway::Traffic traffic;
  traffic.function = kOllama;
  traffic.total = traffic.completed = 3;
  traffic.in_flight = 2;
  traffic.cold = 1;
  recorded.recording->calls({traffic});
  recorded.recording->calls({traffic});
  traffic.total = 6;
  traffic.completed = 4;
  traffic.timed_out = 2;
  traffic.in_flight = 0;
  recorded.recording->calls({traffic});
  std::vector<std::vector<std::uint64_t>> calls;
  recording::read_file(recorded.file(1), [&](const recording::Line& line, int) {
    if (const auto* one = std::get_if<recording::Calls>(&line))
      calls.push_back({one->arrived, one->completed, one->cold, one->timed_out});
  });
  EXPECT_EQ(calls, (std::vector<std::vector<std::uint64_t>>{{5, 3, 1, 0}, {1, 1, 0, 2}}));
}

TEST(DriverRecording, WhereItCannotWriteIsSaidAtOnce) {
  Bench bench;
  EXPECT_THROW(Recording("/proc/nowhere", bench.decisions, bench.inventory, bench.clock, bench.log),
               std::runtime_error);
}

}  // namespace recording_test
}  // namespace thaw::world
