// The fixture itself: a real control plane, and around it stand-ins that do what they say. Delays
// are lower bounds that hold exactly; the upper ones leave room for a machine that has other things
// to do.
#include "tests/live/plane.hpp"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <ranges>

#include "tests/live/eventually.hpp"
#include "tests/live/http.hpp"
#include "tests/live/manifests.hpp"

namespace thaw::live {
namespace {

using namespace std::chrono_literals;

class PlaneTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    plane_ = std::make_unique<Plane>(std::vector<std::string>{"-start", "1s"});
  }
  static void TearDownTestSuite() {
    const std::string folder = plane_->folder();
    EXPECT_EQ(plane_->stop(), 0);
    EXPECT_FALSE(std::filesystem::exists(folder));
    plane_.reset();
  }

  static std::string get(const std::string& what, const std::string& path) {
    return plane_->kubectl({"get", what, "-o", "jsonpath=" + path}).text;
  }
  static void apply(const std::string& manifest) {
    const Output applied = plane_->kubectl({"apply", "-f", "-"}, manifest);
    ASSERT_EQ(applied.exit_code, 0) << applied.text;
  }
  static void put(const std::string& url, const std::string& body) {
    const Reply reply = http("PUT", url, body);
    ASSERT_EQ(reply.status, 200) << reply.body;
  }
  // Instants of the first line of each kind in the cloud's journal, from index `from` on; -1 where
  // there is none.
  static std::vector<double> instants(const std::string& pool,
                                      const std::vector<std::string>& kinds) {
    const std::vector<std::string> lines = plane_->lines("cloud.jsonl");
    std::vector<double> seconds;
    for (const std::string& kind : kinds) {
      const auto found = std::ranges::find_if(lines, [&](const std::string& line) {
        return field(line, "kind") == kind && field(line, "pool") == pool;
      });
      seconds.push_back(found == lines.end() ? -1 : std::stod(field(*found, "t_ns")) / 1e9);
    }
    return seconds;
  }

  static std::unique_ptr<Plane> plane_;
};

std::unique_ptr<Plane> PlaneTest::plane_;

TEST_F(PlaneTest, IsARealApiServer) {
  EXPECT_EQ(plane_->kubectl({"get", "--raw", "/readyz"}).text, "ok");
  EXPECT_NE(plane_->kubectl({"version"}).text.find("Server Version: v1.36.3"), std::string::npos);
  EXPECT_NE(plane_->kubectl({"get", "nodes", "--nosuch"}).exit_code, 0);
}

TEST_F(PlaneTest, BringsANodeForAPendingPodAndRemovesItWhenEmpty) {
  put(plane_->cloud() + "/pools/gpu",
      gpu_pool(
          R"(, "provision": "2s", "boot": "1s", "gpu": "1s", "unneeded": "3s", "removal": "1s", "price_per_s": 0.25)"));
  apply(deployment({.name = "cold"}));
  const std::string pod = "pod -l app=cold";
  EXPECT_TRUE(eventually(20s, [] {
    return plane_
               ->kubectl({"get", "pods", "-l", "app=cold", "-o",
                          "jsonpath={.items[*].status.conditions[*].reason}"})
               .text == "Unschedulable";
  }));
  ASSERT_TRUE(
      eventually(60s, [] { return get("deployment/cold", "{.status.readyReplicas}") == "1"; }));
  EXPECT_EQ(get("node/gpu-1", "{.status.allocatable.nvidia\\.com/gpu}"), "1");

  ASSERT_EQ(plane_->kubectl({"scale", "deployment/cold", "--replicas=0"}).exit_code, 0);
  ASSERT_TRUE(eventually(30s, [] {
    return plane_->kubectl({"get", "node/gpu-1"}).exit_code != 0;
  }));

  const std::vector<double> at =
      instants("gpu", {"ordered", "running", "usable", "unneeded", "removed"});
  EXPECT_GE(at[0], 0);
  EXPECT_GE(at[1] - at[0], 2.0);  // provision
  EXPECT_GE(at[2] - at[1], 2.0);  // boot and GPU
  EXPECT_GE(at[3] - at[2], 3.0);  // unneeded
  EXPECT_GE(at[4] - at[3], 1.0);  // removal
  EXPECT_LE(at[1] - at[0], 4.0);
  EXPECT_LE(at[4] - at[3], 3.0);
  // Billed from the instance to its end, at the pool's price.
  const std::vector<std::string> lines = plane_->lines("cloud.jsonl");
  const auto removed = std::ranges::find_if(
      lines, [](const std::string& line) { return field(line, "kind") == "removed"; });
  const double billed = std::stod(field(*removed, "billed_s"));
  EXPECT_NEAR(billed, at[4] - at[1], 0.05);
  EXPECT_NEAR(std::stod(field(*removed, "cost")), 0.25 * billed, 1e-6);
}

