#include <gtest/gtest.h>

#include "tests/lint/linted.hpp"
#include "tests/lint/rules/hpa_files.hpp"

namespace thaw::lint {
namespace flapping_test {

using Texts = std::vector<std::string>;

Texts found(const std::string& hpa, const std::string& adapter = adapter_rule()) {
  return messages(linted({{"hpa.yaml", hpa}, {"values.yaml", adapter}}), "TH202");
}

TEST(Flapping, OfAnAverageTakenForATotalIsToldWithItsRange) {
  EXPECT_EQ(found(hpa_of_average("AverageValue", "\"70\"")),
            Texts{"ollama never comes to rest under a steady load of 0.77 to 1.4 busy replicas (1 "
                  "\u2194 2): at 1 it rises above 77, at 2 it falls at 70 or less, though one of "
                  "the 2 may be saturated; the 300 s of stabilisation only slow it"});
}

TEST(Flapping, IsNotThereWhereTheReplicasAreMultiplied) {
  EXPECT_EQ(found(hpa_of_average("Value", "\"70\"")), Texts{});
}

TEST(Flapping, IsNotThereForATotal) {
  EXPECT_EQ(found(hpa_of_average("AverageValue", "\"70\""), adapter_rule("sum")), Texts{});
}

TEST(Flapping, IsNotThereWhereNothingIsEverTakenAway) {
  EXPECT_EQ(found(hpa_of_average("AverageValue", "\"70\"") +
                  "  behavior: {scaleDown: {selectPolicy: Disabled}}\n"),
            Texts{});
}

// Then the average is of others too.
TEST(Flapping, IsNotProvedWhereOthersUseGpusInTheNamespace) {
  const std::string other =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: other, namespace: chat}\n"
      "spec:\n  selector: {matchLabels: {app: o}}\n  template:\n    metadata: {labels: {app: o}}\n"
      "    spec: {containers: [{name: o, image: o, resources: {limits: {nvidia.com/gpu: 1}}}]}\n";
  EXPECT_EQ(found(hpa_of_average("AverageValue", "\"70\"") + "---\n" + other), Texts{});
}

}  // namespace flapping_test
}  // namespace thaw::lint
