// Bad input: every mistake with file, line and column on standard error, all at once, exit code 2,
// and nothing written.
#include <gtest/gtest.h>

#include <cstdint>

#include "tests/app/command.hpp"

namespace thaw::test {
namespace bad_input_test {

// One line of standard error for each mistake: "FILE:LINE:COLUMN: what".
std::vector<std::string> mistakes_in(const std::string& file, const std::string& err) {
  std::vector<std::string> mistakes;
  for (const std::string& line : lines_of(err)) {
    if (line.starts_with(file + ":")) mistakes.push_back(line.substr(file.size() + 1));
  }
  return mistakes;
}

class BadInput : public testing::Test {
 protected:
  BadInput() : folder_(temp_.copy_kapsule()), file_(folder_ + "/scenario.yaml") {}

  // Runs the copy of the scenario, which has to be refused, and gives what was said of `file`.
  std::vector<std::string> refused(const std::string& file) {
    const Outcome run = thaw_command({"run", folder_, "--out", temp_.path("out").string()});
    EXPECT_EQ(run.code, 2) << run.err;
    EXPECT_TRUE(run.out.empty()) << run.out.substr(0, 200);
    EXPECT_FALSE(std::filesystem::exists(temp_.path("out"))) << "something was written";
    said_ = run.err;
    return mistakes_in(file, run.err);
  }
  std::vector<std::string> refused() { return refused(file_); }

  void change(const std::string& part, const std::string& by) {
    temp_.write("kapsule/scenario.yaml", replaced(read_text(file_), part, by));
  }
  // "LINE:COLUMN" of the scenario at which the text begins, plus the offset.
  std::string place_of(const std::string& part, std::size_t offset = 0) const {
    const auto lines = lines_of(read_text(file_));
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::size_t at = lines[i].find(part);
      if (at != std::string::npos)
        return std::to_string(i + 1) + ":" + std::to_string(at + offset + 1);
    }
    return "nowhere";
  }
  // The one mistake that was made is the one that is told, at its place.
  void expect_only(const std::string& place, const std::string& part) {
    const auto mistakes = refused();
    ASSERT_EQ(mistakes.size(), 1U) << said_;
    EXPECT_TRUE(mistakes[0].starts_with(place + ": ")) << mistakes[0] << "\nexpected at " << place;
    EXPECT_TRUE(has(mistakes[0], part)) << mistakes[0];
  }

