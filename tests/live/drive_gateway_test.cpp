// The data path of `thaw drive`: calls of functions at zero, through its gateway, with curl.
//
// In a network namespace, where EndpointSlices are filled; that takes root. Without root nothing
// here runs, and says so; where THAW_REQUIRE_ROOT is set that is a failure.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/live/driver.hpp"
#include "tests/live/eventually.hpp"
#include "tests/live/manifests.hpp"
#include "tests/live/plane_case.hpp"

namespace thaw::live {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

struct Answer {
  int status = 0;  // 0: none
  std::string body;
  double first_s = 0, all_s = 0;  // until the first byte, and until the last
};

// curl with these arguments, in the network of the plane.
Answer curl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"curl", "--max-time", "60", "-w",
                                       "\n%{http_code} %{time_starttransfer} %{time_total}"});
  const Output output = run(arguments);
  Answer answer;
  const std::size_t last = output.text.rfind('\n');
  answer.body = output.text.substr(0, last);
  std::istringstream(output.text.substr(last + 1)) >> answer.status >> answer.first_s >>
      answer.all_s;
  return answer;
}

// A call that goes on meanwhile.
class Calling {
 public:
  explicit Calling(std::vector<std::string> arguments)
      : thread_([this, arguments = std::move(arguments)] { answer_ = curl(arguments); }) {}
  ~Calling() {
    if (thread_.joinable()) thread_.join();
  }
  Calling(const Calling&) = delete;
  Calling& operator=(const Calling&) = delete;
  const Answer& answer() {
    if (thread_.joinable()) thread_.join();
    return answer_;
  }

 private:
  Answer answer_;
  std::thread thread_;
};

class DriveGateway : public PlaneCase {
 protected:
  void SetUp() override {
    if (geteuid() != 0) {
      if (std::getenv("THAW_REQUIRE_ROOT")) FAIL() << "not run: a network namespace takes root";
      GTEST_SKIP() << "not run: a network namespace takes root";
    }
    PlaneCase::SetUp();
    plane().kubectl({"apply", "-f", "-"}, R"(apiVersion: v1
kind: Node
metadata: {name: plain, labels: {fake: "true"}}
)");
  }
  void TearDown() override {
    if (geteuid() == 0) PlaneCase::TearDown();
  }

  DriverSettings settings(const std::string& identity = "a", const std::string& gateway = "",
                          const std::string& more = "") const {
    return {plane().folder() + "/gateway-" + space() + "-" + identity,
            plane().kubeconfig(),
            space(),
            identity,
            more,
            false,
            gateway};
  }
  static std::string idle(int timeout_s, const std::string& more = "") {
    return R"({SlimFaas/Function: "true", SlimFaas/TimeoutSecondBeforeSetReplicasMin: ")" +
           std::to_string(timeout_s) + "\"" + more + "}";
  }
  // A function that answers its input, with its Service.
  void deploy(const std::string& name, const std::string& annotations, int replicas = 0) const {
    apply(deployment({.name = name,
                      .image = "echo:1",
                      .port = 8080,
                      .replicas = replicas,
                      .annotations = annotations,
                      .gpu = false}));
    expose(name, 8080);
  }
  void expose(const std::string& name, int port) const {
    apply("apiVersion: v1\nkind: Service\nmetadata: {name: " + name + "}\nspec: {selector: {app: " +
          name + "}, ports: [{port: " + std::to_string(port) + "}]}\n");
  }
  std::string replicas(const std::string& name) const {
    return get({"deployment", name}, "{.spec.replicas}");
  }
  bool becomes(const std::string& name, const std::string& count, std::chrono::seconds limit) {
    return eventually(limit, [&] { return replicas(name) == count; });
  }
  // Until the driver knows the function: from then on it is called, or waited for.
  static bool knows(const Driver& driver, const std::string& name) {
    return eventually(10s, [&] { return driver.get("/status-function/" + name).status == 200; });
  }
};

