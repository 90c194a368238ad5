// `thaw drive` with exactly the rights that deploy/ gives, with one less, and as a shadow.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/live/client_case.hpp"
#include "tests/live/driver.hpp"
#include "tests/live/eventually.hpp"
#include "tests/live/fault_proxy.hpp"
#include "tests/live/manifests.hpp"

namespace thaw::live {
namespace {

using nlohmann::json;

std::string with(std::string text, const std::string& what, const std::string& instead) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += instead.size())
    text.replace(at, what.size(), instead);
  return text;
}

std::string file(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

class DriveRights : public ClientCase {
 protected:
  // The driver's own namespace, and the rights of the file in it and in the case's.
  void grant(const std::string& path) const {
    std::string text = file(path);
    text = with(text, "namespace: default", "namespace: " + space());
    text = with(text, "namespace: thaw-shadow", "namespace: " + home());
    text = with(text, "namespace: thaw", "namespace: " + home());
    text = with(text, "kind: Namespace\nmetadata:\n  name: thaw",
                "kind: Namespace\nmetadata:\n  name: " + home());
    const Output applied = plane().kubectl({"apply", "-f", "-"}, text);
    ASSERT_EQ(applied.exit_code, 0) << applied.text;
  }
  void grant_a_gateway() const {
    grant("deploy/components/gateway/rbac.yaml");
    grant("deploy/components/endpoints/rbac.yaml");
  }
  std::string home() const { return space() + "-home"; }
  std::string token() const {
    const Output made = plane().kubectl({"create", "token", "thaw", "-n", home()});
    EXPECT_EQ(made.exit_code, 0) << made.text;
    return made.text.substr(0, made.text.find('\n'));
  }
  DriverSettings settings() const {
    const std::string folder = plane().folder() + "/rights-" + space();
    return {folder, folder + ".kubeconfig", space(), "a",
            "lease: {name: thaw, namespace: " + home() + "}\nstate: {configMap: thaw-state}\n"};
  }
  void deploy_echo() const {
    apply(deployment({.name = "echo",
                      .image = "echo:1",
                      .port = 8080,
                      .replicas = 0,
                      .annotations = R"({SlimFaas/Function: "true",
        SlimFaas/TimeoutSecondBeforeSetReplicasMin: "4"})",
                      .gpu = false}));
  }
  std::string replicas() const { return get({"deployment", "echo"}, "{.spec.replicas}"); }
};

TEST_F(DriveRights, AreEnough) {
  deploy_echo();
  grant("deploy/rbac.yaml");
  FaultProxy proxy(transport_.access());
  const DriverSettings as = settings();
  proxy.write_kubeconfig(as.kubeconfig, token());
  Driver driver(as);
  driver.start();
  ASSERT_TRUE(eventually(5s, [&] { return driver.wake("echo") == 204; })) << driver.log();
  // The answer says that the wake is kept; the next pass, each second, acts on it.
  EXPECT_TRUE(eventually(5s, [&] { return replicas() == "1"; })) << driver.log();
  // Nothing here runs a pod, so it stays awake; a stop keeps the state and lets the lease go.
  EXPECT_EQ(driver.stop(), 0);
  EXPECT_EQ(driver.log().find("forbidden"), std::string::npos) << driver.log();
  const Output holder = plane().kubectl(
      {"get", "lease", "thaw", "-n", home(), "-o", "jsonpath={.spec.holderIdentity}"});
  EXPECT_EQ(holder.text, "");
  const Output state =
      plane().kubectl({"get", "configmap", "thaw-state", "-n", home(), "-o", "jsonpath={.data}"});
  EXPECT_NE(state.text.find(space() + "_echo"), std::string::npos) << state.text;
  EXPECT_NE(get({"events.events.k8s.io"}, "{.items[*].note}").find("from 0 to 1"),
            std::string::npos);
}

