#include <gtest/gtest.h>

#include "tests/lint/clusters.hpp"

namespace thaw::lint {
namespace nothing_fits_test {

using Texts = std::vector<std::string>;

std::string tolerating(const std::string& key) {
  return "      tolerations: [{key: " + key + ", operator: Exists, effect: NoSchedule}]\n";
}

OneFunction tainted(const std::string& toleration) {
  OneFunction one;
  one.pool += ", taints: [\"gpu:NoSchedule\"]";
  one.pod = toleration.empty() ? "" : tolerating(toleration);
  return one;
}

TEST(NothingFits, ATaintThatIsNotTolerated) {
  const Result result = linted(files_of(tainted("cpu")));
  EXPECT_EQ(places(result), Texts{"TH302 m.yaml:10:7"});
  EXPECT_NE(result.findings.at(0).message.find("taint gpu:NoSchedule"), std::string::npos);
  EXPECT_EQ(places(linted(files_of(tainted("")))), Texts{"TH302 m.yaml:1:1"});
}

TEST(NothingFits, ATaintThatIsTolerated) {
  EXPECT_EQ(places(linted(files_of(tainted("gpu")))), Texts{});
}

TEST(NothingFits, ALabelThatNoNodeHas) {
  OneFunction one;
  one.pool += ", labels: {card: h100}";
  one.pod = "      nodeSelector: {card: h100}\n";
  EXPECT_EQ(places(linted(files_of(one))), Texts{});
  one.pod = "      nodeSelector: {card: l4}\n";
  EXPECT_EQ(places(linted(files_of(one))), Texts{"TH302 m.yaml:10:7"});
}

// The preset's node has 24 CPUs.
TEST(NothingFits, OneMillicoreAboveTheNode) {
  OneFunction one;
  one.limits = "nvidia.com/gpu: 1, cpu: 24000m";
  EXPECT_EQ(places(linted(files_of(one))), Texts{});
  one.limits = "nvidia.com/gpu: 1, cpu: 24001m";
  EXPECT_EQ(places(linted(files_of(one))).size(), 1U);
  EXPECT_NE(linted(files_of(one)).findings.at(0).message.find("24001m"), std::string::npos);
}

TEST(NothingFits, NodesThatHamiLeavesAlone) {
  OneFunction one;
  one.pool += ", gpuSharing: {mode: vgpu, split: 10, hami: \"2.4\"}";
  const Result result = linted(files_of(one));
  ASSERT_EQ(places(result).size(), 1U);
  EXPECT_NE(result.findings.at(0).message.find("gpu=on"), std::string::npos);
  one.pool += ", labels: {gpu: \"on\"}";
  EXPECT_EQ(places(linted(files_of(one))), Texts{});
}

TEST(NothingFits, ATaintOfATextWhoseKeyATolerationNamesOnly) {
  const std::string profile =
      "```yaml\nkind: Profile\napiVersion: openfaas.com/v1\n"
      "metadata: {name: p, namespace: openfaas}\n"
      "spec: {tolerations: [{key: gpu, operator: Equal, value: \"yes\", effect: "
      "NoSchedule}]}\n```\n";
  const auto command = [&](const std::string& taint) {
    return NamedTexts{{"a.md", profile + "```bash\nkubectl taint nodes n1 " + taint + "\n```\n"}};
  };
  EXPECT_EQ(places(linted(command("gpu=on:NoSchedule"))), Texts{"TH302 a.md:8:24"});
  EXPECT_EQ(places(linted(command("gpu=yes:NoSchedule"))), Texts{});
  EXPECT_EQ(places(linted(command("other:NoSchedule"))), Texts{}) << "may be tolerated elsewhere";
}

}  // namespace nothing_fits_test
}  // namespace thaw::lint