// The lines of the first document, from no pod and no node to both, and back; then a call that
// wakes by itself.
TEST_F(DriveGateway, TheThreeLinesOfTheFirstDocumentWorkFromZero) {
  put_pool("gpu-" + space(), gpu_pool(R"(, "provision": "2s", "boot": "1s", "gpu": "1s",
                                         "unneeded": "3s")"));
  apply(deployment({.name = "ollama", .replicas = 0, .annotations = idle(6)}));
  expose("ollama", 11434);
  Driver driver(settings());
  driver.start();
  ASSERT_TRUE(knows(driver, "ollama")) << driver.log();

  EXPECT_EQ(curl({"-sSL", driver.calls() + "/wake-function/ollama"}).status, 204) << driver.log();
  const Answer tags = curl({"-sSL", driver.calls() + "/function/ollama/api/tags"});
  EXPECT_EQ(tags.status, 200) << tags.body << driver.log();
  EXPECT_NE(tags.body.find("\"tinyllama:latest\""), std::string::npos) << tags.body;
  const Answer told =
      curl({"-sSL", "-d", R"({"model":"tinyllama", "prompt": "Hello, how are you?" })",
            driver.calls() + "/function/ollama/api/generate"});
  EXPECT_EQ(told.status, 200) << told.body;
  EXPECT_NE(told.body.find("\"done\":true"), std::string::npos) << told.body;
  // 32 tokens, 50 a second.
  EXPECT_GE(told.all_s - told.first_s, 0.5) << "the first token before the last";
  std::printf("generate: first byte after %.3f s, last after %.3f s\n", told.first_s, told.all_s);

  EXPECT_TRUE(becomes("ollama", "0", 20s)) << driver.log();
  EXPECT_TRUE(eventually(20s, [&] { return !journal("gpu-" + space(), "removed").empty(); }));
  const Answer cold = curl({"-sSL", driver.calls() + "/function/ollama/api/tags"});
  EXPECT_EQ(cold.status, 200) << cold.body << driver.log();
  EXPECT_GE(cold.all_s, 4.0) << "a node takes 4 s";
  std::printf("cold call: %.3f s\n", cold.all_s);
  EXPECT_NE(driver.get("/metrics")
                .body.find("thaw_requests_cold_total{namespace=\"" + space() +
                           "\",function=\"ollama\"} "),
            std::string::npos);
  EXPECT_EQ(driver.stop(), 0);
}

TEST_F(DriveGateway, WhatIsPrivateIsThereForPodsAlone) {
  deploy("open", idle(600), 1);
  deploy("secret", idle(600, R"(, SlimFaas/DefaultVisibility: "Private")"), 1);
  deploy("lost", idle(600), 1);
  kubectl({"delete", "service", "lost"});
  Driver driver(settings());
  driver.start();
  ASSERT_TRUE(knows(driver, "secret"));
  ASSERT_TRUE(becomes_ready("open") && becomes_ready("secret"));
  EXPECT_EQ(curl({"-sSL", driver.calls() + "/function/open/x"}).status, 200);
  EXPECT_EQ(curl({"-sSL", driver.calls() + "/function/secret/x"}).status, 404);
  EXPECT_EQ(curl({"-sSL", driver.calls() + "/function/nobody/x"}).status, 404);
  const std::string pod = address_of("open").substr(7);
  EXPECT_TRUE(eventually(5s, [&] {
    return curl({"-sSL", "--interface", pod, driver.calls() + "/function/secret/x"}).status == 200;
  }));
  const std::string status = curl({"-sSL", driver.calls() + "/status-functions"}).body;
  EXPECT_NE(status.find("\"Visibility\":\"Private\""), std::string::npos) << status;
  EXPECT_EQ(curl({"-sSL", driver.calls() + "/metrics"}).status, 404);
  EXPECT_TRUE(eventually(20s, [&] {
    return driver.log().find("/lost has ready replicas, and no Service leads to them") !=
           std::string::npos;
  })) << driver.log();
  // What the fixture's Prometheus takes, under its names.
  curl({"-sSL", driver.calls() + "/function/open/y"});
  std::ofstream(plane().folder() + "/prometheus.yaml", std::ios::app)
      << "- job_name: thaw\n  static_configs: [{targets: ['" << driver.url().substr(7) << "']}]\n";
  const std::string pid = plane().lines("prometheus.pid").at(0);
  ASSERT_EQ(kill(std::stoi(pid), SIGHUP), 0);
  const auto value = [&](const std::string& query) {
    return curl({"-sS", "-G", plane().prometheus() + "/api/v1/query", "--data-urlencode",
                 "query=" + query})
        .body;
  };
  const std::string of = "{function=\"open\",namespace=\"" + space() + "\"";
  EXPECT_TRUE(eventually(
      20s,
      [&] {
        return value("thaw_requests_total" + of + ",outcome=\"completed\"}").find(",\"2\"]") !=
               std::string::npos;
      }))
      << value("thaw_requests_total") << value("up{job=\"thaw\"}");
  EXPECT_NE(value("thaw_latency_seconds_bucket" + of + ",le=\"+Inf\"}").find(",\"2\"]"),
            std::string::npos);
  EXPECT_NE(value("thaw_cold_start_stage_seconds_total" + of + ",stage=\"queue\"}").find("value"),
            std::string::npos);
}

// The fourth document's line; its pictures are any bytes.
TEST_F(DriveGateway, AnOpenFaasCallWorksUnchanged) {
  deploy("fclassify", idle(600));
  Driver driver(settings());
  driver.start();
  ASSERT_TRUE(knows(driver, "fclassify"));
  const std::string picture = plane().folder() + "/picture";
  std::string bytes;
  for (int i = 0; i < 300'000; ++i) bytes += static_cast<char>(i * 7 + i / 251);
  std::ofstream(picture, std::ios::binary) << bytes;
  const std::string back = plane().folder() + "/picture-back";
  const Answer answer = curl({"-sS", "-L", "-X", "POST", driver.calls() + "/function/fclassify",
                              "--data-binary", "@" + picture, "-o", back});
  EXPECT_EQ(answer.status, 200) << driver.log();
  std::ifstream in(back, std::ios::binary);
  EXPECT_TRUE((std::string{std::istreambuf_iterator<char>(in), {}}) == bytes);
}

// The call comes to the one that does not lead: it wakes, and while it is on the function stays.
TEST_F(DriveGateway, ACallThroughAStandbyWakesAndKeepsTheFunctionUp) {
  deploy("slow", idle(4, R"(, fake/service: "12s")"));
  Driver one(settings("one")), two(settings("two"));
  one.start();
  ASSERT_TRUE(eventually(10s, [&] { return one.leads(); }));
  two.start();
  ASSERT_FALSE(two.leads());
  ASSERT_TRUE(knows(two, "slow"));
  const auto begun = Clock::now();
  Calling call({"-sSL", two.calls() + "/function/slow/x"});
  EXPECT_TRUE(becomes("slow", "1", 5s)) << one.log() << two.log();
  std::printf("woken through a standby after %d ms\n",
              static_cast<int>((Clock::now() - begun) / 1ms));
  ASSERT_TRUE(becomes_ready("slow"));
  std::this_thread::sleep_for(8s);
  EXPECT_EQ(replicas("slow"), "1") << "its idle time is 4 s";
  EXPECT_EQ(call.answer().status, 200) << call.answer().body << two.log();
  EXPECT_TRUE(becomes("slow", "0", 15s)) << one.log();
  // What a gateway that is long gone has left goes.
  kubectl({"patch", "configmap", "thaw-gateways", "--type=merge", "-p",
           R"({"data": {"ghost": "{\"at_ns\":1,\"functions\":{}}"}})"});
  EXPECT_TRUE(eventually(5s, [&] {
    const std::string keys = get({"configmap", "thaw-gateways"}, "{.data}");
    return keys.find("two") != std::string::npos && keys.find("ghost") == std::string::npos;
  }));
  EXPECT_EQ(two.stop(), 0);
  EXPECT_EQ(one.stop(), 0);
}

// Knative's rule on the gateway's own numbers: 8 calls at once and a target of 2 are 4 replicas.
TEST_F(DriveGateway, CallsInFlightScaleAFunctionAndItsRestTakesItDown) {
  deploy("busy", R"({fake/service: "500ms"})", 1);
  Driver driver(settings("a", "",
                         "functions:\n  - {name: busy, namespace: " + space() +
                             ", policy: \"concurrency:target=2,target-utilization-percentage=100,"
                             "window=6s,max-scale=6,min-scale=1\"}\n"));
  driver.start();
  ASSERT_TRUE(knows(driver, "busy"));
  ASSERT_TRUE(becomes_ready("busy"));
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 8; ++i)
      callers.emplace_back([&](const std::stop_token& enough) {
        while (!enough.stop_requested()) http("GET", driver.calls() + "/function/busy/x");
      });
    EXPECT_TRUE(becomes("busy", "4", 25s)) << driver.log();
  }
  EXPECT_TRUE(becomes("busy", "1", 40s)) << driver.log();
}

