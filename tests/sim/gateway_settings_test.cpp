// What SlimFaas reads from its environment and the annotations, by version, and where the URL that
// it makes of a function's name leads.
#include "sim/gateway_settings.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/scenario_builder.hpp"

namespace thaw::sim {
namespace gateway_settings_test {

struct Resolved {
  explicit Resolved(Scenario& scenario) {
    settings = GatewaySettings::resolve(scenario, slimfaas_of(scenario), diagnostics);
  }
  bool notices(const std::string& part) const {
    const auto& all = diagnostics.notices();
    return std::any_of(all.begin(), all.end(), [&](const std::string& text) {
      return text.find(part) != std::string::npos;
    });
  }
  Diagnostics diagnostics;
  GatewaySettings settings;
};

Scenario one_function(Version slimfaas) {
  Scenario scenario = platform(slimfaas);
  add_function(scenario, "f");
  return scenario;
}

// --- waiting ---

TEST(GatewaySettings, WaitLimitGoesByVersion) {
  struct Row {
    Version version;
    Duration wait, answer;
  };
  // Its own variable's default is 10 s up to 0.32 and 30 s from 0.36; from 0.44 it is
  // DefaultSync.HttpTimeout, 120 s. Before that .NET's HttpClient ends a call after 100 s.
  for (const Row& row :
       {Row{{0, 24, 0}, 10s, 100s}, Row{{0, 32, 0}, 10s, 100s}, Row{{0, 36, 0}, 30s, 100s},
        Row{{0, 42, 0}, 30s, 100s}, Row{{0, 44, 0}, 120s, 120s}, Row{{0, 81, 0}, 120s, 120s}}) {
    Scenario scenario = one_function(row.version);
    const Resolved of(scenario);
    EXPECT_EQ(of.settings.functions[0].wait_limit, row.wait) << to_text(row.version);
    EXPECT_EQ(of.settings.functions[0].answer_limit, row.answer) << to_text(row.version);
  }
}

TEST(GatewaySettings, WaitLimitOfTheEnvironmentIsInMilliseconds) {
  Scenario scenario = one_function(k024);
  set_env(slimfaas_of(scenario), "TIME_MAXIMUM_WAIT_FOR_AT_LEAST_ONE_POD_STARTED_FOR_SYNC_FUNCTION",
          "1200000");
  EXPECT_EQ(Resolved(scenario).settings.functions[0].wait_limit, 20min);
}

TEST(GatewaySettings, WaitLimitOfTheEnvironmentEndsWithItsVariable) {
  Scenario scenario = one_function({0, 44, 0});
  set_env(slimfaas_of(scenario), "TIME_MAXIMUM_WAIT_FOR_AT_LEAST_ONE_POD_STARTED_FOR_SYNC_FUNCTION",
          "1200000");
  const Resolved of(scenario);
  EXPECT_EQ(of.settings.functions[0].wait_limit, 120s);
  EXPECT_TRUE(of.notices("is not read by SlimFaas 0.44"));
}

TEST(GatewaySettings, NonsenseInTheEnvironmentIsAnErrorAtItsPlace) {
  for (const char* value : {"10s", "0", "-1", "86400001", ""}) {
    Scenario scenario = one_function(k024);
    slimfaas_of(scenario).env.push_back(
        {"TIME_MAXIMUM_WAIT_FOR_AT_LEAST_ONE_POD_STARTED_FOR_SYNC_FUNCTION",
         value,
         {"a.yaml", 7, 3}});
    const Resolved of(scenario);
    EXPECT_FALSE(of.diagnostics.ok()) << value;
    try {
      of.diagnostics.throw_if_any();
    } catch (const InputError& error) {
      EXPECT_EQ(error.problems().front().place.line, 7);
    }
  }
}

TEST(GatewaySettings, HttpTimeoutIsEachFunctionsOwnFrom044) {
  for (const auto& [version, wait] : {std::pair{k024, 10s}, std::pair{k081, 7s}}) {
    Scenario scenario = one_function(version);
    add_function(scenario, "g");
    annotate(workload_of(scenario, scenario.functions[0]), "Configuration",
             R"({"DefaultSync":{"HttpTimeout":7}})");
    const Resolved of(scenario);
    EXPECT_EQ(of.settings.functions[0].wait_limit, wait) << to_text(version);
  }
  Scenario scenario = one_function(k081);
  add_function(scenario, "g");
  annotate(workload_of(scenario, scenario.functions[0]), "Configuration",
           R"({"DefaultSync":{"HttpTimeout":7}})");
  EXPECT_EQ(Resolved(scenario).settings.functions[1].wait_limit, 120s)
      << "the other's is untouched";
}

TEST(GatewaySettings, BehaviourThatChangedIsChosenByVersion) {
  struct Row {
    Version version;
    bool get, any_ready;
    int tries, status;
    Duration hold_poll, snapshot_poll, call_refresh;
  };
  for (const Row& row : {Row{{0, 24, 0}, true, true, 0, 500, 10ms, 1s, 1s},
                         Row{{0, 43, 0}, true, true, 0, 500, 10ms, 1s, 1s},
                         Row{{0, 44, 0}, true, false, 10, 500, 100ms, 1s, 1s},
                         Row{{0, 50, 0}, true, false, 10, 503, 100ms, 3s, 500ms},
                         Row{{0, 57, 2}, true, false, 10, 503, 100ms, 3s, 500ms},
                         Row{{0, 60, 0}, false, false, 10, 503, 100ms, 3s, 500ms},
                         Row{{0, 81, 0}, false, false, 10, 503, 100ms, 3s, 500ms}}) {
    Scenario scenario = one_function(row.version);
    const GatewaySettings of = Resolved(scenario).settings;
    const std::string version = to_text(row.version);
    EXPECT_EQ(of.wake_by_get, row.get) << version;
    EXPECT_EQ(of.any_ready_releases, row.any_ready) << version;
    EXPECT_EQ(of.pick_tries, row.tries) << version;
    EXPECT_EQ(of.error_status, row.status) << version;
    EXPECT_EQ(of.hold_poll, row.hold_poll) << version;
    EXPECT_EQ(of.snapshot_poll, row.snapshot_poll) << version;
    EXPECT_EQ(of.call_refresh, row.call_refresh) << version;
  }
}

TEST(GatewaySettings, SnapshotPollHasAnOldAndANewName) {
  constexpr const char* kOld = "REPLICAS_SYNCHRONISATION_WORKER_DELAY_MILLISECONDS";
  constexpr const char* kNew = "Workers__ReplicasSynchronizationDelayMilliseconds";
  struct Row {
    Version version;
    const char* name;
    Duration poll;
  };
  for (const Row& row : {Row{k024, kOld, 250ms}, Row{k024, kNew, 1s}, Row{{0, 60, 3}, kOld, 250ms},
                         Row{{0, 61, 0}, kOld, 3s}, Row{k081, kNew, 250ms}}) {
    Scenario scenario = one_function(row.version);
    set_env(slimfaas_of(scenario), row.name, "250");
    EXPECT_EQ(Resolved(scenario).settings.snapshot_poll, row.poll)
        << to_text(row.version) << ' ' << row.name;
  }
}

TEST(GatewaySettings, VisibilityComesFromTheAnnotations) {
  Scenario scenario = one_function(k081);
  Workload& workload = workload_of(scenario, scenario.functions[0]);
  annotate(workload, "DefaultVisibility", "Private");
  annotate(workload, "PathsStartWithVisibility", "Public:/open,Private:/open/not,/bare");
  const GatewaySettings::Function of = Resolved(scenario).settings.functions[0];
  EXPECT_TRUE(of.is_private);
  const std::vector<std::pair<std::string, bool>> expected{
      {"/open", false}, {"/open/not", true}, {"/bare", false}};
  EXPECT_EQ(of.private_paths, expected);
}

// --- the URL of a function ---

struct UrlCase {
  const char* url;
  const char* why_not;  // part of it; null: reachable
};

// f listens on 8080; its Service leads from 80, 5000 and 7000 ("web") to it, from 9000 elsewhere.
class FunctionUrl : public testing::TestWithParam<UrlCase> {};

TEST_P(FunctionUrl, LeadsToItsPodsOrSaysWhyNot) {
  Scenario scenario = one_function(k024);
  workload_of(scenario, scenario.functions[0]).named_ports = {{"web", 8080}};
  scenario.manifests.services.back().ports = {{"http", 80, 8080, ""},
                                              {"own", 5000, 8080, ""},
                                              {"web", 7000, 0, "web"},
                                              {"no", 9000, 9000, ""}};
  set_env(slimfaas_of(scenario), "BASE_FUNCTION_URL", GetParam().url);
  const Resolved of(scenario);
  const GatewaySettings::Function& f = of.settings.functions[0];
  EXPECT_EQ(f.reachable, GetParam().why_not == nullptr) << f.unreachable_why;
  if (GetParam().why_not == nullptr) return;
  EXPECT_NE(f.unreachable_why.find(GetParam().why_not), std::string::npos) << f.unreachable_why;
  EXPECT_TRUE(of.notices("SlimFaas cannot reach f"));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, FunctionUrl,
    testing::Values(UrlCase{"http://{function_name}.{namespace}.svc.cluster.local:5000", nullptr},
                    UrlCase{"http://{function_name}:5000/", nullptr},
                    UrlCase{"http://{function_name}", nullptr},  // port 80
                    UrlCase{"{function_name}:5000", nullptr},
                    UrlCase{"http://{function_name}:7000", nullptr},
                    UrlCase{"http://f.demo:5000/some/path", nullptr},
                    UrlCase{"http://{pod_ip}:{pod_port}", nullptr},
                    UrlCase{"http://{pod_ip}:8080", nullptr},
                    UrlCase{"http://{pod_ip}:9999", "no container of f listens on port 9999"},
                    UrlCase{"http://{function_name}:8080/", "no Service f leads from port 8080"},
                    UrlCase{"http://{function_name}:9000", "no Service f leads from port 9000"},
                    UrlCase{"http://svc-{function_name}:5000", "no Service svc-f"},
                    UrlCase{"http://slimfaas:5000", "to pods of f"},
                    UrlCase{"http://{function_name}:http", "has no port number"}));

TEST(FunctionUrlDefault, IsPort8080Of024AndThePodsOwnFrom050) {
  for (const Version& version : {k024, Version{0, 44, 0}, Version{0, 50, 0}, k081}) {
    Scenario scenario = one_function(version);  // its Service has port 8080
    EXPECT_TRUE(Resolved(scenario).settings.functions[0].reachable) << to_text(version);
    scenario.manifests.services.back().ports = {{"http", 5000, 8080, ""}};
    EXPECT_EQ(Resolved(scenario).settings.functions[0].reachable, version >= Version(0, 50, 0))
        << to_text(version);
  }
}

TEST(FunctionUrlDefault, NeedsAServiceThatSelectsThePods) {
  const auto reachable = [](const std::function<void(ServiceObject&)>& change) {
    Scenario scenario = one_function(k024);
    change(scenario.manifests.services.back());
    return Resolved(scenario).settings.functions[0].reachable;
  };
  EXPECT_TRUE(reachable([](ServiceObject&) {}));
  EXPECT_FALSE(reachable([](ServiceObject& s) { s.selector = {{"app", "g"}}; }));
  EXPECT_FALSE(reachable([](ServiceObject& s) { s.selector["tier"] = "x"; }));
  EXPECT_FALSE(reachable([](ServiceObject& s) { s.selector.clear(); }));
  EXPECT_FALSE(reachable([](ServiceObject& s) { s.ns = "other"; }));
  EXPECT_FALSE(reachable([](ServiceObject& s) { s.name = "g"; }));
}

TEST(FunctionUrlDefault, NameOfTheOtherEraIsNotRead) {
  struct Row {
    Version version;
    const char* name;
    bool is_read;
  };
  for (const Row& row :
       {Row{k024, "BASE_FUNCTION_URL", true}, Row{k024, "SlimFaas__BaseFunctionUrl", false},
        Row{{0, 60, 3}, "BASE_FUNCTION_URL", true}, Row{{0, 61, 0}, "BASE_FUNCTION_URL", false},
        Row{k081, "SlimFaas__BaseFunctionUrl", true}}) {
    Scenario scenario = one_function(row.version);
    set_env(slimfaas_of(scenario), row.name, "http://nowhere:1");
    const Resolved of(scenario);
    EXPECT_EQ(of.settings.functions[0].reachable, !row.is_read) << to_text(row.version) << row.name;
    EXPECT_EQ(of.notices("is not read by SlimFaas"), !row.is_read)
        << to_text(row.version) << row.name;
  }
}

}  // namespace gateway_settings_test
}  // namespace thaw::sim
