// The policy of CONTRIBUTING.md: its text there is this file, and the file does what it says.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/controller.hpp"
#include "policies/all.hpp"
#include "tests/policies/shown.hpp"

namespace thaw {

PolicyInfo target_in_flight_policy();  // as policies/all.cpp declares it

namespace {

std::string text_of(const char* file) {
  std::ifstream in(file);
  EXPECT_TRUE(in.good()) << file << ": run from the root of the repository";
  return {std::istreambuf_iterator<char>(in), {}};
}

const std::string kExample = text_of("examples/policies/target_in_flight.cpp");

TEST(WorkedExample, StandsInContributingAsItIsCompiled) {
  const std::string guide = text_of("CONTRIBUTING.md");
  const std::string opens = "```cpp\n";
  const std::size_t begin = guide.find(opens);
  ASSERT_NE(begin, std::string::npos);
  const std::size_t end = guide.find("```", begin + opens.size());
  EXPECT_EQ(guide.substr(begin + opens.size(), end - begin - opens.size()), kExample);
}

TEST(WorkedExample, IsOneFileBelowSixtyLines) {
  EXPECT_LT(std::count(kExample.begin(), kExample.end(), '\n'), 60);
}

// 25 in flight at a target of 10: ceil(25 / 10) = 3; 60 would be 6, and 5 is the most.
TEST(WorkedExample, DividesWhatIsInFlightByItsTarget) {
  Shown f(target_in_flight_policy, {{"target", "10"}});
  ASSERT_EQ(f.problem(), "");
  f.seen.in_flight = 20;
  f.seen.queued = 5;
  const Decision decision = f.ask(30s);
  EXPECT_EQ(decision.desired, Replicas(3));
  EXPECT_EQ(decision.ask_again, kStart + 45s);
  EXPECT_EQ(to_words(decision.why), "trigger 0: 25 (threshold 10) → 3");
  f.seen.in_flight = 55;
  const Decision most = f.ask(45s);
  EXPECT_EQ(most.desired, Replicas(5));
  EXPECT_EQ(to_words(most.why), "trigger 0: 60 (threshold 10) → 6; limit max 5");
  f.seen.in_flight = f.seen.queued = 0;
  EXPECT_EQ(f.ask(60s).desired, Replicas(0));
}

TEST(WorkedExample, RefusesWhatItDoesNotKnow) {
  EXPECT_TRUE(Shown(target_in_flight_policy, {{"target", "0"}}).complains("target"));
  EXPECT_TRUE(Shown(target_in_flight_policy, {{"tarjet", "2"}}).complains("target"));
}

// A cluster that does at once what is written, and an alarm that rings when it was set for.
class OneFunction final : public Clock, public Cluster, public Recorder {
 public:
  TimePoint now() const override { return seen.now; }
  void set_alarm(FunctionId, TimePoint t) override { alarm = t; }
  void cancel_alarm(FunctionId) override { alarm = TimePoint::never(); }
  const Observation& observe(FunctionId, const Wants&, Cause cause) override {
    seen.cause = cause;
    return seen;
  }
  std::uint64_t submit(FunctionId, const Decision& decision) override {
    seen.spec = *decision.desired;
    return ++writes;
  }
  void step(FunctionId, const Observation&, const Decision&, const Decision&) override {}

  Observation seen{};
  TimePoint alarm = TimePoint::never();
  std::uint64_t writes = 0;
};

TEST(WorkedExample, RunsOnTheSeam) {
  OneFunction world;
  world.seen.now = kStart;
  Controller controller(world, world, world);
  Spec spec;
  Diagnostics diagnostics;
  controller.add(0, target_in_flight_policy().make(spec, diagnostics));
  controller.start();
  EXPECT_EQ(world.seen.spec, Replicas(0));
  EXPECT_EQ(world.alarm, kStart + 15s);

  world.seen.now = kStart + 4s;
  world.seen.queued = 1;
  controller.poke(0, Cause::arrival_at_zero);
  EXPECT_EQ(world.seen.spec, Replicas(1));
  EXPECT_EQ(world.alarm, kStart + 19s);

  world.seen.now = world.alarm;
  world.seen.in_flight = 34;
  controller.alarm(0);
  EXPECT_EQ(world.seen.spec, Replicas(4)) << "ceil(35 / 10)";
}

}  // namespace
}  // namespace thaw
