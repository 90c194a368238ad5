#include "engine/scenario/slimfaas_annotations.hpp"

#include <gtest/gtest.h>

#include "engine/scenario/manifest_reader.hpp"

namespace thaw {
namespace slimfaas_annotations_test {

const Place kPlace{"ollama.yaml", 9, 31};

Workload annotated(const std::string& key, const std::string& value) {
  Workload workload;
  workload.annotations["SlimFaas/" + key] = {value, kPlace};
  return workload;
}

Workload with_image(const std::string& image) {
  Workload workload;
  workload.images = {image};
  return workload;
}

std::map<std::string, std::string> params_of(const Workload& workload) {
  Diagnostics diagnostics;
  const Params params = slimfaas_params(workload, diagnostics);
  EXPECT_TRUE(diagnostics.ok());
  std::map<std::string, std::string> values;
  for (const auto& [key, entry] : params.entries()) values[key] = entry.value;
  return values;
}

std::string problem_of(const Workload& workload) {
  Diagnostics diagnostics;
  slimfaas_params(workload, diagnostics);
  try {
    diagnostics.throw_if_any();
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

Manifests kapsule(const std::string& file) {
  Diagnostics diagnostics;
  return read_manifests({"scenarios/slimfaas-kapsule/manifests/" + file}, {}, diagnostics);
}

TEST(SlimfaasAnnotations, TheKapsuleFunctionKeepsEachSetting) {
  const Workload ollama = kapsule("ollama.yaml").workloads.at(0);
  EXPECT_TRUE(is_slimfaas_function(ollama));
  EXPECT_FALSE(is_slimfaas(ollama));
  EXPECT_EQ(params_of(ollama), (std::map<std::string, std::string>{
                                   {"Function", "true"},
                                   {"ReplicasMin", "0"},
                                   {"ReplicasAtStart", "1"},
                                   {"ReplicasStartAsSoonAsOneFunctionRetrieveARequest", "false"},
                                   {"TimeoutSecondBeforeSetReplicasMin", "1200"},
                                   {"NumberParallelRequest", "10"}}));
}

TEST(SlimfaasAnnotations, TheKapsuleGatewayIsKnownByItsImage) {
  const Workload slimfaas = kapsule("slimfaas.yaml").workloads.at(0);
  EXPECT_TRUE(is_slimfaas(slimfaas));
  EXPECT_FALSE(is_slimfaas_function(slimfaas));
  const Params settings = slimfaas_settings(slimfaas);
  const auto* up = settings.find("POD_SCALED_UP_BY_DEFAULT_WHEN_INFRASTRUCTURE_HAS_NEVER_CALLED");
  ASSERT_NE(up, nullptr);
  EXPECT_EQ(up->value, "true");
  EXPECT_EQ(up->place.file, "scenarios/slimfaas-kapsule/manifests/slimfaas.yaml");
  EXPECT_GT(up->place.line, 0);
  EXPECT_EQ(settings.entries().size(), 8U);
}

TEST(SlimfaasAnnotations, OnlyTrueOptsIn) {
  EXPECT_TRUE(is_slimfaas_function(annotated("Function", "true")));
  EXPECT_TRUE(is_slimfaas_function(annotated("Function", "True")));
  EXPECT_FALSE(is_slimfaas_function(annotated("Function", "false")));
  EXPECT_FALSE(is_slimfaas_function(annotated("Function", "yes")));
  EXPECT_FALSE(is_slimfaas_function(annotated("Function", "true ")));
  EXPECT_FALSE(is_slimfaas_function(annotated("ReplicasMin", "0")));
  EXPECT_FALSE(is_slimfaas_function(Workload{}));
}

TEST(SlimfaasAnnotations, OtherAnnotationsAreLeftAlone) {
  Workload workload = annotated("ReplicasMin", "1");
  workload.annotations["prometheus.io/scrape"] = {"true", kPlace};
  EXPECT_EQ(params_of(workload), (std::map<std::string, std::string>{{"ReplicasMin", "1"}}));
}

TEST(SlimfaasAnnotations, KeysKeepTheirPlace) {
  Diagnostics diagnostics;
  const Params params =
      slimfaas_params(annotated("Schedule", R"({"TimeZoneID":"GB"})"), diagnostics);
  const auto* zone = params.find("Schedule.TimeZoneID");
  ASSERT_NE(zone, nullptr);
  EXPECT_EQ(zone->place.line, kPlace.line);
  EXPECT_EQ(zone->place.column, kPlace.column);
}

TEST(SlimfaasAnnotations, JsonIsFlattened) {
  EXPECT_EQ(
      params_of(annotated("Schedule", R"({"TimeZoneID":"Europe/Paris","Default":{
              "WakeUp":["07:00","13:30"],"ScaleDownTimeout":[{"Time":"07:00","Value":20}]}})")),
      (std::map<std::string, std::string>{{"Schedule.TimeZoneID", "Europe/Paris"},
                                          {"Schedule.Default.WakeUp.0", "07:00"},
                                          {"Schedule.Default.WakeUp.1", "13:30"},
                                          {"Schedule.Default.ScaleDownTimeout.0.Time", "07:00"},
                                          {"Schedule.Default.ScaleDownTimeout.0.Value", "20"}}));
  EXPECT_EQ(params_of(annotated("Configuration", R"({"DefaultSync":{"HttpTimeout":120}})")),
            (std::map<std::string, std::string>{{"Configuration.DefaultSync.HttpTimeout", "120"}}));
  EXPECT_EQ(params_of(annotated("Scale",
                                R"({"ReplicaMax":null,"Strict":true,"Step":0.5,"Triggers":[]})")),
            (std::map<std::string, std::string>{{"Scale.Strict", "true"}, {"Scale.Step", "0.5"}}));
}

TEST(SlimfaasAnnotations, BadJsonIsBlamedAtItsCharacter) {
  EXPECT_EQ(problem_of(annotated("Schedule", R"({"Default":,})")),
            "ollama.yaml:9:31: SlimFaas/Schedule: no JSON: character 12 is not expected there");
  EXPECT_EQ(problem_of(annotated("Scale", R"({"Triggers":[)")),
            "ollama.yaml:9:31: SlimFaas/Scale: no JSON: it ends too early");
  EXPECT_EQ(problem_of(annotated("Scale", "")),
            "ollama.yaml:9:31: SlimFaas/Scale: no JSON: it ends too early");
  EXPECT_EQ(problem_of(annotated("Scale", "[1]")),
            "ollama.yaml:9:31: SlimFaas/Scale: expected a JSON object");
  EXPECT_EQ(problem_of(annotated("Scale", R"({"ReplicaMax":1e999})")),
            "ollama.yaml:9:31: SlimFaas/Scale: no JSON: a number is out of range");
}

TEST(SlimfaasAnnotations, JsonIsBounded) {
  const auto nested = [](std::size_t levels) {
    return R"({"a":)" + std::string(levels - 1, '[') + "1" + std::string(levels - 1, ']') + "}";
  };
  EXPECT_EQ(problem_of(annotated("Scale", nested(16))), "none");
  EXPECT_EQ(problem_of(annotated("Scale", nested(17))),
            "ollama.yaml:9:31: SlimFaas/Scale: nested deeper than 16 levels");
  EXPECT_EQ(problem_of(annotated("Scale", nested(30'000))),
            "ollama.yaml:9:31: SlimFaas/Scale: nested deeper than 16 levels");
  std::string many = R"({"a":[0)";
  for (int i = 0; i < 4096; ++i) many += ",0";
  EXPECT_EQ(problem_of(annotated("Scale", many + "]}")),
            "ollama.yaml:9:31: SlimFaas/Scale: more than 4096 values");
  EXPECT_EQ(problem_of(annotated("Scale", std::string(65'537, ' '))),
            "ollama.yaml:9:31: SlimFaas/Scale: larger than 65536 bytes");
}

TEST(SlimfaasAnnotations, TheGatewaysImageMayHaveRegistryTagAndDigest) {
  EXPECT_TRUE(is_slimfaas(with_image("slimfaas")));
  EXPECT_TRUE(is_slimfaas(with_image("axaguildev/slimfaas:0.24.12")));
  EXPECT_TRUE(is_slimfaas(with_image("localhost:5000/slimfaas")));
  EXPECT_TRUE(is_slimfaas(with_image("docker.io/axaguildev/slimfaas:0.24@sha256:0123")));
  EXPECT_TRUE(is_slimfaas(with_image("axaguildev/slimfaas@sha256:0123")));
  EXPECT_FALSE(is_slimfaas(with_image("axaguildev/slimfaas-siteweb:1")));
  EXPECT_FALSE(is_slimfaas(with_image("slimfaas/proxy")));
  EXPECT_FALSE(is_slimfaas(with_image("")));
  EXPECT_FALSE(is_slimfaas(Workload{}));
}

TEST(SlimfaasAnnotations, SettingsAreTheEnvironment) {
  Workload workload;
  workload.env = {{"SLIMFAAS_PORTS", "5000", {"s.yaml", 4, 9}}};
  const Params settings = slimfaas_settings(workload);
  const auto* ports = settings.find("SLIMFAAS_PORTS");
  ASSERT_NE(ports, nullptr);
  EXPECT_EQ(ports->value, "5000");
  EXPECT_EQ(ports->place.line, 4);
  EXPECT_FALSE(settings.has("NAMESPACE"));
}

}  // namespace slimfaas_annotations_test
}  // namespace thaw
