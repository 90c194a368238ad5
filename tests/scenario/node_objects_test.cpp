// Nodes among the manifests, and Dapr's annotations: what they change of a scenario.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/scenario/scratch.hpp"

namespace thaw {
namespace node_objects_test {

// As kubectl get nodes -o yaml has them, cut to what matters and some that does not.
std::string node(const std::string& name, const std::string& labels, const std::string& memory,
                 const std::string& taints = "[]") {
  return "- apiVersion: v1\n  kind: Node\n  metadata: {name: " + name + ", labels: {" + labels +
         ", kubernetes.io/hostname: " + name + "}}\n  spec: {providerID: a, taints: " + taints +
         "}\n  status:\n    capacity: {cpu: \"8\", memory: 48Gi, pods: \"110\"}\n    allocatable: "
         "{cpu: 7910m, memory: " +
         memory +
         ", nvidia.com/gpu: \"1\", pods: \"110\", ephemeral-storage: \"9\", hugepages-2Mi: \"0\", "
         "attachable-volumes-csi-x: \"15\"}\n    conditions: []\n    nodeInfo: {architecture: "
         "amd64}\n";
}

class NodeObjects : public testing::Test {
 protected:
  Scenario load(const std::string& nodes, const std::string& text = kSmall) {
    scratch_.write("manifests/nodes.yaml", nodes.empty()
                                               ? "apiVersion: v1\nkind: List\nitems: []\n"
                                               : "apiVersion: v1\nkind: List\nitems:\n" + nodes);
    return scratch_.load(text);
  }
  Scratch scratch_;
};

constexpr const char* kOfGpu = "k8s.scaleway.com/pool-name: gpu, disk: fast";

TEST_F(NodeObjects, GiveTheirPoolWhatAllOfThemHave) {
  const std::string gpu = "{key: k8s.scaleway.com/node, value: gpu, effect: NoSchedule}";
  const std::string cordoned =
      "{key: node.kubernetes.io/unschedulable, effect: NoSchedule, timeAdded: \"2026\"}";
  const Scenario scenario =
      load(node("a", std::string(kOfGpu) + ", rack: r1", "40Gi", "[" + gpu + "]") +
           node("b", std::string(kOfGpu) + ", rack: r2", "39Gi", "[" + gpu + "," + cordoned + "]"));
  const Pool& pool = scenario.cluster.pools[0];
  EXPECT_EQ(pool.labels, (std::map<std::string, std::string>{
                             {"disk", "fast"}, {"k8s.scaleway.com/pool-name", "gpu"}}));
  ASSERT_EQ(pool.taints.size(), 1U);
  EXPECT_EQ(pool.taints[0].key, "k8s.scaleway.com/node");
  EXPECT_EQ(pool.machine.cpu, Millicores(7910));
  EXPECT_EQ(pool.machine.memory, Bytes(39LL << 30)) << "the least of them";
  EXPECT_EQ(pool.machine.gpus, 1);
  EXPECT_EQ(pool.nodes_max, 1) << "the scenario's own";
}

TEST_F(NodeObjects, OfNoPoolAreTold) {
  const Scenario scenario = load(node("a", "k8s.scaleway.com/pool-name: other", "40Gi"));
  EXPECT_EQ(scenario.cluster.pools[0].machine.cpu, Millicores(8000)) << "the preset's";
  EXPECT_EQ(std::ranges::count(scenario.notices,
                               "Nodes of no pool of the scenario, which are not used: a"),
            1);
}

TEST_F(NodeObjects, WithoutACloudsLabelAreOfTheOnlyPool) {
  EXPECT_EQ(load(node("a", "x: here", "40Gi")).cluster.pools[0].labels.at("x"), "here");
}

TEST_F(NodeObjects, WithOtherGpusThanTheMachineAreTold) {
  std::string four = node("a", kOfGpu, "40Gi");
  four.replace(four.find("gpu: \"1\""), 8, "gpu: \"4\"");
  const auto notices = load(four).notices;
  EXPECT_EQ(std::ranges::count(notices,
                               "pool gpu: its Nodes offer 4 of nvidia.com/gpu, the scenario's 1; "
                               "the scenario's stay"),
            1);
}

// A Deployment of its own beside the others, with these annotations.
Scenario with_annotations(const Scratch& scratch, const std::string& annotations) {
  scratch.write("manifests/dapr.yaml",
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  selector: "
                "{matchLabels: {a: d}}\n  template:\n    metadata: {labels: {a: d}, annotations: "
                "{" +
                    annotations + "}}\n    spec: {containers: [{name: d, image: d}]}\n");
  return scratch.load(kSmall +
                      "  d: {image: 1MB, service: {seconds: 1s, slots: 8, dispatch: oldest}}\n");
}

const FunctionSpec& d_of(const Scenario& scenario) { return scenario.functions.back(); }

TEST(Dapr, SidecarIsReadyAfterItsFirstProbe) {
  const Scratch scratch;
  // Dapr's reference: the probe's delay is 3 s unless its annotation says another.
  EXPECT_EQ(d_of(with_annotations(scratch, "dapr.io/enabled: \"true\"")).sidecar,
            std::chrono::seconds(3));
  EXPECT_EQ(d_of(with_annotations(scratch,
                                  "dapr.io/enabled: \"Yes\", "
                                  "dapr.io/sidecar-readiness-probe-delay-seconds: \"10\""))
                .sidecar,
            std::chrono::seconds(10));
  EXPECT_EQ(d_of(with_annotations(scratch, "dapr.io/enabled: \"false\"")).sidecar, Duration{0});
}

TEST(Dapr, MaxConcurrencyIsAReplicasLimit) {
  const Scratch scratch;
  const std::string enabled = "dapr.io/enabled: \"true\", dapr.io/app-max-concurrency: ";
  EXPECT_EQ(d_of(with_annotations(scratch, enabled + "\"2\"")).service.slots, 2);
  EXPECT_EQ(d_of(with_annotations(scratch, enabled + "\"20\"")).service.slots, 8);
  EXPECT_EQ(d_of(with_annotations(scratch, enabled + "\"-1\"")).service.slots, 8) << "no limit";
  const Scenario odd = with_annotations(scratch, enabled + "two");
  EXPECT_EQ(d_of(odd).service.slots, 8);
  EXPECT_EQ(std::ranges::count(odd.notices,
                               "d: dapr.io/app-max-concurrency is no number: Dapr passes over it"),
            1);
}

TEST(Dapr, OtherAnnotationsAreOneNotice) {
  const Scratch scratch;
  const Scenario scenario = with_annotations(
      scratch,
      "dapr.io/enabled: \"true\", dapr.io/app-id: d, dapr.io/sidecar-cpu-limit: 100m, "
      "dapr.io/graceful-shutdown-seconds: \"9\"");
  EXPECT_EQ(std::ranges::count(scenario.notices,
                               "d: not modelled: dapr.io/graceful-shutdown-seconds, "
                               "dapr.io/sidecar-cpu-limit"),
            1);
  const Scenario off = with_annotations(scratch, "dapr.io/app-max-concurrency: \"1\"");
  EXPECT_EQ(d_of(off).service.slots, 8);
  EXPECT_EQ(std::ranges::count(off.notices,
                               "d: without dapr.io/enabled: \"true\" there is no sidecar, and its "
                               "other annotations mean nothing"),
            1);
}

}  // namespace node_objects_test
}  // namespace thaw
