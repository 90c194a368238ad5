// thaw run: exit codes, what a person reads, and what the options change.
#include <gtest/gtest.h>

#include "tests/app/command.hpp"

namespace thaw::test {
namespace run_test {

// Lines of the timeline or of the list of checks that hold the mark and the text.
bool has_line(const std::string& text, const std::string& mark, const std::string& part) {
  for (const std::string& line : lines_of(text)) {
    if (has(line, mark) && has(line, part)) return true;
  }
  return false;
}

TEST(Run, OfTheMainScenarioHoldsAndTellsWhatHappened) {
  const Outcome run = thaw_command({"run", kKapsule});
  EXPECT_EQ(run.code, 0) << run.out;
  EXPECT_EQ(run.err, "");
  EXPECT_TRUE(has_line(run.out, "node", "gpu-1 GPU allocatable"));
  EXPECT_TRUE(has_line(run.out, "decision", "ollama 1 → 0"));
  EXPECT_TRUE(has_line(run.out, "pod", "ollama-1 Ready"));
  EXPECT_TRUE(has(run.out, "15 of 15 held"));
  EXPECT_TRUE(has_line(run.out, "✓", "pod gone"));
  EXPECT_FALSE(has(run.out, "✗"));
  for (const char* part : {"useful", "idle warm", "cold start", "stranded", "draining", "fixed",
                           "total", "per 1000 requests"}) {
    EXPECT_TRUE(has(run.out, std::string("  ") + part)) << part;
  }
}

// A file that is no terminal gets no colours, and nothing but text.
TEST(Run, PaintsNothingIntoAFile) {
  const Outcome run = thaw_command({"run", kKapsule});
  EXPECT_EQ(run.code, 0);
  EXPECT_FALSE(run.out.empty());
  EXPECT_FALSE(has(run.out, "\033["));
}

TEST(Run, TakesAFolderAFileAndAVariant) {
  for (const std::string scenario : {"/cold-call-024", "/cold-call-024.yaml"}) {
    const Outcome run = thaw_command({"run", kKapsule + scenario});
    EXPECT_EQ(run.code, 0) << run.err;
    EXPECT_TRUE(has(run.out, "slimfaas-kapsule/cold-call-024: "));
  }
  EXPECT_TRUE(has(thaw_command({"run", kKapsule + "/scenario.yaml"}).out, "15 of 15 held"));
}

TEST(Run, WithAFalseCheckEndsWithOneAndTellsWhatWasSeenWhen) {
  const Outcome run =
      thaw_command({"run", kKapsule, "--set", "checks.pod gone.expect=replicas(ollama) == 1"});
  EXPECT_EQ(run.code, 1);
  EXPECT_TRUE(has(run.out, "14 of 15 held"));
  // 21 min after the last completion: what was seen instead, and when, in the list of checks.
  EXPECT_TRUE(has_line(run.out, "✗ pod gone", "replicas(ollama) = 0 at 3")) << run.out;
}

TEST(Run, OfAVariantWithAFalseCheckEndsWithOne) {
  const TempFolder temp;
  const std::string folder = temp.copy_kapsule();
  temp.write("kapsule/wrong.yaml",
             "base: cold-call-024.yaml\n"
             "checks:\n"
             "  - {name: answered after all, end: true, expect: response(ask).status == 200}\n");
  const Outcome run = thaw_command({"run", folder + "/wrong"});
  EXPECT_EQ(run.code, 1);
  EXPECT_TRUE(has_line(run.out, "✗ answered after all", "response(ask).status = 500 at 1min10s"));
}

TEST(Run, WithoutAnyNodeForTheFunctionFails) {
  const Outcome run = thaw_command({"run", kKapsule, "--set", "cluster.pools.gpu.nodes.max=0"});
  EXPECT_EQ(run.code, 1);
  EXPECT_TRUE(has_line(run.out, "✗ function is up", "ready(ollama) = 0 at 20min"));
  // A step whose condition never held is a failed check of its name.
  EXPECT_TRUE(has_line(run.out, "✗ tags", "ready(ollama) >= 1 did not hold within 25min"));
}

TEST(Set, OfAWrongPathNamesTheNearestKey) {
  Outcome run = thaw_command({"run", kKapsule, "--set", "cluster.pools.gpu.nodez.max=0"});
  EXPECT_EQ(run.code, 2);
  EXPECT_TRUE(has(run.err, "cluster.pools.gpu.nodez: unknown key; did you mean nodes?")) << run.err;
  run = thaw_command({"run", kKapsule, "--set", "cluster.pools.gpux.nodes.max=0"});
  EXPECT_EQ(run.code, 2);
  EXPECT_TRUE(has(run.err, "did you mean gpu?")) << run.err;
}

TEST(Set, OfAWrongValuePointsAtIt) {
  // The value begins in column 29 of cluster.pools.gpu.nodes.max=-1.
  const Outcome run = thaw_command({"run", kKapsule, "--set", "cluster.pools.gpu.nodes.max=-1"});
  EXPECT_EQ(run.code, 2);
  EXPECT_TRUE(has(run.err, ":1:29: cluster.pools.gpu.nodes.max: expected")) << run.err;
}

TEST(Policy, OfTheCommandLineOverridesTheManifest) {
  const Outcome run = thaw_command(
      {"run", kKapsule, "--policy", "idle_timeout:TimeoutSecondBeforeSetReplicasMin=60"});
  // The manifest's 1200 s gone, the checks that count on them fail.
  EXPECT_EQ(run.code, 1);
  EXPECT_TRUE(has_line(run.out, "decision", "(idle timeout 60 s)"));
  EXPECT_FALSE(has(run.out, "idle timeout 1200 s"));
  EXPECT_TRUE(has_line(run.out, "✗", "pod still there after 19 min"));
}

TEST(Policy, MayBeGivenToOneFunction) {
  const Outcome run = thaw_command(
      {"run", kKapsule, "--policy", "ollama=idle_timeout:TimeoutSecondBeforeSetReplicasMin=60"});
  EXPECT_TRUE(has_line(run.out, "decision", "(idle timeout 60 s)"));
}

struct RefusedPolicy {
  const char* argument;
  const char* said;
};

class RefusedPolicies : public testing::TestWithParam<RefusedPolicy> {};

TEST_P(RefusedPolicies, EndWithTwoAndNameWhatThereIs) {
  const Outcome run = thaw_command({"run", kKapsule, "--policy", GetParam().argument});
  EXPECT_EQ(run.code, 2);
  EXPECT_TRUE(run.out.empty()) << run.out.substr(0, 200);
  EXPECT_TRUE(has(run.err, GetParam().said)) << run.err;
}

INSTANTIATE_TEST_SUITE_P(
    Policy, RefusedPolicies,
    testing::Values(RefusedPolicy{"nope", "there is no policy \"nope\"; there are: alert_factor, "},
                    RefusedPolicy{"olama=idle_timeout", "did you mean \"ollama\"?"},
                    RefusedPolicy{"idle_timeout:TimeoutSecondBeforeSetReplicaMin=60",
                                  "did you mean TimeoutSecondBeforeSetReplicasMin?"},
                    RefusedPolicy{"idle_timeout:TimeoutSecondBeforeSetReplicasMin=-60",
                                  "expected an integer from 0"},
                    RefusedPolicy{"idle_timeout:60", "expected key=value"}));

}  // namespace run_test
}  // namespace thaw::test
