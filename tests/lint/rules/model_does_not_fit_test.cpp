#include <gtest/gtest.h>

#include "tests/lint/clusters.hpp"

namespace thaw::lint {
namespace model_does_not_fit_test {

using Texts = std::vector<std::string>;

std::string text(const std::string& partition, const std::string& model) {
  return "We serve the " + model +
         " model.\n\n```bash\ngcloud container node-pools create p --num-nodes 1 \\\n"
         "  --accelerator type=nvidia-tesla-a100,count=1,gpu-partition-size=" +
         partition + "\n```\n";
}

// 3.8 GB + 4096 × 2 × 32 × 4096 × 2 B = 5.9 GB; 1g.5gb has less than 5 GiB = 5.4 GB.
TEST(ModelDoesNotFit, LlamaTwoOnTheSmallestPartition) {
  const Result result = linted({{"a.md", text("1g.5gb", "Llama2")}});
  EXPECT_EQ(places(result), Texts{"TH305 a.md:5:67"});
  const std::string& message = result.findings.at(0).message;
  EXPECT_NE(message.find("512 KiB"), std::string::npos) << message;
  EXPECT_NE(message.find("5.9 GB"), std::string::npos) << message;
  EXPECT_NE(message.find("5.4 GB"), std::string::npos) << message;
  EXPECT_EQ(result.findings.at(0).severity, Severity::warning);
  EXPECT_EQ(result.findings.at(0).related.at(0).place.line, 1);
}

TEST(ModelDoesNotFit, ALargerPartitionOrASmallerModelIsFine) {
  EXPECT_EQ(places(linted({{"a.md", text("1g.10gb", "Llama2")}})), Texts{});
  EXPECT_EQ(places(linted({{"a.md", text("1g.5gb", "gemma:2b")}})), Texts{});
}

TEST(ModelDoesNotFit, AnotherModelOfANameThatBeginsAlikeIsNotKnown) {
  for (const char* model : {"Llama 2.5", "llama2:7b-chat-fp16", "llama25", "xllama2"})
    EXPECT_EQ(places(linted({{"a.md", text("1g.5gb", model)}})), Texts{}) << model;
}

OneFunction serving(const std::string& size, const std::string& profile = "1g.5gb") {
  OneFunction one;
  one.machine = "{preset: gke/a2-highgpu-1g}";
  one.pool += ", gpuSharing: {mode: mig, profile: " + profile + "}";
  one.function = ", model: {name: mine, size: " + size + ", from: internet}";
  return one;
}

TEST(ModelDoesNotFit, WeightsAloneAreAnErrorInAScenario) {
  EXPECT_EQ(places(linted(files_of(serving("5GiB")))), Texts{});
  const Result result = linted(files_of(serving("5369MB")));  // 5 GiB = 5368.7 MB
  EXPECT_EQ(places(result, "TH305").size(), 1U);
  EXPECT_EQ(result.count(Severity::error), 1U);
  EXPECT_EQ(places(linted(files_of(serving("5369MB", "1g.10gb")))), Texts{});
}

TEST(ModelDoesNotFit, ManifestsThatNameBoth) {
  OneFunction one;
  one.pod =
      "      nodeSelector: {cloud.google.com/gke-gpu-partition-size: 1g.5gb}\n"
      "      initContainers:\n        - name: pull\n          image: ollama/ollama\n"
      "          args: [ollama pull llama2:13b]\n";
  const NamedTexts manifest{{"m.yaml", files_of(one)[1].second}};
  const Result result = linted(manifest);  // 7.3 GB of weights
  EXPECT_EQ(places(result), Texts{"TH305 m.yaml:1:1"});
  EXPECT_EQ(result.findings.at(0).severity, Severity::error);
}

// 3.8 GB and 2 GiB are 5671.96 MiB.
TEST(ModelDoesNotFit, OneMiBLessThanWeightsAndCache) {
  const auto with = [](const std::string& mib) {
    OneFunction one;
    one.pod =
        "      initContainers:\n        - name: pull\n          image: ollama/ollama\n"
        "          args: [ollama pull llama2]\n";
    one.limits = "nvidia.com/gpu: 1, nvidia.com/gpumem: " + mib;
    return linted({{"m.yaml", files_of(one)[1].second}});
  };
  EXPECT_EQ(places(with("5672")), Texts{});
  EXPECT_EQ(places(with("5671")), Texts{"TH305 m.yaml:1:1"});
  EXPECT_EQ(with("5671").count(Severity::warning), 1U);
}

}  // namespace model_does_not_fit_test
}  // namespace thaw::lint
