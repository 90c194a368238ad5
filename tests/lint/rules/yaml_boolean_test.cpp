#include <gtest/gtest.h>

#include "tests/lint/linted.hpp"

namespace thaw::lint {
namespace yaml_boolean_test {

using Texts = std::vector<std::string>;

const std::string kProfile =
    "kind: Profile\napiVersion: openfaas.com/v1\nmetadata: {name: withgpu, namespace: openfaas}\n"
    "spec:\n  affinity:\n    nodeAffinity:\n      requiredDuringSchedulingIgnoredDuringExecution:\n"
    "        nodeSelectorTerms:\n        - matchExpressions:\n"
    "          - {key: gpu, operator: In, values: [";

TEST(YamlBoolean, OnInAListOfLabelValuesIsTrue) {
  const Result result = linted({{"a.yaml", kProfile + "on]}\n"}});
  EXPECT_EQ(places(result, "TH105"), Texts{"TH105 a.yaml:10:47"});
  EXPECT_NE(messages(result, "TH105").at(0).find("the boolean true"), std::string::npos);
}

TEST(YamlBoolean, QuotedItIsText) {
  EXPECT_EQ(places(linted({{"a.yaml", kProfile + "\"on\"]}\n"}}), "TH105"), Texts{});
}

TEST(YamlBoolean, NumbersOfLabelsVariablesAndArgumentsAreFoundOnce) {
  const std::string text =
      "apiVersion: apps/v1\nkind: Deployment\n"
      "metadata:\n  name: a\n  labels: {v: 1}\n"
      "spec:\n  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}}\n"
      "    spec:\n      nodeSelector: {gpu: yes}\n"
      "      containers:\n      - name: a\n        image: a\n"
      "        args: [--port, 5000]\n"
      "        env: [{name: P, value: 5000}]\n";
  const Result result = linted({{"a.yaml", text}});
  EXPECT_EQ(places(result, "TH105"), (Texts{"TH105 a.yaml:5:15", "TH105 a.yaml:11:27",
                                            "TH105 a.yaml:15:24", "TH105 a.yaml:16:32"}));
  EXPECT_EQ(places(result, "TH104"), Texts{}) << "told once";
}

TEST(YamlBoolean, StackFilesTakeAnyScalar) {
  const std::string text =
      "provider: {name: openfaas}\n"
      "functions:\n  f:\n    image: f\n    labels: {com.openfaas.scale.min: 2}\n";
  EXPECT_EQ(places(linted({{"stack.yaml", text}})), Texts{});
}

TEST(YamlBoolean, WordsThatOnlyBeginLikeOneAreText) {
  const std::string text =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: only, b: 1.2.3, c: 10m}\n";
  EXPECT_EQ(places(linted({{"a.yaml", text}})), Texts{});
}

}  // namespace yaml_boolean_test
}  // namespace thaw::lint
