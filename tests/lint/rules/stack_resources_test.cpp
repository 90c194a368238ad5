#include <gtest/gtest.h>

#include "tests/lint/linted.hpp"

namespace thaw::lint {
namespace stack_resources_test {

using Texts = std::vector<std::string>;

std::string stack(const std::string& limits) {
  return "provider: {name: openfaas}\nfunctions:\n  f:\n    image: f\n    limits:\n" + limits;
}

TEST(StackResources, WhatIsNeitherCpuNorMemoryIsDropped) {
  const Result result = linted({{"stack.yaml", stack("      cpu: 1\n      nvidia.com/gpu: 1\n")}});
  EXPECT_EQ(places(result), Texts{"TH106 stack.yaml:7:7"});
  EXPECT_EQ(result.findings.at(0).severity, Severity::warning);
}

TEST(StackResources, CpuAndMemoryAreFine) {
  EXPECT_EQ(places(linted({{"stack.yaml", stack("      cpu: 1\n      memory: 64Mi\n")}})), Texts{});
}

TEST(StackResources, AFunctionObjectIsTheSame) {
  const std::string text =
      "apiVersion: openfaas.com/v1\nkind: Function\nmetadata: {name: f, namespace: openfaas-fn}\n"
      "spec:\n  name: f\n  image: f\n  limits: {nvidia.com/gpu: 1}\n";
  EXPECT_EQ(places(linted({{"f.yaml", text}}), "TH106"), Texts{"TH106 f.yaml:7:12"});
}

}  // namespace stack_resources_test
}  // namespace thaw::lint
