// The metrics driver against the metrics APIs of a real API server, with an adapter behind them
// that says what a test sets; and deploy/, whose rights that server judges.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>

#include "drivers/metrics/metrics.hpp"
#include "tests/drivers/run_here.hpp"
#include "tests/live/eventually.hpp"
#include "tests/live/http.hpp"
#include "tests/live/manifests.hpp"
#include "tests/live/plane.hpp"
#include "tests/live/wall_clock.hpp"

namespace thaw::live {
namespace {

using namespace std::chrono_literals;

MetricRef metric_of(MetricSource source, std::string name, std::string object = {},
                    std::string selector = {}) {
  return {source, std::move(name), std::move(object), {}, std::move(selector)};
}

class MetricApis : public ::testing::Test, public metrics::PodIds {
 protected:
  static void SetUpTestSuite() {
    plane_ = std::make_unique<Plane>(std::vector<std::string>{"-prometheus"});
  }
  static void TearDownTestSuite() {
    EXPECT_EQ(plane_->stop(), 0);
    plane_.reset();
  }

  // Pods are known by the number that ends their name, as a test names them.
  std::optional<std::uint64_t> id_of(std::string_view, std::string_view pod) const override {
    const std::size_t dash = pod.rfind('-');
    if (dash == std::string_view::npos) return {};
    return std::stoull(std::string(pod.substr(dash + 1)));
  }

  void connect(const std::string& user = {}) {
    if (transport_) transport_->close();
    Diagnostics diagnostics;
    kubernetes::AccessOptions options;
    options.kubeconfig = plane_->kubeconfig();
    kubernetes::Access access = kubernetes::load_access(options, diagnostics);
    diagnostics.throw_if_any();
    if (!user.empty()) access.impersonation = {{"Impersonate-User", user}};
    transport_.emplace(io_.get_executor(), access);
    metrics_.emplace(io_.get_executor(), metrics::Metrics::Apis{&*transport_, nullptr}, clock_,
                     *this);
  }
  void TearDown() override {
    if (metrics_) metrics_->stop();
    if (transport_) transport_->close();
    io_.run_for(std::chrono::milliseconds(50));
  }

  // What is handed out for each, once all were asked.
  std::span<const MetricFacts> read(std::vector<MetricRef> wanted,
                                    const std::string& selector = {}) {
    const std::size_t count = wanted.size();
    period_ += 1s;  // other questions than before: they are asked anew
    metrics_->ask({{.function = 1,
                    .pods = {"default", selector},
                    .metrics = std::move(wanted),
                    .period = period_}});
    loopback::run_until(io_, [&] {
      for (std::size_t i = 0; i < count; ++i) {
        if (metrics_->trouble(1, i) == "not asked yet") return false;
      }
      return true;
    });
    return metrics_->read(1);
  }
  std::string trouble(std::size_t index = 0) { return std::string(metrics_->trouble(1, index)); }

  static void set(const std::string& what, const std::string& value) {
    ASSERT_EQ(http("PUT", plane_->metrics() + what, value).status, 200);
  }
  static void unset(const std::string& what) { http("DELETE", plane_->metrics() + what); }
  static void apply(const std::string& manifest) {
    const Output applied = plane_->kubectl({"apply", "-f", "-"}, manifest);
    ASSERT_EQ(applied.exit_code, 0) << applied.text;
  }
  static std::string can(const std::string& account, const std::vector<std::string>& right) {
    std::vector<std::string> command{"auth", "can-i", "--as=system:serviceaccount:" + account};
    command.insert(command.end(), right.begin(), right.end());
    const std::string answer = plane_->kubectl(command).text;
    return answer.substr(answer.rfind('\n', answer.size() - 2) + 1);
  }

