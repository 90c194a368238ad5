// The five documents' scenarios in both worlds: simulated, and on a real control plane, whose
// scheduler, controllers and HorizontalPodAutoscaler are real. All checks hold in both, and the
// numbers of replicas and nodes follow one another.
//
// One scenario minute is 60 / 15 s of the wall. THAW_TRIAL_RUNS=10 plays each as often, and prints
// a table for results/worlds.md; a change has to come in time in nine tenths of the runs.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "tests/live/eventually.hpp"
#include "tests/live/plane.hpp"
#include "tests/live/process.hpp"

namespace thaw::live {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// A scenario, and how it is held against its simulation.
struct Case {
  const char* scenario;
  int scale;        // so many times as fast; the plane's own periods are for 15
  double period_s;  // between two looks of whoever decides; this and what follows in its own time
  double settle_s;  // changes so close to one another are one
  int seed = 1;
};

std::string thaw_binary() {
  const char* const binary = std::getenv("THAW_BINARY");
  return binary ? binary : "build/thaw";
}

int runs() {
  const char* const asked = std::getenv("THAW_TRIAL_RUNS");
  return asked ? std::max(1, std::atoi(asked)) : 1;
}

std::unique_ptr<Plane> the_plane;

class StopsThePlane final : public testing::Environment {
  void TearDown() override {
    if (!the_plane) return;
    EXPECT_EQ(the_plane->stop(), 0);
    the_plane.reset();
  }
};

class Trial : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) {
      if (std::getenv("THAW_REQUIRE_ROOT")) FAIL() << "not run: a network namespace takes root";
      GTEST_SKIP() << "not run: a network namespace takes root";
    }
    if (the_plane) return;
    // Kubernetes' 15 s and 5 min, DCGM's store scraped each 15 s; what pods and nodes take, each
    // scenario says.
    the_plane = std::make_unique<Plane>(std::vector<std::string>{
        "-namespace", "-prometheus", "-scrape", "1s", "-hpa-sync", "1s", "-hpa-downscale-window",
        "20s", "-start", "0s", "-cloud-scan", "200ms"});
    testing::AddGlobalTestEnvironment(new StopsThePlane);
  }
  static Plane& plane() { return *the_plane; }

  std::string folder(const std::string& name) const {
    return plane().folder() + "/" + testing::UnitTest::GetInstance()->current_test_info()->name() +
           "-" + name;
  }

  static Output on_cluster(const Case& of, const std::string& out) {
    return run({thaw_binary(), "run", of.scenario, "--on", "kubernetes", "--time-scale",
                std::to_string(of.scale), "--seed", std::to_string(of.seed), "--kubeconfig",
                plane().kubeconfig(), "--out", out});
  }

  void expect_nothing_left() const {
    const Output left = plane().kubectl(
        {"get", "namespaces,configmaps,deployments,services,pods,horizontalpodautoscalers,leases",
         "--all-namespaces", "--selector=app.kubernetes.io/managed-by=thaw", "--output=name"});
    EXPECT_TRUE(left.text.empty() || left.text.find("No resources") == 0) << left.text;
  }

  // What the plane adds to what it is told to take: from a write of replicas to a ready pod, the
  // longest of ten, on the wall.
  static double jitter_s();

  void agree(const Case& of) const;
};

double Trial::jitter_s() {
  static double longest = [] {
    plane().kubectl({"apply", "--filename=-"}, R"(apiVersion: v1
kind: Node
metadata: {name: jitter, labels: {fake: "true", jitter: "true"}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: jitter, namespace: default}
spec:
  replicas: 0
  selector: {matchLabels: {app: jitter}}
  template:
    metadata: {labels: {app: jitter}, annotations: {fake/start: 500ms}}
    spec:
      nodeSelector: {jitter: "true"}
      containers: [{name: main, image: "echo:1", ports: [{containerPort: 8080}]}]
)");
    double most = 0;
    for (int i = 1; i <= 10; ++i) {
      const auto begun = Clock::now();
      plane().kubectl({"scale", "deployment/jitter", "--replicas=" + std::to_string(i)});
      eventually(20s, [&] {
        return plane()
                   .kubectl(
                       {"get", "deployment/jitter", "--output=jsonpath={.status.readyReplicas}"})
                   .text == std::to_string(i);
      });
      const std::chrono::duration<double> took = Clock::now() - begun;
      most = std::max(most, took.count() - 0.5);
    }
    plane().kubectl({"delete", "deployment/jitter", "node/jitter", "--wait=false"});
    return most;
  }();
  return longest;
}

