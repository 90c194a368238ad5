#include "drivers/world/recording.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/recording/file.hpp"
#include "engine/recording/replay.hpp"
#include "tests/drivers/world/bench.hpp"

namespace thaw::world {
namespace recording_test {

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

TEST(DriverRecording, WhereItCannotWriteIsSaidAtOnce) {
  Bench bench;
  EXPECT_THROW(Recording("/proc/nowhere", bench.decisions, bench.inventory, bench.clock, bench.log),
               std::runtime_error);
}

}  // namespace recording_test
}  // namespace thaw::world