  TempFolder temp_;
  std::string folder_, file_, said_;
};

TEST_F(BadInput, UnknownKeyIsToldWithTheNearest) {
  change("taints:", "tainst:");
  expect_only(place_of("tainst:"), "did you mean taints?");
}

TEST_F(BadInput, MissingUnitIsToldWithTheUnit) {
  change("median: 10min", "median: 10");
  expect_only(place_of("median: 10,", 8), "expected a duration");
}

TEST_F(BadInput, NegativeRateIsRefused) {
  change("workload:\n",
         "workload:\n"
         "  - {function: ollama, arrivals: {process: poisson, rate: -1/s}, until: 1h}\n");
  expect_only(place_of("rate: -1/s", 6), "expected a rate above 0");
}

TEST_F(BadInput, DuplicateKeyIsRefused) {
  change("manifests: [manifests/*.yaml]\n",
         "manifests: [manifests/*.yaml]\nmanifests: [manifests/ollama.yaml]\n");
  expect_only(place_of("manifests: [manifests/ollama"), "manifests");
}

TEST_F(BadInput, TabIsRefused) {
  change("    image: 1.9GiB", "\timage: 1.9GiB");
  const auto mistakes = refused();
  ASSERT_FALSE(mistakes.empty()) << said_;
  EXPECT_TRUE(mistakes[0].starts_with(place_of("\timage"))) << said_;
  EXPECT_TRUE(has(mistakes[0], "tab")) << said_;
}

TEST_F(BadInput, MissingManifestIsToldAtItsName) {
  change("[manifests/*.yaml]", "[manifests/*.yaml, manifests/absent.yaml]");
  expect_only(place_of("manifests/absent.yaml"), "absent.yaml");
}

TEST_F(BadInput, EmptyFileIsRefused) {
  temp_.write("kapsule/scenario.yaml", "");
  const auto mistakes = refused();
  ASSERT_EQ(mistakes.size(), 1U) << said_;
  EXPECT_TRUE(has(mistakes[0], "empty")) << said_;
}

// Every byte, by a rule: the same ten megabytes each time.
std::string garbage() {
  std::string text;
  std::uint32_t state = 20260105;
  while (text.size() < 10'000'000) {
    state = state * 1664525U + 1013904223U;
    text += static_cast<char>(state >> 24U);
  }
  return text;
}

TEST_F(BadInput, TenMegabytesOfGarbageAreRefusedAsAScenario) {
  temp_.write("kapsule/scenario.yaml", garbage());
  EXPECT_EQ(refused().size(), 1U) << said_.substr(0, 1000);
  EXPECT_LT(said_.size(), 1000U);  // the garbage itself is not told
}

TEST_F(BadInput, TenMegabytesOfGarbageAreRefusedAsAManifest) {
  const std::string manifest = temp_.write("kapsule/manifests/ollama.yaml", garbage());
  EXPECT_EQ(refused(manifest).size(), 1U) << said_.substr(0, 1000);
  EXPECT_LT(said_.size(), 1000U);
}

// Each level names the one before ten times: 10^9 leaves in eleven lines.
std::string alias_bomb() {
  std::string text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\na0: &a0 [x]\n";
  for (int level = 1; level <= 9; ++level) {
    const std::string name = "a" + std::to_string(level), below = "*a" + std::to_string(level - 1);
    text += name + ": &" + name + " [" + below;
    for (int i = 1; i < 10; ++i) text += ", " + below;
    text += "]\n";
  }
  return text;
}

TEST_F(BadInput, AliasBombIsRefusedAsAScenario) {
  temp_.write("kapsule/scenario.yaml", alias_bomb());
  EXPECT_FALSE(refused().empty()) << said_;
}

TEST_F(BadInput, AliasBombIsRefusedAsAManifest) {
  const std::string manifest = temp_.write("kapsule/manifests/bomb.yaml", alias_bomb());
  EXPECT_FALSE(refused(manifest).empty()) << said_;
}

TEST_F(BadInput, ThreeMistakesAreToldAtOnceInTheOrderOfTheFile) {
  change("taints:", "tainst:");
  change("median: 10min", "median: 10");
  change("at: 5s", "at: soon");
  const auto mistakes = refused();
  ASSERT_EQ(mistakes.size(), 3U) << said_;
  EXPECT_TRUE(mistakes[0].starts_with(place_of("tainst:") + ": ")) << said_;
  EXPECT_TRUE(mistakes[1].starts_with(place_of("median: 10,", 8) + ": ")) << said_;
  EXPECT_TRUE(mistakes[2].starts_with(place_of("at: soon", 4) + ": ")) << said_;
  EXPECT_TRUE(has(mistakes[0], ": cluster.pools.gpu.tainst: ")) << said_;
  EXPECT_TRUE(has(mistakes[1], ": cluster.pools.gpu.provisioning.median: ")) << said_;
  EXPECT_TRUE(has(mistakes[2], ": workload.wake.at: ")) << said_;
}

TEST_F(BadInput, MistakesOfAManifestAreToldThere) {
  const std::string manifest = folder_ + "/manifests/ollama.yaml";
  temp_.write("kapsule/manifests/ollama.yaml",
              replaced(read_text(manifest), "  replicas: 1\n", "  replicas: one\n"));
  const auto mistakes = refused(manifest);
  ASSERT_EQ(mistakes.size(), 1U) << said_;
  EXPECT_TRUE(has(mistakes[0], ": spec.replicas: ")) << said_;
}

TEST_F(BadInput, MistakesOfAnAnnotationAreToldInTheManifest) {
  const std::string manifest = folder_ + "/manifests/ollama.yaml";
  temp_.write("kapsule/manifests/ollama.yaml",
              replaced(read_text(manifest), "\"1200\"", "\"soon\""));
  EXPECT_EQ(refused(manifest).size(), 1U) << said_;
}

// Before the cluster is looked for.
TEST_F(BadInput, AShadowWithAGatewayIsRefused) {
  temp_.write("drive.yaml",
              "apiVersion: thaw/v1\nkind: Drive\nnamespaces: [default]\nkubeconfig: /nowhere\n"
              "gateway: {listen: \"127.0.0.1:0\"}\n");
  const std::string config = temp_.path("drive.yaml").string();
  const Outcome drive = thaw_command({"drive", config, "--shadow"});
  EXPECT_EQ(drive.code, 2);
  EXPECT_NE(drive.err.find("gateway: a shadow only looks on"), std::string::npos) << drive.err;
}

// Before any cluster is asked.
TEST_F(BadInput, CleanTakesRunsOrAllAndAKubeconfigThatIsThere) {
  const Outcome both = thaw_command({"clean", "--all", "20260105-143000-k3f9"});
  EXPECT_EQ(both.code, 2);
  EXPECT_NE(both.err.find("--all: is instead of ids of runs"), std::string::npos) << both.err;
  const Outcome missing = thaw_command({"clean", "--kubeconfig", "/nowhere"});
  EXPECT_EQ(missing.code, 2);
  EXPECT_EQ(missing.err, "/nowhere: cannot read the file \"/nowhere\"\n");
  EXPECT_EQ(missing.out, "");
}

TEST_F(BadInput, LeavesTheResultsOfAnEarlierRunAlone) {
  const std::string out = temp_.path("earlier").string();
  ASSERT_EQ(thaw_command({"run", folder_, "--out", out}).code, 0);
  const std::string before = read_text(temp_.path("earlier/summary.json"));
  change("taints:", "tainst:");
  EXPECT_EQ(thaw_command({"run", folder_, "--out", out}).code, 2);
  EXPECT_EQ(read_text(temp_.path("earlier/summary.json")), before);
}

}  // namespace bad_input_test
}  // namespace thaw::test
