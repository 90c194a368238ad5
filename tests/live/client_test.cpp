// The Kubernetes client against a real API server: what is only believed of it is shown here.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "drivers/kubernetes/access_review.hpp"
#include "drivers/kubernetes/config_map.hpp"
#include "drivers/kubernetes/json_fields.hpp"
#include "drivers/kubernetes/kubeconfig.hpp"
#include "drivers/kubernetes/reflector.hpp"
#include "drivers/kubernetes/scale.hpp"
#include "tests/drivers/run_here.hpp"
#include "tests/live/eventually.hpp"
#include "tests/live/manifests.hpp"
#include "tests/live/names.hpp"
#include "tests/live/plane.hpp"

namespace thaw::live {
namespace {

using namespace kubernetes;
using thaw::testing::run_here;
using thaw::testing::run_until;

Access access_of(const std::string& kubeconfig) {
  Diagnostics diagnostics;
  AccessOptions options;
  options.kubeconfig = kubeconfig;
  Access access = load_access(options, diagnostics);
  diagnostics.throw_if_any();
  return access;
}

class LiveClient : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { plane_ = std::make_unique<Plane>(); }
  static void TearDownTestSuite() {
    EXPECT_EQ(plane_->stop(), 0);
    plane_.reset();
  }

  static std::string kubectl(const std::vector<std::string>& arguments,
                             const std::string& input = {}) {
    const Output output = plane_->kubectl(arguments, input);
    EXPECT_EQ(output.exit_code, 0) << output.text;
    return output.text;
  }
  // A Deployment of pods that no node takes.
  static void deploy(const std::string& name, int replicas) {
    kubectl({"apply", "-f", "-"}, deployment({.name = name, .replicas = replicas}));
  }
  template <class T>
  T run(Awaitable<T> task) {
    return run_here(io_, std::move(task));
  }
  void run(Awaitable<void> task) { run_here(io_, std::move(task)); }
  template <class T>
  ApiError error_of(Awaitable<T> task) {
    try {
      run_here(io_, std::move(task));
    } catch (const ApiError& error) {
      return error;
    }
    throw std::logic_error("it did not fail");
  }

  static std::unique_ptr<Plane> plane_;
  boost::asio::io_context io_;
  Transport transport_{io_.get_executor(), access_of(plane_->kubeconfig())};
  Reader reader_{transport_};
  Writer writer_{transport_};
};

std::unique_ptr<Plane> LiveClient::plane_;

TEST_F(LiveClient, ReadsTheVersionOverTlsWithAClientCertificate) {
  const Json version = run(reader_.get("/version"));
  EXPECT_EQ(text_at(version, {"gitVersion"}), "v1.36.3");
  EXPECT_EQ(run(reader_.get_text("/readyz")), "ok");
}

TEST_F(LiveClient, ListsInChunksWhatKubectlLists) {
  deploy("chunks", 7);
  const Collection pods{"/api/v1/namespaces/default/pods", "app=chunks"};
  ASSERT_TRUE(run_until(
      io_, [&] { return run(reader_.list_all(pods)).size() == 7; }, 30s));
  std::set<std::string> names;
  std::string more;
  int chunks = 0;
  do {
    const std::function<void(Json &&)> keep = [&](Json&& pod) {
      EXPECT_EQ(text_at(pod, {"kind"}), "Pod");
      EXPECT_EQ(text_at(pod, {"apiVersion"}), "v1");
      names.insert(text_at(pod, {"metadata", "name"}));
    };
    const Chunk chunk = run(reader_.list(pods, 3, more, keep));
    EXPECT_NE(chunk.resource_version, "");
    more = chunk.more;
    ++chunks;
  } while (!more.empty());
  EXPECT_EQ(chunks, 3);
  std::set<std::string> expected;
  std::istringstream lines(kubectl({"get", "pods", "-l", "app=chunks", "-o", "name"}));
  for (std::string line; std::getline(lines, line);) expected.insert(line.substr(4));
  EXPECT_EQ(names, expected);
}

TEST_F(LiveClient, AReflectorKnowsWhatIsThere) {
  Names pods, deployments, nodes;
  Reflector all_pods(reader_, {"/api/v1/namespaces/default/pods", "app=reflected"}, pods);
  Reflector all_deployments(reader_, {"/apis/apps/v1/namespaces/default/deployments"}, deployments);
  Reflector all_nodes(reader_, {"/api/v1/nodes"}, nodes);
  for (Reflector* const reflector : {&all_pods, &all_deployments, &all_nodes}) {
    boost::asio::co_spawn(io_, reflector->run(), [](std::exception_ptr) {});
  }
  ASSERT_TRUE(
      run_until(io_, [&] { return pods.complete && deployments.complete && nodes.complete; }));
  deploy("reflected", 3);
  EXPECT_TRUE(run_until(io_, [&] { return pods.known.size() == 3; }));
  EXPECT_TRUE(deployments.known.contains("default/reflected"));
  kubectl({"scale", "deployment/reflected", "--replicas=1"});
  EXPECT_TRUE(run_until(io_, [&] { return pods.known.size() == 1; }));
  kubectl({"delete", "deployment/reflected"});
  EXPECT_TRUE(run_until(io_, [&] { return pods.known.empty(); }));
  EXPECT_EQ(all_pods.counters().lists, 1u);
  EXPECT_EQ(all_pods.counters().watches, 1u);
  EXPECT_EQ(all_pods.counters().errors, 0u) << all_pods.last_error();
  transport_.close();
  io_.run_for(100ms);
}

TEST_F(LiveClient, ScalesByAnAbsoluteCount) {
  deploy("scaled", 1);
  const Target target{.namespace_name = "default", .name = "scaled"};
  const Scaled before = run(read_scale(reader_, target));
  EXPECT_EQ(before.desired, 1);
  EXPECT_EQ(before.selector, "app=scaled");
  const Scaled after = run(scale(writer_, target, 3));
  EXPECT_EQ(after.desired, 3);
  EXPECT_FALSE(after.conflicted);
  EXPECT_EQ(kubectl({"get", "deployment/scaled", "-o", "jsonpath={.spec.replicas}"}), "3");
  // What was decided on an old version is not written.
  const Scaled stale = run(scale(writer_, target, 5, before.resource_version));
  EXPECT_TRUE(stale.conflicted);
  EXPECT_EQ(stale.desired, 3);
  EXPECT_EQ(kubectl({"get", "deployment/scaled", "-o", "jsonpath={.spec.replicas}"}), "3");
  EXPECT_EQ(error_of(scale(writer_, {.namespace_name = "default", .name = "missing"}, 1)).kind(),
            ApiError::Kind::not_found);
}

TEST_F(LiveClient, KeepsStringsInAConfigMap) {
  const ConfigMapName name{"default", "state"};
  EXPECT_EQ(run(read_config_map(reader_, name)), std::nullopt);
  run(apply_config_map(writer_, name, {{"a", "1"}, {"b", "2"}}));
  run(apply_config_map(writer_, name, {{"b", "3"}}));
  EXPECT_EQ(run(read_config_map(reader_, name)), (Strings{{"b", "3"}}));
}

}  // namespace
}  // namespace thaw::live
