// The Kubernetes client against a real API server: what is only believed of it is shown here.
#include <set>
#include <sstream>

#include "drivers/kubernetes/config_map.hpp"
#include "drivers/kubernetes/election.hpp"
#include "drivers/kubernetes/events.hpp"
#include "drivers/kubernetes/reflector.hpp"
#include "drivers/kubernetes/scale.hpp"
#include "tests/live/client_case.hpp"
#include "tests/live/eventually.hpp"
#include "tests/live/names.hpp"

namespace thaw::live {
namespace {

using namespace kubernetes;
using loopback::run_until;

class LiveClient : public ClientCase {
 protected:
  std::string replicas_of(const std::string& name) const {
    return get({"deployment/" + name}, "{.spec.replicas}");
  }
};

TEST_F(LiveClient, ReadsTheVersionOverTlsWithAClientCertificate) {
  const Json version = run(reader_.get("/version"));
  EXPECT_EQ(text_at(version, {"gitVersion"}), "v1.36.3");
  EXPECT_EQ(run(reader_.get_text("/readyz")), "ok");
}

TEST_F(LiveClient, ListsInChunksWhatKubectlLists) {
  deploy("chunks", 7);
  const Collection pods{in_space("api/v1", "pods"), "app=chunks"};
  ASSERT_TRUE(eventually(30s, [&] { return run(reader_.list_all(pods)).size() == 7; }));
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
  std::istringstream words(get({"pods", "-l", "app=chunks"}, "{.items[*].metadata.name}"));
  for (std::string name; words >> name;) expected.insert(name);
  EXPECT_EQ(names, expected);
}

TEST_F(LiveClient, AReflectorKnowsWhatIsThere) {
  Names pods, deployments, nodes;
  Reflector all_pods(reader_, {in_space("api/v1", "pods"), "app=reflected"}, pods);
  Reflector all_deployments(reader_, {in_space("apis/apps/v1", "deployments")}, deployments);
  Reflector all_nodes(reader_, {"/api/v1/nodes"}, nodes);
  for (Reflector* const reflector : {&all_pods, &all_deployments, &all_nodes}) {
    boost::asio::co_spawn(io_, reflector->run(), [](std::exception_ptr) {});
  }
  ASSERT_TRUE(
      run_until(io_, [&] { return pods.complete && deployments.complete && nodes.complete; }));
  deploy("reflected", 3);
  EXPECT_TRUE(run_until(io_, [&] { return pods.known.size() == 3; }));
  EXPECT_TRUE(deployments.known.contains(space() + "/reflected"));
  scale("reflected", 1);
  EXPECT_TRUE(run_until(io_, [&] { return pods.known.size() == 1; }));
  EXPECT_EQ(kubectl({"delete", "deployment/reflected"}).exit_code, 0);
  EXPECT_TRUE(run_until(io_, [&] { return pods.known.empty(); }));
  EXPECT_EQ(all_pods.counters().lists, 1u);
  EXPECT_EQ(all_pods.counters().watches, 1u);
  EXPECT_EQ(all_pods.counters().errors, 0u) << all_pods.last_error();
  transport_.close();
  io_.run_for(100ms);
}

TEST_F(LiveClient, ScalesByAnAbsoluteCount) {
  deploy("scaled", 1);
  const Target target{.namespace_name = space(), .name = "scaled"};
  const Scaled before = run(read_scale(reader_, target));
  EXPECT_EQ(before.desired, 1);
  EXPECT_EQ(before.selector, "app=scaled");
  const Scaled after = run(kubernetes::scale(writer_, target, 3));
  EXPECT_EQ(after.desired, 3);
  EXPECT_FALSE(after.conflicted);
  EXPECT_EQ(replicas_of("scaled"), "3");
  // What was decided on an old version is not written.
  const Scaled stale = run(kubernetes::scale(writer_, target, 5, before.resource_version));
  EXPECT_TRUE(stale.conflicted);
  EXPECT_EQ(stale.desired, 3);
  EXPECT_EQ(replicas_of("scaled"), "3");
  const Target missing{.namespace_name = space(), .name = "missing"};
  EXPECT_EQ(error_of(kubernetes::scale(writer_, missing, 1)).kind(), ApiError::Kind::not_found);
}

TEST_F(LiveClient, KeepsStringsInAConfigMap) {
  const ConfigMapName name{space(), "state"};
  EXPECT_EQ(run(read_config_map(reader_, name)), std::nullopt);
  run(apply_config_map(writer_, name, {{"a", "1"}, {"b", "2"}}));
  run(apply_config_map(writer_, name, {{"b", "3"}}));
  EXPECT_EQ(run(read_config_map(reader_, name)), (Strings{{"b", "3"}}));
}

TEST_F(LiveClient, TellsEventsThatKubectlShows) {
  deploy("told", 0);
  EventSettings settings;
  settings.instance = "pod-1";
  settings.settle = 100ms;
  Events events(writer_, settings);
  bool ended = false;
  boost::asio::co_spawn(io_, events.run(), [&](std::exception_ptr) { ended = true; });
  Event event;
  event.regarding = {"apps/v1", "Deployment", space(), "told",
                     get({"deployment/told"}, "{.metadata.uid}")};
  event.reason = "ScaledUp";
  event.action = "Scale";
  event.note = "0 to 1: a request waits";
  events.tell(event);
  ASSERT_TRUE(run_until(io_, [&] { return events.counters().written == 1; }));
  events.tell(event);
  events.tell(event);
  ASSERT_TRUE(run_until(io_, [&] { return events.counters().written == 2; }));
  events.stop();
  ASSERT_TRUE(run_until(io_, [&] { return ended; }));
  EXPECT_EQ(events.counters().failed, 0u);
  EXPECT_EQ(get({"events.events.k8s.io"},
                "{.items[?(@.reason=='ScaledUp')]['note','series.count','type']}"),
            "0 to 1: a request waits 3 Normal");
  EXPECT_NE(kubectl({"describe", "deployment/told"}).text.find("0 to 1: a request waits"),
            std::string::npos);
}

TEST_F(LiveClient, OneOfTwoLeadsAndTheOtherTakesOver) {
  // The default lease in a third of its time.
  const auto settings = [&](const char* identity) {
    return LeaseSettings{.namespace_name = space(),
                         .name = "thaw",
                         .identity = identity,
                         .duration = 5s,
                         .renew = 3s,
                         .retry = 500ms};
  };
  Transport other(io_.get_executor(), access_of(plane().kubeconfig()));
  Writer other_writer(other);
  Election a(writer_, settings("a"), [](bool) {}), b(other_writer, settings("b"), [](bool) {});
  boost::asio::co_spawn(io_, a.run(), [](std::exception_ptr) {});
  ASSERT_TRUE(run_until(io_, [&] { return a.leads(); }));
  boost::asio::co_spawn(io_, b.run(), [](std::exception_ptr) {});
  ASSERT_TRUE(run_until(io_, [&] { return b.holder() == "a"; }));
  EXPECT_EQ(get({"lease/thaw"}, "{.spec.holderIdentity} {.spec.leaseDurationSeconds}"), "a 5");
  int both = 0;
  // Its connections die with it; nobody releases anything.
  transport_.close();
  const auto died = std::chrono::steady_clock::now();
  ASSERT_TRUE(run_until(io_, [&] {
    both += a.may_write(0s) && b.may_write(0s);
    return b.leads();
  }));
  const auto took = std::chrono::steady_clock::now() - died;
  EXPECT_GE(took, 4s);       // since its last renewal, at most half a second before
  EXPECT_LE(took, 7'000ms);  // and at most one wait of 1.1 s and its request after
  EXPECT_EQ(both, 0);
  EXPECT_EQ(get({"lease/thaw"}, "{.spec.holderIdentity} {.spec.leaseTransitions}"), "b 1");
  b.stop();
  ASSERT_TRUE(
      run_until(io_, [&] { return get({"lease/thaw"}, "{.spec.holderIdentity}").empty(); }));
}

}  // namespace
}  // namespace thaw::live
