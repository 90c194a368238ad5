#include <gtest/gtest.h>

#include "tests/lint/linted.hpp"

namespace thaw::lint {
namespace fraction_above_share_test {

using Texts = std::vector<std::string>;

std::string pod(const std::string& variable, const std::string& share) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: f}\nspec:\n"
         "  selector: {matchLabels: {app: f}}\n  template:\n    metadata: {labels: {app: f}}\n"
         "    spec:\n      securityContext: {runAsNonRoot: true}\n      containers:\n"
         "        - name: f\n          image: f:1\n          env:\n            - " +
         variable + "\n          resources: {limits: {nvidia.com/gpumem-percentage: " + share +
         "}}\n";
}

TEST(FractionAboveShare, EqualIsFineAndAHundredthMoreIsNot) {
  const auto with = [](const std::string& value) {
    return places(
        linted({{"a.yaml", pod("{name: gpu_memory_fraction, value: \"" + value + "\"}", "18")}}));
  };
  EXPECT_EQ(with("0.18"), Texts{});
  EXPECT_EQ(with("0.19"), Texts{"TH306 a.yaml:14:15"});
}

// What HAMi shows is the share: 0.9 of it is 0.9 of it.
TEST(FractionAboveShare, FrameworksReckonFromWhatTheySee) {
  EXPECT_EQ(places(linted(
                {{"a.yaml", pod("{name: XLA_PYTHON_CLIENT_MEM_FRACTION, value: \"0.9\"}", "18")}})),
            Texts{});
}

TEST(FractionAboveShare, AStackFileIsReadTheSame) {
  const std::string text =
      "provider: {name: openfaas}\nfunctions:\n  f:\n    image: f\n"
      "    limits: {nvidia.com/gpumem-percentage: 18}\n"
      "    environment:\n      gpu_memory_fraction: 0.5\n";
  EXPECT_EQ(places(linted({{"s.yaml", text}}), "TH306"), Texts{"TH306 s.yaml:7:28"});
}

}  // namespace fraction_above_share_test
}  // namespace thaw::lint