TEST_F(DriveGateway, APodThatDiesInMidCallIsAnErrorOnce) {
  deploy("slow", idle(600, R"(, fake/service: "8s")"), 1);
  Driver driver(settings());
  driver.start();
  ASSERT_TRUE(knows(driver, "slow"));
  ASSERT_TRUE(becomes_ready("slow"));
  Calling call({"-sS", "-X", "POST", "-d", "x", driver.calls() + "/function/slow/x"});
  std::this_thread::sleep_for(1s);
  kubectl({"delete", "pods", "--all", "--grace-period=0", "--force"});
  EXPECT_EQ(call.answer().status, 502) << call.answer().body << driver.log();
  EXPECT_LT(call.answer().all_s, 6.0) << "it was not sent again";
}

// Taken while the function is at zero, and the gateway is killed before anybody could do it.
TEST_F(DriveGateway, AnAsynchronousCallOutlivesAKill) {
  deploy("later", idle(600, R"(, fake/ready: "3s")"));
  const std::string file = plane().folder() + "/" + space() + ".db";
  Driver driver(settings("a", "async: {path: " + file + "}"));
  driver.start();
  ASSERT_TRUE(knows(driver, "later"));
  const Answer taken =
      curl({"-sSL", "-d", "some work", driver.calls() + "/async-function/later/x"});
  ASSERT_EQ(taken.status, 202) << taken.body << driver.log();
  driver.kill_nine();
  driver.start();
  const auto told = [&](const std::string& line) {
    return driver.get("/metrics").body.find(line + " 1\n") != std::string::npos;
  };
  const std::string of = "{namespace=\"" + space() + "\",function=\"later\",";
  EXPECT_TRUE(eventually(20s, [&] {
    return told("thaw_async_attempts_total" + of + "outcome=\"delivered\"}");
  })) << driver.get("/metrics").body;
  EXPECT_EQ(replicas("later"), "1") << "it woke the function";
  EXPECT_EQ(driver.get("/async-dead-letters").status, 200);
  EXPECT_EQ(curl({"-sSL", driver.calls() + "/async-dead-letters"}).status, 404)
      << "not for callers";
  EXPECT_EQ(driver.stop(), 0);
}

TEST_F(DriveGateway, WhatIsUnderWayIsAnsweredAfterSigterm) {
  deploy("slow", idle(600, R"(, fake/service: "4s")"), 1);
  Driver driver(settings("a", "drain: 20s"));
  driver.start();
  ASSERT_TRUE(knows(driver, "slow"));
  ASSERT_TRUE(becomes_ready("slow"));
  Calling call({"-sSL", driver.calls() + "/function/slow/x"});
  std::this_thread::sleep_for(1s);
  kill(driver.pid(), SIGTERM);
  EXPECT_TRUE(eventually(2s, [&] { return !driver.ready(); }));
  EXPECT_EQ(driver.get("/readyz").status, 503) << "it still says so";
  EXPECT_NE(curl({"-sS", driver.calls() + "/function/slow/x"}).status, 200) << "nothing new";
  EXPECT_EQ(call.answer().status, 200) << call.answer().body << driver.log();
  EXPECT_EQ(driver.ends(), 0);
}

}  // namespace
}  // namespace thaw::live
