#include <gtest/gtest.h>

#include "tests/lint/clusters.hpp"

namespace thaw::lint {
namespace card_count_test {

using Texts = std::vector<std::string>;

TEST(CardCount, MoreCardsThanANodeHas) {
  OneFunction one;
  one.limits = "nvidia.com/gpu: 2";
  EXPECT_EQ(places(linted(files_of(one))), Texts{"TH303 m.yaml:14:32"});
  one.machine = "{preset: aws/p4d.24xlarge}";  // has eight
  EXPECT_EQ(places(linted(files_of(one))), Texts{});
}

TEST(CardCount, UnderHamiItCountsPhysicalCards) {
  EXPECT_EQ(places(linted(files_of(on_split_card("nvidia.com/gpu: 2, nvidia.com/gpucores: 18")))),
            Texts{"TH303 m.yaml:14:32"});
}

void expect_one_too_many(const Result& result) {
  EXPECT_EQ(places(result), Texts{"TH303 m.yaml:14:32"});
  EXPECT_NE(result.findings.at(0).message.find("of which 1 can never run"), std::string::npos)
      << result.findings.at(0).message;
}

// floor(100 / 18) = 5.
TEST(CardCount, FiveSharesOf18PercentFitACard) {
  for (const char* of : {"nvidia.com/gpucores: 18", "nvidia.com/gpumem-percentage: 18"}) {
    const std::string limits = std::string("nvidia.com/gpu: 1, ") + of;
    EXPECT_EQ(places(linted(files_of(on_split_card(limits, 5)))), Texts{}) << of;
    expect_one_too_many(linted(files_of(on_split_card(limits, 6))));
  }
}

// 80 GiB are 81,920 MiB: 4 × 20,480.
TEST(CardCount, MemoryInMiBCountsToo) {
  const std::string limits = "nvidia.com/gpu: 1, nvidia.com/gpumem: ";
  EXPECT_EQ(places(linted(files_of(on_split_card(limits + "20480", 4)))), Texts{});
  expect_one_too_many(linted(files_of(on_split_card(limits + "20481", 4))));
}

TEST(CardCount, AMaximumAboveTheRoomIsAWarning) {
  NamedTexts files = files_of(OneFunction{});
  const auto hpa = [](int most) {
    return "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n"
           "metadata: {name: h, namespace: d}\n"
           "spec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: f}\n"
           "  minReplicas: 1\n  maxReplicas: " +
           std::to_string(most) +
           "\n  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, "
           "averageUtilization: 50}}}]\n";
  };
  const std::string deployment = files[1].second;
  files[1].second = deployment + hpa(1);
  EXPECT_EQ(places(linted(files), "TH303"), Texts{});
  files[1].second = deployment + hpa(2);
  EXPECT_EQ(severities(linted(files), "TH303"), std::vector<Severity>{Severity::warning});
}

// Six clients of 18 %, each a Deployment of its own.
TEST(CardCount, WorkloadsOnOneCardAreAddedUp) {
  const Result result = linted_paths({"scenarios/fedless-vgpu"});
  EXPECT_EQ(places(result, "TH303"),
            Texts{"TH303 scenarios/fedless-vgpu/manifests/gpu-clients.yaml:209:15"});
  EXPECT_NE(messages(result, "TH303").at(0).find("108 %"), std::string::npos);
}

TEST(CardCount, APercentageAboveTheCard) {
  const auto pod = [](const std::string& limits) {
    OneFunction one;
    one.limits = limits;
    return NamedTexts{{"m.yaml", files_of(one)[1].second}};
  };
  EXPECT_EQ(places(linted(pod("nvidia.com/gpumem-percentage: 100"))), Texts{});
  EXPECT_EQ(places(linted(pod("nvidia.com/gpumem-percentage: 101"))).size(), 1U);
}

}  // namespace card_count_test
}  // namespace thaw::lint
