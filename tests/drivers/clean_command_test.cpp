// `thaw clean` on a cluster that is the test fixture, or is not: an API server with nothing of
// Kubernetes on it, and behind the same port the fixture's cloud with three pools of two runs.
#include "drivers/applied/clean_command.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/diagnostic.hpp"
#include "tests/drivers/loopback_server.hpp"
#include "tests/scenario/scratch.hpp"

namespace thaw::applied {
namespace clean_command_test {

using loopback::LoopbackServer;
using loopback::Visit;
using Lines = std::vector<std::string>;

class CleanCommand : public ::testing::Test {
 protected:
  CleanCommand() {
    options_.access.kubeconfig =
        scratch_.write("kubeconfig", "clusters: [{name: c, cluster: {server: \"" + url() +
                                         "\"}}]\ncontexts: [{name: x, context: {cluster: c}}]\n"
                                         "current-context: x\n");
    options_.access.environment = [](const char*) { return std::nullopt; };
    options_.say = [this](const std::string& line) { said_.push_back(line); };
  }

  // The command has an io_context of its own, so that the server needs a thread.
  bool clean() {
    said_.clear();
    io_.restart();
    std::thread serving([this] { io_.run_for(std::chrono::minutes(1)); });
    bool complete = false;
    try {
      complete = clean_command(options_);
    } catch (const InputError& error) {
      said_.push_back(to_text(error.problems().at(0)));
    } catch (const std::exception& error) {
      said_.push_back(error.what());
    }
    io_.stop();
    serving.join();
    said_.erase(said_.begin());  // context and server
    return complete;
  }

  Lines asked_of_cloud() const {
    Lines asked;
    for (const std::string& line : server_.log())
      if (line.find(" /pools") != std::string::npos) asked.push_back(line);
    return asked;
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }

  Awaitable<void> answer(Visit& visit) {
    const std::string& target = visit.request.target;
    const std::string path = target.substr(0, target.find('?'));
    const std::string pools = "/pools/";
    nlohmann::json body{{"metadata", nlohmann::json::object()}, {"items", nlohmann::json::array()}};
    int status = 200;
    if (path == "/api/v1/namespaces/kube-public/configmaps/controlplane") {
      status = marker_status_;
      body = {{"data", {{"cloud", url()}}}};
    } else if (path == "/pools") {
      body = nlohmann::json::object();
      for (const auto& [name, run] : pools_) body[name] = {{"labels", {{"thaw.dev/run", run}}}};
    } else if (path.starts_with(pools) && visit.request.method == "DELETE") {
      status = pools_.erase(path.substr(pools.size())) == 1 ? 200 : 404;
    }
    co_await visit.answer(status, body.dump());
  }

  Scratch scratch_;
  boost::asio::io_context io_;
  LoopbackServer server_{io_, std::nullopt, [this](Visit& visit) { return answer(visit); }};
  int marker_status_ = 200;
  std::map<std::string, std::string> pools_{
      {"cpu", "run-1"}, {"gpu", "run-1"}, {"run-2-gpu", "run-2"}};
  CleanOptions options_;
  Lines said_;
};

TEST_F(CleanCommand, TellsWhoHasPoolsOnTheFixtureAndRemovesNone) {
  EXPECT_TRUE(clean());
  ASSERT_EQ(said_.size(), 3U);
  EXPECT_EQ(said_[0], "run-1: no ConfigMap of it is there; pools cpu, gpu");
  EXPECT_EQ(said_[1], "run-2: no ConfigMap of it is there; pools run-2-gpu");
  EXPECT_EQ(asked_of_cloud(), Lines{"GET /pools"});
}

TEST_F(CleanCommand, RemovesThePoolsOfTheRunThatIsNamed) {
  options_.runs = {"run-1"};
  EXPECT_TRUE(clean());
  EXPECT_EQ(said_, (Lines{"Pool cpu is removed", "Pool gpu is removed", "run-1 is gone"}));
  EXPECT_EQ(pools_, (std::map<std::string, std::string>{{"run-2-gpu", "run-2"}}));
  EXPECT_FALSE(clean());  // again: it left nothing
  EXPECT_NE(said_.back().find("no run of this id left anything; these did: run-2"),
            std::string::npos)
      << said_.back();
}

TEST_F(CleanCommand, RemovesThePoolsOfAll) {
  options_.all = true;
  EXPECT_TRUE(clean());
  EXPECT_TRUE(pools_.empty());
}

// Nothing of run-1 is in this namespace, and it may still go on elsewhere.
TEST_F(CleanCommand, InOneNamespaceARunOfAnotherKeepsItsPools) {
  options_.all = true;
  options_.namespaces = {"somewhere"};
  EXPECT_TRUE(clean());
  EXPECT_EQ(pools_.size(), 3U);
}

TEST_F(CleanCommand, AsksNoCloudWhereNoMarkerIsOrMayBeRead) {
  options_.all = true;
  for (const int status : {403, 404}) {
    marker_status_ = status;
    EXPECT_TRUE(clean()) << status;
    EXPECT_EQ(said_, Lines{}) << status;
  }
  EXPECT_EQ(asked_of_cloud(), Lines{});
}

}  // namespace clean_command_test
}  // namespace thaw::applied
