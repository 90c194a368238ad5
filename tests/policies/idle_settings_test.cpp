#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/policies/asked.hpp"

namespace thaw {
namespace idle_settings_test {

std::string errors_of(const Spec& spec) {
  Diagnostics diagnostics;
  find_policy("idle_timeout")->make(spec, diagnostics);
  try {
    diagnostics.throw_if_any();
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

std::vector<std::string> notices_of(const Spec& spec) {
  Diagnostics diagnostics;
  find_policy("idle_timeout")->make(spec, diagnostics);
  return diagnostics.notices();
}

TEST(IdleSettings, BothPeriodsAreSettings) {
  Asked f(k024, {{"env.REPLICAS_SYNCHRONISATION_WORKER_DELAY_MILLISECONDS", "4000"},
                 {"env.SCALE_REPLICAS_WORKER_DELAY_MILLISECONDS", "250"}});
  f.replicas(1);
  EXPECT_EQ(f.ask(0s, Cause::start).ask_again, kStart + 250ms);
  EXPECT_EQ(f.ask(250ms).desired, Replicas(0));
  EXPECT_EQ(f.ask(3750ms).desired, std::nullopt);
  EXPECT_EQ(f.ask(4s).desired, Replicas(0));
}

TEST(IdleSettings, SettingsOfAnotherEraAreANotice) {
  const Settings old{{"env.POD_SCALED_UP_BY_DEFAULT_WHEN_INFRASTRUCTURE_HAS_NEVER_CALLED", "true"}};
  const Settings sections{
      {"env.SlimFaas__PodScaledUpByDefaultWhenInfrastructureHasNeverCalled", "true"}};
  const auto up = [](Version version, Settings settings) {
    Asked f(version, settings);
    f.ask(0s, Cause::start);
    return f.ask(1s).desired.has_value();
  };
  EXPECT_TRUE(up(k060, old));
  EXPECT_FALSE(up(k061, old));
  EXPECT_FALSE(up(k060, sections));
  EXPECT_TRUE(up(k061, sections));
  EXPECT_TRUE(notices_of(spec_of(k060, old)).empty());
  ASSERT_EQ(notices_of(spec_of(k061, old)).size(), 1u);
  EXPECT_NE(notices_of(spec_of(k061, old))[0].find("does not read POD_SCALED_UP"),
            std::string::npos);
}

TEST(IdleSettings, KnowsTheAnnotationsThatConcernOthers) {
  const Spec spec = spec_of(k081, {{"Function", "true"},
                                   {"NumberParallelRequest", "10"},
                                   {"NumberParallelRequestPerPod", "10"},
                                   {"SubscribeEvents", "a"},
                                   {"DefaultVisibility", "Private"},
                                   {"PathsStartWithVisibility", "Public:/p"},
                                   {"DefaultTrust", "Trusted"},
                                   {"ExcludeDeploymentsFromVisibilityPrivate", "a"},
                                   {"Configuration.DefaultSync.HttpTimeout", "120"},
                                   {"Schedule.Culture", "fr-FR"},
                                   {"env.SLIMFAAS_PORTS", "5000"}});
  EXPECT_EQ(errors_of(spec), "");
  EXPECT_TRUE(notices_of(spec).empty());
}

TEST(IdleSettings, NotesWhatHasNoEffect) {
  const Settings scale{{"Scale.ReplicaMax", "4"}, {"Scale.Triggers.0.Query", "q"}};
  EXPECT_EQ(errors_of(spec_of(k024, scale)), "");
  EXPECT_EQ(
      notices_of(spec_of(k024, scale)),
      std::vector<std::string>{"SlimFaas 0.24 has no metric scaler: SlimFaas/Scale is not read"});
  EXPECT_EQ(notices_of(spec_of(k081, {{"DependsOn", "gone"}})),
            std::vector<std::string>{"llm depends on gone, which is no function of SlimFaas: "
                                     "it does not wait for it"});
}

TEST(IdleSettings, RefusesWhatItDoesNotKnow) {
  EXPECT_NE(errors_of(spec_of(k081, {{"ReplicaMin", "1"}})).find("did you mean ReplicasMin?"),
            std::string::npos);
  EXPECT_NE(errors_of(spec_of(k081, {{"ReplicasMin", "-1"}})).find("found \"-1\""),
            std::string::npos);
  EXPECT_NE(errors_of(spec_of(k081, {{"TimeoutSecondBeforeSetReplicasMin", "5min"}})).find("5min"),
            std::string::npos);
}

}  // namespace idle_settings_test
}  // namespace thaw