TEST_F(PlaneTest, SaysWhoWroteWhat) {
  apply(deployment({.name = "audited", .replicas = 0, .gpu = false}));
  ASSERT_EQ(plane_->kubectl({"scale", "deployment/audited", "--replicas=0"}).exit_code, 0);
  const std::vector<std::string> lines = plane_->lines("audit.jsonl");
  const auto written = std::ranges::find_if(lines, [](const std::string& line) {
    return line.find("deployments/audited/scale") != std::string::npos &&
           field(line, "verb") == "patch";
  });
  ASSERT_NE(written, lines.end());
  EXPECT_EQ(field(*written, "username"), "admin");
  EXPECT_NE(written->find(R"("requestObject":{"spec":{"replicas":0}})"), std::string::npos)
      << *written;
}

TEST_F(PlaneTest, OllamaStreamsAtItsSpeed) {
  put(plane_->cloud() + "/pools/warm", gpu_pool(R"(, "min": 1, "provision": "0s", "boot": "0s")"));
  apply(deployment(
      {.name = "ollama",
       .annotations = R"({fake/token-rate: "20", fake/load: "500ms", fake/slots: "1"})"}));
  ASSERT_TRUE(
      eventually(60s, [] { return get("deployment/ollama", "{.status.readyReplicas}") == "1"; }));
  const std::string address =
      plane_
          ->kubectl({"get", "pods", "-l", "app=ollama", "-o", "jsonpath={.items[0].status.podIP}"})
          .text;
  const std::string url = "http://" + address + ":11434";

  EXPECT_NE(http("GET", url + "/api/tags").body.find(R"("name":"tinyllama:latest")"),
            std::string::npos);
  const auto asked = std::chrono::steady_clock::now();
  const Reply reply = http("POST", url + "/api/generate",
                           R"({"model":"tinyllama","prompt":"why","options":{"num_predict":10}})");
  ASSERT_EQ(reply.status, 200);
  ASSERT_EQ(reply.pieces.size(), 11U);  // a line for each token, and the last
  for (const Piece& piece : reply.pieces | std::views::take(10))
    EXPECT_EQ(field(piece.text, "done"), "false");
  EXPECT_EQ(field(reply.pieces[10].text, "done"), "true");
  EXPECT_EQ(field(reply.pieces[10].text, "eval_count"), "10");
  // The first token comes after the model and 1/20 s, the tenth 9/20 s after it.
  const auto seconds = [](auto from, auto to) {
    return std::chrono::duration<double>(to - from).count();
  };
  EXPECT_GE(seconds(asked, reply.pieces[0].at), 0.55);
  EXPECT_NEAR(seconds(reply.pieces[0].at, reply.pieces[9].at), 0.45, 0.2);

  EXPECT_EQ(http("POST", url + "/api/generate", R"({"model":"other"})").status, 404);
  const std::string metrics = http("GET", url + "/metrics").body;
  EXPECT_NE(metrics.find(R"(code="200"} 1)"), std::string::npos) << metrics;
  EXPECT_NE(metrics.find("DCGM_FI_DEV_GPU_UTIL{gpu=\"0\""), std::string::npos) << metrics;
}

TEST_F(PlaneTest, ACustomMetricMovesARealAutoscaler) {
  put(plane_->cloud() + "/pools/plain",
      R"({"min": 1, "provision": "0s", "boot": "0s", "capacity": {"cpu": "8"}})");
  apply(deployment({.name = "scaled", .image = "functions/echo", .port = 8080, .gpu = false}));
  apply(R"(apiVersion: v1
kind: Service
metadata: {name: scaled}
spec: {selector: {app: scaled}, ports: [{port: 8080}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: scaled}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: scaled}
  minReplicas: 1
  maxReplicas: 5
  metrics:
  - type: Object
    object:
      metric: {name: in_flight}
      describedObject: {apiVersion: v1, kind: Service, name: scaled}
      target: {type: AverageValue, averageValue: "10"}
)");
  put(plane_->metrics() + "/values/in_flight", "35");
  // ceil(35 / 10)
  EXPECT_TRUE(eventually(30s, [] { return get("deployment/scaled", "{.spec.replicas}") == "4"; }))
      << plane_->kubectl({"describe", "hpa"}).text;
  const std::vector<std::string> answers = plane_->lines("metric-answers.jsonl");
  ASSERT_FALSE(answers.empty());
  EXPECT_EQ(field(answers.back(), "metric"), "in_flight");
  EXPECT_EQ(field(answers.back(), "value"), "35");
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

}  // namespace
}  // namespace thaw::live
