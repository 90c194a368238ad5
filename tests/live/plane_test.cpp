// The fixture itself: a real control plane, its node pools, its audit log, and what is left of it
// after a crash. Delays are lower bounds that hold exactly; the upper ones leave room for a machine
// that has other things to do.
#include "tests/live/plane.hpp"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/live/eventually.hpp"
#include "tests/live/http.hpp"
#include "tests/live/manifests.hpp"
#include "tests/live/plane_case.hpp"

namespace thaw::live {
namespace {

using namespace std::chrono_literals;

class ControlPlane : public PlaneCase {};
class Cloud : public PlaneCase {};

TEST_F(ControlPlane, IsARealApiServer) {
  EXPECT_EQ(kubectl({"get", "--raw", "/readyz"}).text, "ok");
  EXPECT_NE(kubectl({"version"}).text.find("Server Version: v1.36.3"), std::string::npos);
  EXPECT_NE(kubectl({"get", "nodes", "--nosuch"}).exit_code, 0);
}

TEST_F(ControlPlane, SaysWhoWroteWhat) {
  apply(deployment({.name = "audited", .replicas = 0, .gpu = false}));
  scale("audited", 0);
  const std::vector<std::string> lines = plane().lines("audit.jsonl");
  const auto written = std::ranges::find_if(lines, [](const std::string& line) {
    return line.find("deployments/audited/scale") != std::string::npos &&
           field(line, "verb") == "patch";
  });
  ASSERT_NE(written, lines.end());
  EXPECT_EQ(field(*written, "username"), "admin");
  EXPECT_NE(written->find(R"("requestObject":{"spec":{"replicas":0}})"), std::string::npos)
      << *written;
}

TEST_F(ControlPlane, GivesAServiceAccountWhatItsRoleSaysAndNoMore) {
  ASSERT_EQ(kubectl({"create", "serviceaccount", "reader"}).exit_code, 0);
  ASSERT_EQ(kubectl({"create", "role", "reader", "--verb=list", "--resource=pods"}).exit_code, 0);
  ASSERT_EQ(kubectl({"create", "rolebinding", "reader", "--role=reader",
                     "--serviceaccount=" + space() + ":reader"})
                .exit_code,
            0);
  const Output token = kubectl({"create", "token", "reader"});
  ASSERT_EQ(token.exit_code, 0) << token.text;
  std::string bearer = token.text.substr(0, token.text.find('\n'));
  // The admin's certificate would win over a token, so a kubeconfig without it.
  const std::string config = plane().folder() + "/reader.kubeconfig";
  std::ofstream(config)
      << "{apiVersion: v1, kind: Config, current-context: c, contexts: [{name: c, context: "
         "{cluster: c, user: u}}],"
      << " clusters: [{name: c, cluster: {certificate-authority: ca.crt, server: \""
      << plane().server() << "\"}}], users: [{name: u, user: {token: " << bearer << "}}]}\n";
  EXPECT_EQ(kubectl({"--kubeconfig=" + config, "get", "pods"}).exit_code, 0);
  const Output forbidden = kubectl({"--kubeconfig=" + config, "get", "services"});
  EXPECT_NE(forbidden.text.find("forbidden"), std::string::npos) << forbidden.text;
}

TEST_F(Cloud, BringsANodeForAPendingPodAndRemovesItWhenEmpty) {
  put_pool(
      "cold",
      gpu_pool(R"(, "provision": "2s", "boot": "1s", "gpu": "1s", "unneeded": "3s", "removal": "1s",
    "price_per_s": 0.25)"));
  apply(deployment({.name = "cold"}));
  EXPECT_TRUE(eventually(20s, [&] {
    return get({"pods"}, "{.items[*].status.conditions[*].reason}") == "Unschedulable";
  }));
  ASSERT_TRUE(becomes_ready("cold"));
  EXPECT_EQ(get({"node/cold-1"}, "{.status.allocatable.nvidia\\.com/gpu}"), "1");
  scale("cold", 0);
  ASSERT_TRUE(eventually(30s, [&] { return kubectl({"get", "node/cold-1"}).exit_code != 0; }));

  const auto at = [](const std::string& kind) { return seconds(journal("cold", kind)); };
  EXPECT_GE(at("running") - at("ordered"), 2.0);   // provision
  EXPECT_GE(at("usable") - at("running"), 2.0);    // boot and GPU
  EXPECT_GE(at("unneeded") - at("usable"), 3.0);   // unneeded
  EXPECT_GE(at("removed") - at("unneeded"), 1.0);  // removal
  EXPECT_LE(at("running") - at("ordered"), 4.0);
  EXPECT_LE(at("removed") - at("unneeded"), 3.0);
  // Billed from the instance to its end, at the pool's price.
  const std::string removed = journal("cold", "removed");
  const double billed = std::stod(field(removed, "billed_s"));
  EXPECT_NEAR(billed, at("removed") - at("running"), 0.05);
  EXPECT_NEAR(std::stod(field(removed, "cost")), 0.25 * billed, 1e-6);
}

TEST_F(Cloud, TurnsToTheNextPoolWhenTheCheapestIsSoldOut) {
  put_pool("cheap",
           gpu_pool(R"(, "price_per_s": 0.1, "sold_out": true, "backoff": "60s", "boot": "0s")"));
  put_pool("dear", gpu_pool(R"(, "price_per_s": 0.5, "boot": "0s")"));
  apply(deployment({.name = "picky"}));
  ASSERT_TRUE(becomes_ready("picky"));
  EXPECT_EQ(field(journal("cheap", "failed"), "reason"), "sold out");
  EXPECT_EQ(get({"pods"}, "{.items[0].spec.nodeName}"), "dear-1");
  EXPECT_LT(seconds(journal("cheap", "failed")), seconds(journal("dear", "ordered")));
}

TEST_F(Cloud, TakesASpotInstanceAwayWithItsPods) {
  put_pool("spot", gpu_pool(R"(, "provision": "0s", "boot": "0s")"));
  apply(deployment({.name = "spot"}));
  ASSERT_TRUE(becomes_ready("spot"));
  ASSERT_EQ(http("POST", plane().cloud() + "/pools/spot/spot-1/reclaim?notice=1s").status, 200);
  EXPECT_TRUE(eventually(20s, [&] { return kubectl({"get", "node/spot-1"}).exit_code != 0; }));
  EXPECT_GE(seconds(journal("spot", "removed")) - seconds(journal("spot", "reclaimed")), 1.0);
  ASSERT_TRUE(becomes_ready("spot"));
  EXPECT_EQ(get({"pods"}, "{.items[*].spec.nodeName}"), "spot-2");
}

// The program of a test is killed: the control plane ends by itself and leaves nothing.
TEST(PlaneOfACrashedTest, IsGone) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);  // so that the orphan is ours to wait for
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t crashing = fork();
  if (crashing == 0) {
    const Plane plane;
    const std::string said = std::to_string(plane.pid()) + " " + plane.folder();
    if (write(ends[1], said.data(), said.size()) < 0) _exit(1);
    kill(getpid(), SIGKILL);
  }
  close(ends[1]);
  std::string said(4096, '\0');
  const ssize_t count = read(ends[0], said.data(), said.size());
  close(ends[0]);
  ASSERT_GT(count, 0);
  said.resize(static_cast<std::size_t>(count));
  waitpid(crashing, nullptr, 0);
  const pid_t up = std::stoi(said);
  const std::string folder = said.substr(said.find(' ') + 1);
  int status = -1;
  EXPECT_TRUE(eventually(30s, [&] { return waitpid(up, &status, WNOHANG) == up; }));
  EXPECT_EQ(status, 0);
  EXPECT_FALSE(std::filesystem::exists(folder));
}

class SecondPlane : public PlaneCase {};

// Its addresses are its own. `up` itself is killed: the kernel takes its processes along.
TEST_F(SecondPlane, TakesItsProcessesAlongWhenItIsKilled) {
  Plane plane;
  const std::vector<std::string> service = {"get", "service/kubernetes", "--namespace=default",
                                            "--output=jsonpath={.spec.clusterIP}"};
  const std::string address = plane.kubectl(service).text;
  EXPECT_TRUE(address.starts_with("127.")) << address;
  EXPECT_NE(address, PlaneCase::plane().kubectl(service).text);
  std::vector<pid_t> children;
  for (const char* name :
       {"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "metrics"}) {
    children.push_back(std::stoi(plane.lines(std::string(name) + ".pid").at(0)));
    EXPECT_EQ(kill(children.back(), 0), 0);
  }
  kill(plane.pid(), SIGKILL);
  EXPECT_EQ(plane.stop(), 128 + SIGKILL);
  for (const pid_t child : children) {
    EXPECT_TRUE(eventually(
        10s, [&] { return waitpid(child, nullptr, WNOHANG) != 0 && kill(child, 0) != 0; }));
  }
  EXPECT_FALSE(std::filesystem::exists(plane.folder()));
}

// A process that ends while all starts, as one does whose port was taken by then: all begins again.
TEST(PlaneThatFailsToStart, BeginsAgain) {
  std::string folder = "/tmp/controlplane-again-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const char* binary = std::getenv("THAW_CONTROLPLANE");
  ASSERT_NE(binary, nullptr);
  Companion up({binary, "up", "-dir", folder});
  const auto etcd = [&] {
    std::ifstream file(folder + "/etcd.pid");
    pid_t pid = 0;
    file >> pid;
    return pid;
  };
  ASSERT_TRUE(eventually(20s, [&] { return etcd() > 0; }));
  const pid_t first = etcd();
  kill(first, SIGKILL);
  EXPECT_TRUE(up.line(120'000).starts_with("READY "));
  EXPECT_NE(etcd(), first);
  EXPECT_EQ(up.stop(), 0);
  EXPECT_FALSE(std::filesystem::exists(folder));
}

// In a network of its own the usual addresses are there, which EndpointSlices take, and nothing can
// dial out.
TEST(PlaneInANetworkOfItsOwn, FillsEndpointSlices) {
  if (geteuid() != 0) GTEST_SKIP() << "a network namespace needs root";
  // Only the thread that starts the plane joins its network.
  std::thread([] {
    const Plane plane({"-namespace", "-start", "0s"});
    EXPECT_EQ(
        http("PUT", plane.cloud() + "/pools/warm", R"({"min": 1, "provision": "0s", "boot": "0s"})")
            .status,
        200);
    const std::string manifest =
        deployment({.name = "web", .image = "functions/web", .port = 8080, .gpu = false});
    EXPECT_EQ(plane.kubectl({"apply", "--filename=-"}, manifest).exit_code, 0);
    EXPECT_EQ(plane.kubectl({"expose", "deployment/web", "--port=8080"}).exit_code, 0);
    const auto get = [&](const std::string& what, const std::string& path) {
      return plane.kubectl({"get", what, "--output=jsonpath={.items[*]" + path + "}"}).text;
    };
    std::string address;
    EXPECT_TRUE(eventually(30s, [&] {
      address = get("pods", ".status.podIP");
      return !address.empty() &&
             plane.kubectl({"get", "endpointslices", "--selector=kubernetes.io/service-name=web",
                            "--output=jsonpath={.items[*].endpoints[?(@.conditions.ready==true)]."
                            "addresses[0]}"})
                     .text == address;
    })) << get("pods", ".status");
    EXPECT_EQ(address.substr(0, 7), "10.244.");
    EXPECT_EQ(http("POST", "http://" + address + ":8080/", "hello").body, "hello");
  }).join();
}

}  // namespace
}  // namespace thaw::live
