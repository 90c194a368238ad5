#include <gtest/gtest.h>

#include "tests/lint/linted.hpp"
#include "tests/lint/rules/hpa_files.hpp"

namespace thaw::lint {
namespace maximum_out_of_reach_test {

using Texts = std::vector<std::string>;

Texts found(const std::string& hpa, const std::string& adapter = adapter_rule()) {
  return places(linted({{"hpa.yaml", hpa}, {"values.yaml", adapter}}), "TH201");
}

TEST(MaximumOutOfReach, OfAnAverageTakenForATotalIsAtItsTarget) {
  const Result result = linted(
      {{"hpa.yaml", hpa_of_average("AverageValue", "\"70\"")}, {"values.yaml", adapter_rule()}});
  EXPECT_EQ(places(result, "TH201"), Texts{"TH201 hpa.yaml:16:25"});
  EXPECT_EQ(messages(result, "TH201").at(0),
            "gpu_utilization is an avg of DCGM_FI_DEV_GPU_UTIL, at most 100; AverageValue takes it "
            "for a total: at most ceil(100 / 70) = 2 replicas are asked for, so 3 is never "
            "reached");
}

TEST(MaximumOutOfReach, IsReachedWhereTheCeilingIsTheMaximum) {
  // ceil(100 / 50) = 2 and ceil(100 / 49) = 3.
  EXPECT_EQ(found(hpa_of_average("AverageValue", "50")).size(), 1U);
  EXPECT_EQ(found(hpa_of_average("AverageValue", "49")), Texts{});
  EXPECT_EQ(found(hpa_of_average("AverageValue", "\"70\"", "2")), Texts{});
}

TEST(MaximumOutOfReach, OfATargetOfTypeValueIsThereOnlyWithinTheTolerance) {
  EXPECT_EQ(found(hpa_of_average("Value", "\"70\"")), Texts{});
  EXPECT_EQ(found(hpa_of_average("Value", "90")), Texts{});    // 99 < 100
  EXPECT_EQ(found(hpa_of_average("Value", "91")).size(), 1U);  // 100.1 > 100
}

TEST(MaximumOutOfReach, ASumHasNoBound) {
  EXPECT_EQ(found(hpa_of_average("AverageValue", "\"70\""), adapter_rule("sum")), Texts{});
}

TEST(MaximumOutOfReach, OfAnUnknownSeriesNothingIsSaid) {
  EXPECT_EQ(found(hpa_of_average("AverageValue", "\"70\""), adapter_rule("avg", "queue_length")),
            Texts{});
}

TEST(MaximumOutOfReach, AShareEndsAtOne) {
  const std::string rule = adapter_rule("avg", "DCGM_FI_PROF_GR_ENGINE_ACTIVE");
  EXPECT_EQ(found(hpa_of_average("Value", "700m"), rule), Texts{});
  EXPECT_EQ(found(hpa_of_average("Value", "\"70\""), rule).size(), 1U);
}

std::string with_cpu(const std::string& limit, const std::string& utilization) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
         "spec:\n  selector: {matchLabels: {app: web}}\n  template:\n"
         "    metadata: {labels: {app: web}}\n    spec:\n      containers:\n"
         "        - {name: web, image: web, resources: {requests: {cpu: 500m}" +
         limit +
         "}}\n---\n"
         "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n"
         "spec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}\n"
         "  maxReplicas: 4\n  metrics:\n"
         "    - {type: Resource, resource: {name: cpu, target: {type: Utilization, "
         "averageUtilization: " +
         utilization + "}}}\n";
}

// cpu ends at the limit: 500m of 500m are 100 %, of which 1.1 times 91 is out of reach.
TEST(MaximumOutOfReach, OfUtilisationGoesByLimitOverRequest) {
  const auto of = [](const std::string& limit, const std::string& utilization) {
    return places(linted({{"a.yaml", with_cpu(limit, utilization)}}), "TH201").size();
  };
  EXPECT_EQ(of(", limits: {cpu: 500m}", "90"), 0U);
  EXPECT_EQ(of(", limits: {cpu: 500m}", "91"), 1U);
  EXPECT_EQ(of(", limits: {cpu: 1}", "150"), 0U);  // 200 %, and 165 is below
  EXPECT_EQ(of(", limits: {cpu: 1}", "182"), 1U);  // 200.2
  EXPECT_EQ(of("", "150"), 0U);                    // no limit: up to the node's
}

}  // namespace maximum_out_of_reach_test
}  // namespace thaw::lint