// A gateway needs the two components of it as well, and no more.
TEST_F(DriveRights, AreEnoughForAGateway) {
  deploy_echo();
  grant("deploy/rbac.yaml");
  grant_a_gateway();
  FaultProxy proxy(transport_.access());
  DriverSettings as = settings();
  as.gateway = "";
  proxy.write_kubeconfig(as.kubeconfig, token());
  Driver driver(as);
  driver.start();
  ASSERT_TRUE(eventually(5s, [&] { return driver.get("/status-function/echo").status == 200; }));
  // Nothing here runs a pod: the call is held, wakes, and is told to other gateways.
  const Output cut =
      live::run({"curl", "-s", "--max-time", "3", driver.calls() + "/function/echo/x"});
  EXPECT_EQ(cut.exit_code, 28) << "curl's own: it took too long";
  EXPECT_EQ(replicas(), "1") << driver.log();
  const Output told = plane().kubectl(
      {"get", "configmap", "thaw-gateways", "-n", home(), "-o", "jsonpath={.data.a}"});
  EXPECT_NE(told.text.find(space() + "/echo"), std::string::npos) << told.text << driver.log();
  EXPECT_EQ(driver.stop(), 0);
  EXPECT_EQ(driver.log().find("forbidden"), std::string::npos) << driver.log();
}

// Every single right that deploy/ gives is needed: without it the driver does not begin, and says
// which one it lacks.
TEST_F(DriveRights, OneLessIsNamed) {
  grant("deploy/rbac.yaml");
  grant_a_gateway();
  FaultProxy proxy(transport_.access());
  DriverSettings as = settings();
  as.gateway = "";
  proxy.write_kubeconfig(as.kubeconfig, token());
  int taken = 0;
  for (const auto& [role, ns] :
       {std::pair(std::string("thaw"), home()), std::pair(std::string("thaw-gateway"), home()),
        std::pair(std::string("thaw-managed"), space()),
        std::pair(std::string("thaw-endpoints"), space())}) {
    const json whole =
        json::parse(plane().kubectl({"get", "role", role, "-n", ns, "-o", "json"}).text);
    const auto set = [&](const json& rules) {
      const Output done = plane().kubectl(
          {"patch", "role", role, "-n", ns, "--type=merge", "-p", json{{"rules", rules}}.dump()});
      ASSERT_EQ(done.exit_code, 0) << done.text;
    };
    for (std::size_t rule = 0; rule < whole["rules"].size(); ++rule) {
      for (const json& resource : whole["rules"][rule]["resources"]) {
        for (const json& verb : whole["rules"][rule]["verbs"]) {
          json rules = whole["rules"];
          json& resources = rules[rule]["resources"];
          json less = rules[rule];
          std::erase(less["verbs"].get_ref<json::array_t&>(), verb);
          less["resources"] = {resource};
          std::erase(resources.get_ref<json::array_t&>(), resource);
          if (resources.empty()) rules.erase(rule);
          if (!less["verbs"].empty()) rules.push_back(less);
          set(rules);
          const std::string named =
              "\n  " + verb.get<std::string>() + " " + resource.get<std::string>();
          Driver driver(as);
          driver.launch();
          EXPECT_TRUE(
              eventually(10s, [&] { return driver.log().find(named) != std::string::npos; }))
              << named << driver.log();
          EXPECT_EQ(driver.ends(), 3) << named;
          std::ofstream(as.folder + "/log", std::ios::trunc);
          ++taken;
        }
      }
    }
    set(whole["rules"]);
  }
  EXPECT_EQ(taken, 6 + 3 + 14 + 2);
}

TEST_F(DriveRights, AShadowReadsAndNothingElse) {
  deploy_echo();
  grant("deploy/workload/namespace.yaml");
  plane().kubectl({"create", "serviceaccount", "thaw", "-n", home()});
  grant("deploy/managed-shadow/rbac.yaml");
  FaultProxy proxy(transport_.access());
  DriverSettings as = settings();
  as.shadow = true;
  as.more.clear();
  proxy.write_kubeconfig(as.kubeconfig, token());
  Driver driver(as);
  driver.start();
  ASSERT_TRUE(eventually(5s, [&] { return driver.wake("echo") == 204; })) << driver.log();
  EXPECT_TRUE(eventually(5s, [&] {
    return driver.log().find("echo 0 → 1 (the cluster has 0)") != std::string::npos;
  })) << driver.log();
  scale("echo", 1);  // as the cluster's own autoscaler would
  EXPECT_TRUE(eventually(5s, [&] {
    return driver.log().find("(the cluster has 1)") != std::string::npos;
  })) << driver.log();
  EXPECT_EQ(driver.stop(), 0);
  EXPECT_EQ(driver.log().find("forbidden"), std::string::npos) << driver.log();
  const auto requests = proxy.requests();
  EXPECT_GT(requests.size(), 7u);
  for (const SeenRequest& request : requests) EXPECT_EQ(request.method, "GET") << request.target;
}

}  // namespace
}  // namespace thaw::live
