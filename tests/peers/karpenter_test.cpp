// The simulated Karpenter beside the real one, live: Karpenter 1.14 with its kwok provider on a
// real control plane, and `thaw run` of the same shape. The nodes of each machine type have to
// become the same numbers in the same order, each change within the real one's own intervals: a new
// node within the batch window (1 s), a removal within the loop that disrupts (10 s), whose phase
// is anybody's. What follows a removal by the pods' moving, a replacement's node, is decided in
// that loop too.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <memory>

#include "tests/live/eventually.hpp"
#include "tests/peers/agreement.hpp"
#include "tests/peers/karpenter_shape.hpp"
#include "tests/peers/observer.hpp"
#include "tests/peers/program.hpp"

namespace thaw::peers {
namespace karpenter_test {

using namespace std::chrono_literals;

constexpr Duration kBatch = 1s, kLoop = 10s;

class Karpenter : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    plane_ = std::make_unique<live::Plane>(std::vector<std::string>{"-namespace"});
    apply({"--server-side",
           "--filename=" + from_environment("THAW_KARPENTER") + "/manifests/crds.yaml"});
    // With no node at all the scheduler would let pods wait for its back-off.
    apply({"--filename=-"}, R"(apiVersion: v1
kind: Node
metadata: {name: plain, labels: {fake: "true"}}
)");
  }
  static void TearDownTestSuite() {
    EXPECT_EQ(plane_->stop(), 0);
    plane_.reset();
  }

  static void apply(std::vector<std::string> how, const std::string& input = {}) {
    how.insert(how.begin(), "apply");
    const live::Output applied = plane_->kubectl(how, input);
    ASSERT_EQ(applied.exit_code, 0) << applied.text;
  }

  // The timeline of the simulated one; it starts its loop at the phase that the seed draws.
  static std::string simulated(const Shape& shape, int seed) {
    const std::string folder = plane_->folder() + "/" + shape.name;
    write_scenario(shape, folder);
    const live::Output ran = live::run({from_environment("THAW_BINARY"), "run", folder, "--seed",
                                        std::to_string(seed), "--out", folder + "/out"});
    EXPECT_EQ(ran.exit_code, 0) << ran.text;
    return folder + "/out";
  }

  // Of the real one, which is started for it; at `phase` of its loop, more or less.
  static std::string observed(const Shape& shape, Duration phase) {
    const std::string types = plane_->folder() + "/types.json",
                      log = plane_->folder() + "/karpenter.log";
    std::ofstream(types) << instance_types(shape);
    const live::Companion karpenter(command_of(
        {.path = from_environment("THAW_KARPENTER") + "/kwok",
         .environment = {"KUBECONFIG=" + plane_->kubeconfig(), "SYSTEM_NAMESPACE=kube-system",
                         "KUBERNETES_MIN_VERSION=1.19.0-0", "DISABLE_LEADER_ELECTION=true",
                         "METRICS_PORT=8081", "HEALTH_PROBE_PORT=8082",
                         "INSTANCE_TYPES_FILE_PATH=" + types, "BATCH_IDLE_DURATION=1s",
                         "BATCH_MAX_DURATION=10s"},
         .log = log}));
    apply({"--filename=-"}, node_pool(shape));
    apply({"--filename=-"}, deployment(shape, 0));
    const bool works = live::eventually(60s, [&] {
      return live::run({"curl", "-sf", "http://127.0.0.1:8082/readyz"}).exit_code == 0;
    });
    EXPECT_TRUE(works) << live::run({"tail", "-5", log}).text;
    usleep(static_cast<useconds_t>(phase / 1us));
    Observer observer(*plane_, "default", "app");
    usleep(500'000);  // the watches are open
    const auto begun = Clock::now();
    for (const auto& [at_s, replicas] : shape.scales()) {
      std::this_thread::sleep_until(observer.first_asked().value_or(begun) +
                                    std::chrono::seconds(at_s));
      plane_->kubectl({"scale", "deployment/a", "--replicas=" + std::to_string(replicas)});
    }
    EXPECT_TRUE(live::eventually(90s, [&] { return observer.now(diff::Measure::nodes) == 0; }))
        << live::run({"tail", "-5", log}).text;
    EXPECT_TRUE(observer.first_asked());
    return observer.timeline(observer.first_asked().value_or(begun));
  }

  // In nine of ten runs; of fewer than ten, in all.
  static void agrees(const Shape& shape) {
    int held = 0;
    std::string others;
    for (int run = 0; run < runs(); ++run) {
      const std::string timeline = observed(shape, run * kLoop / runs());
      diff::Options options;
      options.measures = {diff::Measure::nodes};
      diff::Tracks ours = diff::read_tracks(simulated(shape, run + 1));
      std::erase_if(ours.all, [](const diff::Track& track) { return track.steps.empty(); });
      const auto difference = compare(ours, diff::tracks_of(timeline, "observed"), options);
      const Agreement found = agreement(difference, std::chrono::seconds(shape.first_s));
      const bool holds = found.same_sequence && found.before <= kBatch && found.after <= kLoop;
      held += holds ? 1 : 0;
      if (!holds) others += to_text(difference, false) + timeline;
      std::printf("| %s | %d | %s | %.2f s | %.1f s | %s |\n", shape.name.c_str(), run + 1,
                  found.same_sequence ? "same" : "different", seconds(found.before),
                  seconds(found.after), load_average().c_str());
      std::fflush(stdout);
    }
    EXPECT_GE(held, enough_of(runs())) << others;
  }

  static std::unique_ptr<live::Plane> plane_;
};

std::unique_ptr<live::Plane> Karpenter::plane_;

const std::vector<MachineType> kLarger{
    {"gpu-1x", 1, 1.0}, {"gpu-2x", 2, 1.9}, {"gpu-4x", 4, 3.7}, {"gpu-8x", 8, 7.2}};

// Three pending pods of one GPU are one machine of four, though three small ones cost less.
TEST_F(Karpenter, BringsANodeForThreePodsAndTakesItAwayAtZero) {
  agrees({.name = "three-pods",
          .types = kLarger,
          .consolidation = "WhenEmpty",
          .consolidate_after_s = 2,
          .first = 3,
          .first_s = 12,
          .then = 0});
}

// A machine of two that is cheaper than one of one; it stays for consolidateAfter.
TEST_F(Karpenter, ChoosesByPrice) {
  agrees({.name = "price",
          .types = {{"gpu-1x", 1, 1.0}, {"gpu-2x", 2, 0.8}, {"gpu-4x", 4, 3.7}},
          .consolidation = "WhenEmpty",
          .consolidate_after_s = 20,
          .first = 1,
          .first_s = 12,
          .then = 0});
}

// One pod is left of three: a cheaper machine is brought for it, and the large one goes.
TEST_F(Karpenter, ReplacesANodeByACheaperOne) {
  agrees({.name = "replacement",
          .types = kLarger,
          .consolidation = "WhenEmptyOrUnderutilized",
          .consolidate_after_s = 2,
          .first = 3,
          .first_s = 12,
          .then = 1});
}

}  // namespace karpenter_test
}  // namespace thaw::peers