  static std::unique_ptr<Plane> plane_;
  boost::asio::io_context io_;
  WallClock clock_;
  Duration period_ = 1h;
  std::optional<kubernetes::Transport> transport_;
  std::optional<metrics::Metrics> metrics_;
};

std::unique_ptr<Plane> MetricApis::plane_;

TEST_F(MetricApis, AnswerForObjectsForTheNamespaceAndFromOutside) {
  connect();
  set("/values/gpu_utilization/default", "70500m");
  set("/values/hits/front", "12");
  set("/values/length", "1k");
  const auto facts = read({metric_of(MetricSource::object, "gpu_utilization", "Namespace/default"),
                           metric_of(MetricSource::object, "hits", "Service/front"),
                           metric_of(MetricSource::external, "length")});
  ASSERT_EQ(facts.size(), 3u);
  const Milli expected[] = {70'500, 12'000, 1'000'000};
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_EQ(facts[i].presence, Presence::ok) << trouble(i);
    ASSERT_EQ(facts[i].series.size(), 1u);
    EXPECT_EQ(facts[i].series[0], expected[i]);
    EXPECT_LT(clock_.now() - facts[i].taken, 5s);
  }
}

TEST_F(MetricApis, AnswerForEachPodOfASelector) {
  connect();
  for (const char* pod : {"queue-1", "queue-2", "other-3"}) {
    const std::string label = std::string(pod).substr(0, 5);
    apply("{apiVersion: v1, kind: Pod, metadata: {name: " + std::string(pod) +
          ", labels: {app: " + label + "}}, spec: {containers: [{name: main, image: function}]}}");
  }
  set("/values/waiting/queue-1", "3");
  set("/values/waiting/queue-2", "1500m");
  set("/values/waiting/other-3", "9");
  const auto facts = read({metric_of(MetricSource::pods, "waiting")}, "app=queue");
  ASSERT_EQ(facts[0].presence, Presence::ok) << trouble();
  ASSERT_EQ(facts[0].pods.size(), 2u);
  EXPECT_EQ(facts[0].pods[0].pod, 1u);
  EXPECT_EQ(facts[0].pods[0].value, 3'000);
  EXPECT_EQ(facts[0].pods[1].pod, 2u);
  EXPECT_EQ(facts[0].pods[1].value, 1'500);
  EXPECT_NE(plane_->lines("metric-answers.jsonl").back().find("labelSelector=app%3Dqueue"),
            std::string::npos);
}

TEST_F(MetricApis, OldAbsentDownAndBackAgain) {
  connect();
  const MetricRef metric = metric_of(MetricSource::object, "age", "Service/front");
  EXPECT_EQ(read({metric})[0].presence, Presence::absent);
  EXPECT_EQ(trouble(), "custom.metrics.k8s.io knows no age: the metric age has no value");
  set("/values/age?age=60s", "5");
  EXPECT_EQ(read({metric})[0].presence, Presence::ok)
      << trouble();  // 2 × (15 s + 30 s) is the limit
  EXPECT_GE(clock_.now() - metrics_->read(1, 0).taken, 60s);
  set("/values/age?age=120s", "5");
  EXPECT_EQ(read({metric})[0].presence, Presence::absent);
  EXPECT_EQ(trouble().substr(0, 12), "stale: taken") << trouble();
  set("/values/age", "5");
  set("/failure", "503");
  EXPECT_EQ(read({metric})[0].presence, Presence::error);
  EXPECT_EQ(trouble(), "custom.metrics.k8s.io is down: failing as it was told to");
  unset("/failure");
  EXPECT_EQ(read({metric})[0].presence, Presence::ok) << trouble();
}

TEST_F(MetricApis, AGroupThatIsNotServedStopsNoOther) {
  connect();
  set("/values/length", "4");
  const auto facts =
      read({metric_of(MetricSource::resource, "cpu"), metric_of(MetricSource::external, "length")});
  EXPECT_EQ(facts[0].presence, Presence::absent);
  EXPECT_EQ(trouble(0), "the cluster serves no metrics.k8s.io");
  EXPECT_EQ(facts[1].presence, Presence::ok) << trouble(1);
}

TEST_F(MetricApis, AnswerFromPrometheusThroughTheAdapter) {
  connect();
  ASSERT_EQ(http("PUT", plane_->cloud() + "/pools/gpu",
                 gpu_pool(R"(, "min": 1, "provision": "0s", "boot": "0s")"))
                .status,
            200);
  apply(deployment({.name = "ollama"}));
  set("/queries/gpu", "sum(DCGM_FI_DEV_GPU_UTIL{namespace=\"$namespace\"})");
  const MetricRef metric = metric_of(MetricSource::object, "gpu", "Namespace/default");
  MetricFacts facts;
  ASSERT_TRUE(eventually(60s, [&] {
    facts = read({metric})[0];
    return facts.presence == Presence::ok;
  })) << trouble();
  ASSERT_EQ(facts.series.size(), 1u);
  EXPECT_EQ(facts.series[0], 0);  // nobody calls it
}

TEST_F(MetricApis, DeployIsAcceptedAndGivesTheRightsThatItSays) {
  for (const char* name : {"thaw", "thaw-shadow", "slimfaas-demo", "ollama"}) {
    plane_->kubectl({"create", "namespace", name});
  }
  for (const char* folder : {"deploy/overlays/kapsule", "deploy/overlays/kapsule-shadow",
                             "deploy/overlays/gke-shadow"}) {
    const Output applied = plane_->kubectl({"apply", "-k", folder});
    EXPECT_EQ(applied.exit_code, 0) << folder << "\n" << applied.text;
  }
  // Pods that break the namespace's Pod Security would not come into being.
  EXPECT_TRUE(eventually(20s, [] {
    return plane_->kubectl({"-n", "thaw", "get", "pods", "-o", "name"}).text.find("pod/thaw-") !=
           std::string::npos;
  }));

  const std::string drive = "thaw:thaw", shadow = "thaw-shadow:thaw";
  const std::vector<std::string> scale{"patch", "deployments.apps", "--subresource=scale", "-n",
                                       "slimfaas-demo"};
  EXPECT_EQ(can(drive, scale), "yes\n");
  EXPECT_EQ(can(shadow, scale), "no\n");
  for (const std::string& account : {drive, shadow}) {
    EXPECT_EQ(can(account, {"watch", "pods", "-n", "slimfaas-demo"}), "yes\n");
    EXPECT_EQ(can(account, {"list", "nodes"}), "no\n");
    EXPECT_EQ(can(account, {"patch", "nodes"}), "no\n");
    EXPECT_EQ(can(account, {"get", "secrets", "-n", "slimfaas-demo"}), "no\n");
    EXPECT_EQ(can(account, {"create", "pods", "--subresource=exec", "-n", "slimfaas-demo"}),
              "no\n");
    EXPECT_EQ(can(account, {"list", "pods", "-n", "kube-system"}), "no\n");
    EXPECT_EQ(can(account, {"patch", "deployments.apps", "-n", "slimfaas-demo"}), "no\n");
  }
  EXPECT_EQ(can(drive, {"update", "leases/thaw", "-n", "thaw"}), "yes\n");
  EXPECT_EQ(can(drive, {"update", "leases/other", "-n", "thaw"}), "no\n");
  EXPECT_EQ(can(drive, {"update", "configmaps/thaw-state", "-n", "thaw"}), "yes\n");
  EXPECT_EQ(can(drive, {"update", "configmaps/thaw-config", "-n", "thaw"}), "no\n");
  for (const char* verb : {"create", "update", "patch", "delete"}) {
    EXPECT_EQ(can(shadow, {verb, "leases/thaw", "-n", "thaw-shadow"}), "no\n");
    EXPECT_EQ(can(shadow, {verb, "configmaps/thaw-state", "-n", "thaw-shadow"}), "no\n");
    EXPECT_EQ(can(shadow, {verb, "events.events.k8s.io", "-n", "slimfaas-demo"}), "no\n");
  }
}

TEST_F(MetricApis, ARightThatIsMissingIsToldAndTheComponentGivesIt) {
  connect("system:serviceaccount:thaw:thaw");
  set("/values/gpu_utilization/default", "50");
  const std::vector<MetricRef> all{
      metric_of(MetricSource::object, "gpu_utilization", "Namespace/default"),
      metric_of(MetricSource::pods, "gpu_utilization"),
      metric_of(MetricSource::external, "gpu_utilization")};
  const auto before = read(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(before[i].presence, Presence::error);
    EXPECT_EQ(trouble(i).substr(0, 15), "forbidden: get ") << trouble(i);
  }
  const Output applied =
      plane_->kubectl({"apply", "-f", "deploy/components/custom-metrics/rbac.yaml"});
  ASSERT_EQ(applied.exit_code, 0) << applied.text;
  EXPECT_TRUE(eventually(10s,
                         [&] {
                           const auto facts = read(all);
                           return facts[0].presence == Presence::ok &&
                                  facts[1].presence == Presence::ok &&
                                  facts[2].presence == Presence::ok;
                         }))
      << trouble(0) << "\n"
      << trouble(1) << "\n"
      << trouble(2);
}

}  // namespace
}  // namespace thaw::live
