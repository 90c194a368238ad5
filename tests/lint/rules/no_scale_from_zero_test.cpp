#include <gtest/gtest.h>

#include "tests/lint/clusters.hpp"

namespace thaw::lint {
namespace no_scale_from_zero_test {

using Texts = std::vector<std::string>;

OneFunction from(int least, const std::string& limits) {
  OneFunction one;
  one.autoscaler = "kapsule";
  one.pool = "nodes: {min: " + std::to_string(least) +
             ", max: 1}, labels: {gpu: \"on\"}, gpuSharing: {mode: vgpu, split: 10, hami: \"2.4\"}";
  one.limits = limits;
  return one;
}
const std::string kShare = "nvidia.com/gpu: 1, nvidia.com/gpucores: 18";

TEST(NoScaleFromZero, SharesOfHamiBringNoFirstNode) {
  const Result result = linted(files_of(from(0, kShare)));
  EXPECT_EQ(places(result), Texts{"TH307 m.yaml:14:51"});
  EXPECT_EQ(result.count(Severity::error), 1U);
}

TEST(NoScaleFromZero, ANodeThatIsAlwaysThereOrAPlainRequestIsFine) {
  EXPECT_EQ(places(linted(files_of(from(1, kShare)))), Texts{});
  EXPECT_EQ(places(linted(files_of(from(0, "nvidia.com/gpu: 1")))), Texts{});
}

TEST(NoScaleFromZero, APoolThatATextMakesWithAMinimumOfZero) {
  const auto text = [](const std::string& flags) {
    return "```bash\ngcloud container node-pools create p --accelerator type=nvidia-l4,count=1 " +
           flags + "\n```\n```yaml\n" + files_of(from(0, kShare))[1].second + "```\n";
  };
  const Result result = linted({{"a.md", text("--enable-autoscaling --max-nodes 3")}});
  EXPECT_EQ(places(result), Texts{"TH307 a.md:18:51"});
  EXPECT_EQ(result.count(Severity::warning), 1U);
  EXPECT_EQ(places(linted({{"a.md", text("--num-nodes 1")}})), Texts{});
}

}  // namespace no_scale_from_zero_test
}  // namespace thaw::lint