std::string seconds_text(double s) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3fs", s);
  return text;
}

void Trial::agree(const Case& of) const {
  const std::string simulated = folder("simulated");
  const Output simulation = run(
      {thaw_binary(), "run", of.scenario, "--seed", std::to_string(of.seed), "--out", simulated});
  ASSERT_EQ(simulation.exit_code, 0) << simulation.text;
  const double within_s = of.period_s + jitter_s() * of.scale;
  int agreed = 0, held = 0;
  for (int i = 0; i < runs(); ++i) {
    const std::string observed = folder("observed-" + std::to_string(i));
    const Output trial = on_cluster(of, observed);
    held += trial.exit_code == 0;
    EXPECT_EQ(trial.exit_code, 0) << trial.text;
    expect_nothing_left();
    const Output difference =
        run({thaw_binary(), "diff", simulated, observed, "--of", "desired,replicas,nodes",
             "--within", seconds_text(within_s), "--settle", seconds_text(of.settle_s)});
    agreed += difference.exit_code == 0;
    std::printf("%s\n", difference.text.c_str());
  }
  double load[1] = {0};
  getloadavg(load, 1);
  std::printf("| %s | %d | %d | %d of %d | %d of %d | %.0f s | %.1f s | %.0f s | %.1f |\n",
              of.scenario, of.scale, runs(), held, runs(), agreed, runs(), of.period_s,
              jitter_s() * of.scale, of.settle_s, load[0]);
  EXPECT_GE(agreed, static_cast<int>(std::ceil(0.9 * runs())))
      << "of " << runs() << " runs, each change within " << seconds_text(within_s);
}

// SlimFaas looks each second, the node autoscaler each 10 s.
TEST_F(Trial, SlimFaasOnKapsuleWakesANodeAndGoesBackToZero) {
  agree({"scenarios/slimfaas-kapsule/fixture", 15, 10, 2});
}

// Nobody scales them: the card decides who runs. They are made one after another, and the last of
// the nine comes 0.4 to 0.9 s of the wall after the first.
TEST_F(Trial, FiveClientsShareACardAndTheSixthWaits) {
  agree({"scenarios/fedless-vgpu/fixture", 2, 1, 2});
}

// The real HorizontalPodAutoscaler, each 15 s, on what Prometheus and the adapter say. When in
// those 15 s it looks is its own; with this seed what it sees changes at none of its instants, nor
// at the simulation's, so that both see the same.
TEST_F(Trial, TheClustersOwnAutoscalerFollowsTheGpus) {
  agree({"scenarios/suse-hpa/fixture", 15, 15, 2, 4});
}

// The rule is looked at each 15 s. Forty pods are made, and 88 go, within seconds and not at once.
TEST_F(Trial, AlertsTakeAFunctionFromTwelveToAHundred) {
  agree({"scenarios/vaccel-openfaas/fixture", 5, 15, 15});
}

// Knative's autoscaler each 2 s, the utilisation each 15 s.
TEST_F(Trial, APipelineIsScaledByConcurrencyAndUtilisation) {
  agree({"scenarios/knative-dapr-gke/fixture", 15, 15, 5});
}

// thaw drive is in SlimFaas's place, and its gateway is where the run's calls go: the run's own
// driver leaves the function alone.
TEST_F(Trial, ThroughAGatewayThatIsThereWhoeverItIsOfScales) {
  const std::string config = folder("drive.yaml"), out = folder("observed");
  std::ofstream(config) << "apiVersion: thaw/v1\nkind: Drive\nnamespaces: [default]\nkubeconfig: "
                        << plane().kubeconfig()
                        << "\nlisten: 127.0.0.1:8090\ngateway: {listen: \"127.0.0.1:8091\"}\n";
  Companion drive({thaw_binary(), "drive", config});
  const std::string gateway = "http://127.0.0.1:8091";
  ASSERT_TRUE(eventually(20s, [&] { return run({"curl", "-s", gateway}).exit_code != 7; }));
  const Output trial =
      run({thaw_binary(), "run", "tests/live/gateway-there", "--on", "kubernetes", "--gateway",
           gateway, "--kubeconfig", plane().kubeconfig(), "--out", out});
  EXPECT_EQ(trial.exit_code, 0) << trial.text;
  std::ifstream in(out + "/summary.json");
  const std::string summary{std::istreambuf_iterator<char>(in), {}};
  EXPECT_NE(summary.find("the gateway's own autoscaler"), std::string::npos) << summary;
  EXPECT_EQ(drive.stop(), 0);
  expect_nothing_left();
}

}  // namespace
}  // namespace thaw::live
