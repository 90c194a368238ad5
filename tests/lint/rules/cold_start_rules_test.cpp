// TH401, TH402 and TH408: what a start and an answer take, against who waits for how long.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/lint/path_texts.hpp"

namespace thaw::lint {
namespace cold_start_rules_test {

using Texts = std::vector<std::string>;

constexpr const char* kPatience =
    "[{name: TIME_MAXIMUM_WAIT_FOR_AT_LEAST_ONE_POD_STARTED_FOR_SYNC_FUNCTION, value: \"60000\"}]";

// SlimFaas that holds a call for a minute, and an idle time of five.
std::string set_of(const std::string& annotations = "", const std::string& more = "") {
  return function_text(annotations) + service_text("f", 8080, more) + slimfaas_text(kPatience);
}

// --- TH401 ---

// A call is held for 60 s and 300 s of idle time follow: a start of at most 360 s is in time.
TEST(IdleTimeout, LongEnoughForTheSlowestStartIsFine) {
  EXPECT_EQ(places(linted_scenario(scenario_text("348s"), set_of()), "TH401"),
            Texts{});  // 349..359
}

TEST(IdleTimeout, ShorterThanTheQuickestStartIsAnError) {
  const Result result = linted_scenario(scenario_text("360s"), set_of());  // 361..371
  EXPECT_EQ(places(result, "TH401"), Texts{"TH401 manifests.yaml:1:1"});
  EXPECT_NE(messages(result, "TH401").at(0).find("100 % of replicas"), std::string::npos);
}

// 354 s, 1 s and up to 10 s: the last half of the 10 s is too late, which is just not most.
TEST(IdleTimeout, ShorterThanSomeStartsIsAWarningAtItsAnnotation) {
  const Result result =
      linted_scenario(scenario_text("354s"),
                      set_of("        SlimFaas/TimeoutSecondBeforeSetReplicasMin: \"301\"\n"));
  ASSERT_EQ(places(result, "TH401"), Texts{"TH401 manifests.yaml:11:53"});
  const auto found = std::ranges::find(result.findings, std::string("TH401"), &Finding::code);
  EXPECT_EQ(found->severity, Severity::warning);
}

TEST(IdleTimeout, OfAFunctionThatNeverSleepsDoesNotMatter) {
  EXPECT_EQ(
      places(linted_scenario(scenario_text("1h"), set_of("        SlimFaas/ReplicasMin: \"1\"\n")),
             "TH401"),
      Texts{});
}

TEST(IdleTimeout, OfAFunctionThatIsWokenDoesNotRunUntilItIsReady) {
  const std::string wake = "workload: [{name: wake, at: 1s, get: /wake-function/f}]\n";
  EXPECT_EQ(places(linted_scenario(scenario_text("1h", wake), set_of()), "TH401"), Texts{});
}

// The only entry of a schedule that is in force may be the shorter one.
TEST(IdleTimeout, IsTheShortestOfTheSchedule) {
  const std::string schedule =
      "        SlimFaas/Schedule: "
      "'{\"Default\":{\"ScaleDownTimeout\":[{\"Time\":\"07:00\",\"Value\":"
      "600},{\"Time\":\"19:00\",\"Value\":60}]}}'\n";
  EXPECT_EQ(places(linted_scenario(scenario_text("2min"), set_of()), "TH401"), Texts{});
  EXPECT_EQ(places(linted_scenario(scenario_text("2min"), set_of(schedule)), "TH401").size(), 1U);
}

// Knative: a progress deadline of 600 s, and 30 s after it.
TEST(IdleTimeout, OfKnativeIsItsProgressDeadline) {
  const auto knative = [](const std::string& annotations) {
    return "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: f}\n"
           "spec:\n  template:\n    metadata: {annotations: {" +
           annotations +
           "}}\n    spec:\n      containers: [{image: f, resources: {limits: {nvidia.com/gpu: "
           "1}}}]\n";
  };
  EXPECT_EQ(places(linted_scenario(scenario_text("618s"), knative("")), "TH401"), Texts{});
  EXPECT_EQ(places(linted_scenario(scenario_text("631s"), knative("")), "TH401").size(), 1U);
  const std::string longer = "serving.knative.dev/progress-deadline: 1200s";
  EXPECT_EQ(places(linted_scenario(scenario_text("631s"), knative(longer)), "TH401"), Texts{});
  const std::string always = "autoscaling.knative.dev/minScale: \"1\"";
  EXPECT_EQ(places(linted_scenario(scenario_text("631s"), knative(always)), "TH401"), Texts{});
}

// --- TH402 ---

TEST(ColdTimeout, LongEnoughIsFine) {
  EXPECT_EQ(places(linted_scenario(scenario_text("48s"), set_of()), "TH402"), Texts{});  // 49..59
}

TEST(ColdTimeout, ShorterThanAStartIsAnErrorAtTheSettingThatIsTooShort) {
  const Result result = linted_scenario(scenario_text("60s"), set_of());  // 61..71
  EXPECT_EQ(places(result, "TH402"), Texts{"TH402 manifests.yaml:34:17"});
  EXPECT_NE(messages(result, "TH402").at(0).find("cuts 100 % of such calls"), std::string::npos);
}

TEST(ColdTimeout, OfTheIngressIsOneOfTheChain) {
  const std::string ingress =
      "---\napiVersion: v1\nkind: Service\nmetadata: {name: slimfaas}\n"
      "spec: {selector: {app: slimfaas}, ports: [{port: 5000}]}\n"
      "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: in\n"
      "  annotations: {nginx.ingress.kubernetes.io/proxy-read-timeout: \"30\"}\n"
      "spec:\n  rules:\n    - http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: "
      "slimfaas, port: {number: 5000}}}}]}\n";
  const Result result = linted_scenario(scenario_text("40s"), set_of() + ingress);
  ASSERT_EQ(messages(result, "TH402").size(), 1U);
  EXPECT_NE(messages(result, "TH402")[0].find("Ingress in (proxy-read-timeout of ingress-nginx) "
                                              "waits 30s, SlimFaas 0.24 (its wait for a first "
                                              "pod) waits 1min"),
            std::string::npos);
}

TEST(ColdTimeout, OfAFunctionThatIsWokenFirstIsAWarning) {
  const std::string wake = "workload: [{name: wake, at: 1s, get: /wake-function/f}]\n";
  const Result result = linted_scenario(scenario_text("60s", wake), set_of());
  EXPECT_EQ(result.count(Severity::error), 0U);
  EXPECT_EQ(places(result, "TH402").size(), 1U);
}

// Nobody knows how long its nodes take.
TEST(ColdTimeout, OfManifestsAloneIsNotJudged) {
  const Result result = linted({{"manifests.yaml", set_of()}});
  EXPECT_EQ(places(result, "TH401"), Texts{});
  EXPECT_EQ(places(result, "TH402"), Texts{});
}

// --- TH408 ---

// SlimFaas 0.24 waits 100 s for an answer.
TEST(AnswerTimeout, IsComparedWithTheServiceTimeOfOneRequest) {
  const auto scenario = [](const std::string& seconds) {
    std::string text = scenario_text("10s");
    text.replace(text.find("seconds: 1s"), 11, "seconds: " + seconds);
    return text;
  };
  EXPECT_EQ(places(linted_scenario(scenario("100s"), set_of()), "TH408"), Texts{});
  const Result result = linted_scenario(scenario("101s"), set_of());
  EXPECT_EQ(messages(result, "TH408").size(), 1U);
  EXPECT_EQ(result.count(Severity::error), 0U);
}

}  // namespace cold_start_rules_test
}  // namespace thaw::lint
