#include <gtest/gtest.h>

#include "tests/lint/clusters.hpp"

namespace thaw::lint {
namespace mig_replicas_test {

using Texts = std::vector<std::string>;

OneFunction partitioned(int replicas) {
  OneFunction one;
  one.machine = "{preset: gke/a2-highgpu-1g}";
  one.pool += ", gpuSharing: {mode: mig, profile: 1g.5gb}";
  one.replicas = replicas;
  return one;
}

// An A100 of 40 GB has 7 instances of 1g.5gb (NVIDIA's MIG user guide).
TEST(MigReplicas, SevenInstancesOfOneCard) {
  EXPECT_EQ(places(linted(files_of(partitioned(7)))), Texts{});
  EXPECT_EQ(places(linted(files_of(partitioned(8)))), Texts{"TH304 m.yaml:14:32"});
}

TEST(MigReplicas, TheNameOfTheOtherStrategy) {
  OneFunction one = partitioned(1);
  one.limits = "nvidia.com/mig-1g.5gb: 1";
  EXPECT_EQ(places(linted(files_of(one))), Texts{"TH304 m.yaml:14:32"});
}

std::string text(const std::string& partition, int most) {
  return "```bash\ngcloud container node-pools create p --cluster c --num-nodes 1 \\\n"
         "  --accelerator type=nvidia-tesla-a100,count=1,gpu-partition-size=" +
         partition + "\n```\n\n```yaml\nautoscaling.knative.dev/maxScale: \"" +
         std::to_string(most) + "\"\n```\n";
}

TEST(MigReplicas, AMaximumAboveThePoolThatATextMakes) {
  EXPECT_EQ(places(linted({{"a.md", text("1g.5gb", 7)}}), "TH304"), Texts{});
  const Result result = linted({{"a.md", text("1g.5gb", 8)}});
  EXPECT_EQ(places(result, "TH304"), Texts{"TH304 a.md:7:35"});
  EXPECT_EQ(severities(result, "TH304"), std::vector<Severity>{Severity::warning});
}

TEST(MigReplicas, APartitionThatTheCardDoesNotHave) {
  EXPECT_EQ(places(linted({{"a.md", text("1g.6gb", 1)}}), "TH304"), Texts{"TH304 a.md:3:67"});
}

}  // namespace mig_replicas_test
}  // namespace thaw::lint
