// What a scenario file means once it is loaded.
#include "engine/scenario/load.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/scenario/scratch.hpp"

namespace thaw {
namespace load_test {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

TEST(Load, ReadsTheDesignsExample) {
  const Scenario s = load_scenario(kGood);
  EXPECT_EQ(s.name, "good");
  EXPECT_EQ(to_text(s.start), "2026-01-05T00:00:00Z");
  EXPECT_EQ(s.versions.slimfaas, (Version{0, 24, 0}));
  EXPECT_EQ(s.versions.knative, (Version{1, 23, 0}));
  EXPECT_EQ(s.until, std::nullopt);
  EXPECT_EQ(s.sampling, std::nullopt);
  EXPECT_TRUE(s.cluster.node_autoscaler.enabled);
  EXPECT_EQ(s.cluster.links.internet, BytesPerSecond(500'000'000));
  EXPECT_EQ(s.cluster.links.pull, BytesPerSecond(60'000'000));
  EXPECT_EQ(s.manifests.workloads.size(), 2U);
}

TEST(Load, ReadsPools) {
  const Scenario s = load_scenario(kGood);
  ASSERT_EQ(s.cluster.pools.size(), 2U);
  const Pool &cpu = s.cluster.pools[0], &gpu = s.cluster.pools[1];
  EXPECT_EQ(cpu.machine.cpu, Millicores(3000));
  EXPECT_EQ(cpu.machine.memory, Bytes(4'000'000'000));
  EXPECT_EQ(cpu.machine.price.per_hour, 20'000'000);
  EXPECT_EQ(cpu.machine.billing_unit, 1h);
  EXPECT_EQ(gpu.machine.gpus, 1);
  EXPECT_EQ(gpu.machine.gpu_model, "L4");
  EXPECT_EQ(gpu.machine.price.per_hour, 750'000'000);
  EXPECT_EQ(gpu.machine.price.currency, "EUR");
  EXPECT_FALSE(gpu.machine.price.verified);
  EXPECT_EQ(gpu.machine.billing_unit, 1min);
  EXPECT_EQ(gpu.nodes_min, 0);
  EXPECT_EQ(gpu.nodes_max, 1);
  ASSERT_EQ(gpu.taints.size(), 1U);
  EXPECT_EQ(gpu.taints[0].key, "k8s.scaleway.com/node");
  EXPECT_EQ(gpu.taints[0].value, "gpu");
  EXPECT_EQ(gpu.taints[0].effect, TaintEffect::no_schedule);
}

TEST(Load, ReadsFunctionsAndFindsTheirWorkloads) {
  const Scenario s = load_scenario(kGood + "everything");
  ASSERT_EQ(s.functions.size(), 2U);
  const FunctionSpec &ollama = s.functions[0], &small = s.functions[1];
  EXPECT_EQ(s.manifests.workloads[ollama.workload].name, "ollama");
  EXPECT_EQ(s.manifests.workloads[small.workload].name, "small");
  EXPECT_EQ(ollama.place.file, kGood + "everything.yaml");
  EXPECT_EQ(ollama.model->from, Model::From::volume);
  EXPECT_TRUE(ollama.service.on_gpu);
  EXPECT_EQ(ollama.service.slots, 1);
  EXPECT_EQ(ollama.service.discipline, Discipline::fcfs);
  EXPECT_EQ(ollama.service.queue, QueuePlace::replica);
  EXPECT_EQ(ollama.service.dispatch, Dispatch::random);
  EXPECT_EQ(ollama.service.duration.kind, Distribution::Kind::exponential);
  EXPECT_EQ(ollama.service.duration.mean(), 2e9);
  EXPECT_EQ(ollama.container_start.mean(), 1.5e9);
  EXPECT_EQ(ollama.fixed_delay.mean(), 10e9);
  EXPECT_EQ(ollama.stop, 4s);
  EXPECT_FALSE(small.service.on_gpu);
  EXPECT_EQ(small.image, Bytes(20'000'000));
  ASSERT_EQ(small.layers.size(), 2U);
  EXPECT_EQ(small.layers[1].name, "sha256:1f");
  EXPECT_EQ(small.layers[1].size, Bytes(5'000'000));
  EXPECT_EQ(small.service.slots, 2);
  EXPECT_EQ(small.service.queue, QueuePlace::central);
  EXPECT_EQ(small.service.dispatch, Dispatch::newest);
  EXPECT_EQ(small.service.duration.a, 10e6);
  EXPECT_EQ(small.service.duration.b, 30e6);
  EXPECT_EQ(small.model_load.mean(), 0);  // no model, nothing to load
}

TEST(Load, ReadsTheLongFormsOfACluster) {
  const Scenario s = load_scenario(kGood + "everything");
  const NodeAutoscaler& a = s.cluster.node_autoscaler;
  EXPECT_EQ(a.scan, 5s);
  EXPECT_EQ(a.unneeded, 3min);
  EXPECT_EQ(a.delay_after_add, 4min);
  EXPECT_EQ(a.taint_delay, 0s);
  EXPECT_EQ(a.deletion, 90s);
  EXPECT_EQ(a.utilisation_threshold_ratio, 0.4);
  EXPECT_EQ(a.gpu_utilisation_threshold_ratio, 0.6);
  const Pool &own = s.cluster.pools[0], &cheaper = s.cluster.pools[1];
  EXPECT_EQ(own.machine.preset, "");
  EXPECT_EQ(own.machine.cpu, Millicores(8000));
  EXPECT_TRUE(own.machine.price.verified);
  EXPECT_EQ(own.machine.billing_unit, 1min);
  EXPECT_EQ(own.machine.billing_minimum, 10min);
  EXPECT_EQ(s.cluster.links.host_memory, BytesPerSecond(5'000'000'000));
  EXPECT_EQ(s.cluster.pools[2].machine.billing_minimum, 1min);  // of the preset
  EXPECT_EQ(own.labels.at("zone"), "1");
  ASSERT_EQ(own.taints.size(), 3U);
  EXPECT_EQ(own.taints[1].key, "gpu");
  EXPECT_EQ(own.taints[1].value, "");
  EXPECT_EQ(own.taints[1].effect, TaintEffect::prefer_no_schedule);
  EXPECT_EQ(own.taints[2].key, "empty");
  EXPECT_EQ(own.taints[2].effect, TaintEffect::no_execute);
  EXPECT_EQ(own.provisioning.total.mean(), 90e9);
  EXPECT_EQ(own.provisioning.boot_ratio, 0.3);
  EXPECT_EQ(cheaper.machine.cpu, Millicores(3000));       // of the preset
  EXPECT_EQ(cheaper.machine.price.per_hour, 10'000'000);  // overridden
  EXPECT_EQ(cheaper.machine.billing_unit, 0s);
  EXPECT_EQ(to_text(s.start), "2026-03-29T00:30:00.5Z");
  EXPECT_EQ(s.versions.slimfaas, (Version{0, 61, 2}));
  EXPECT_EQ(s.until, 4h);
  EXPECT_EQ(s.sampling, 10s);
}

TEST(Load, ReadsStepsAndStreams) {
  const Scenario s = load_scenario(kGood + "everything");
  ASSERT_EQ(s.steps.size(), 3U);
  EXPECT_EQ(s.steps[0].at->offset, 10min);
  EXPECT_EQ(s.steps[0].at->anchor, Instant::Anchor::start);
  EXPECT_EQ(s.steps[0].method, Method::post);
  EXPECT_EQ(s.steps[0].path, "/function/ollama/x");
  EXPECT_EQ(s.steps[0].count, 4);
  EXPECT_EQ(s.steps[0].every, 500ms);
  EXPECT_EQ(s.steps[0].service->mean(), 1e9);
  EXPECT_EQ(s.steps[1].at->anchor, Instant::Anchor::step);
  EXPECT_EQ(s.steps[1].at->step, "first");
  EXPECT_EQ(s.steps[1].count, 1);
  EXPECT_EQ(s.steps[1].service, std::nullopt);
  EXPECT_EQ(s.steps[2].at, std::nullopt);
  EXPECT_EQ(s.steps[2].when->text(), "response(then).status == 200");
  EXPECT_EQ(s.steps[2].within, 1h);
  ASSERT_EQ(s.arrivals.size(), 4U);
  EXPECT_EQ(s.arrivals[0].name, "small");
  EXPECT_EQ(s.arrivals[0].process.gap.kind, Distribution::Kind::exponential);
  EXPECT_EQ(s.arrivals[0].process.mean_rate(), 0.5);
  EXPECT_EQ(s.arrivals[0].from, 1h);
  EXPECT_EQ(s.arrivals[0].path, "/function/small/");
  EXPECT_EQ(s.arrivals[0].method, Method::get);
  EXPECT_EQ(s.arrivals[1].source, Arrivals::Source::process);
  EXPECT_EQ(s.arrivals[1].process.gap.kind, Distribution::Kind::constant);
  EXPECT_EQ(s.arrivals[1].from, 0s);
  EXPECT_EQ(s.arrivals[1].method, Method::post);
  EXPECT_EQ(s.arrivals[1].path, "/here");
  EXPECT_EQ(s.arrivals[2].source, Arrivals::Source::closed);
  EXPECT_EQ(s.arrivals[2].clients, 5);
}

TEST(Load, ReadsPipelines) {
  const Scenario s = load_scenario(kGood + "everything");
  ASSERT_EQ(s.pipelines.size(), 1U);
  const Pipeline& both = s.pipelines[0];
  EXPECT_EQ(both.name, "both");
  EXPECT_EQ(both.stages, (Texts{"small", "ollama"}));
  EXPECT_EQ(both.hop, 2ms);
  ASSERT_TRUE(both.cache);
  EXPECT_EQ(both.cache->at, "ollama");
  EXPECT_EQ(both.cache->hit_ratio, 0.4);
  EXPECT_EQ(both.cache->latency, 1ms);
  EXPECT_EQ(both.cache->store, 5ms);
  EXPECT_EQ(s.arrivals[3].pipeline, "both");
  EXPECT_EQ(s.arrivals[3].path, "") << "where its first stage is called";
}

TEST(Load, ReadsChecksAndFaults) {
  const Scenario s = load_scenario(kGood + "everything");
  ASSERT_EQ(s.checks.size(), 6U);
  using Kind = Check::Kind;
  const std::vector<Kind> kinds = {Kind::at,    Kind::by,  Kind::always,
                                   Kind::never, Kind::end, Kind::at};
  for (std::size_t i = 0; i < kinds.size(); ++i) EXPECT_EQ(s.checks[i].kind, kinds[i]) << i;
  EXPECT_EQ(s.checks[1].instant.step, "then");
  EXPECT_EQ(s.checks[5].instant.anchor, Instant::Anchor::last_request);
  EXPECT_EQ(load_scenario(kGood).checks[0].instant.anchor, Instant::Anchor::last_completion);
  ASSERT_EQ(s.faults.size(), 2U);
  EXPECT_EQ(s.faults[0].name, "controller_crash");
  EXPECT_EQ(s.faults[0].down, 5min);
  EXPECT_FALSE(s.faults[0].state_kept);
  EXPECT_EQ(s.faults[1].name, "lightning");
  EXPECT_EQ(s.faults[1].kind, Fault::Kind::node_loss);
  EXPECT_EQ(s.faults[1].pool, "own");
}

TEST(Load, FillsInProvisioningByWhatTheMachineIs) {
  const Scratch scratch;
  const Scenario s = scratch.load(
      "apiVersion: thaw/v1\nkind: Scenario\nname: x\nmanifests: [manifests/*.yaml]\n"
      "functions: {ollama: {image: 1GB, service: {gpuSeconds: 1s, dispatch: oldest}}}\n"
      "cluster:\n  pools:\n"
      "    - {name: gpu, machine: {preset: scaleway/L4-1-24G}, nodes: {min: 0, max: 1}}\n"
      "    - {name: cpu, machine: {preset: scaleway/DEV1-M}, nodes: {min: 0, max: 1}}\n"
      "    - {name: fixed, machine: {preset: scaleway/DEV1-M}, nodes: {min: 1, max: 1}}\n");
  const Provisioning &gpu = s.cluster.pools[0].provisioning, &cpu = s.cluster.pools[1].provisioning;
  EXPECT_EQ(gpu.total.a, Distribution::lognormal_median_p95(10min, 12min).a);
  EXPECT_EQ(gpu.total.b, Distribution::lognormal_median_p95(10min, 12min).b);
  EXPECT_EQ(gpu.gpu_ratio, 0.5);
  EXPECT_EQ(cpu.total.b, Distribution::lognormal_median_p95(2min, 4min).b);
  EXPECT_EQ(cpu.instance_ratio, 0.6);
  EXPECT_EQ(cpu.boot_ratio, 0.4);
  EXPECT_EQ(cpu.gpu_ratio, 0.0);
  // One notice for all guesses; a pool that never grows relies on none.
  const auto guesses = std::find_if(s.notices.begin(), s.notices.end(),
                                    [](const auto& n) { return n.starts_with("guesses"); });
  ASSERT_NE(guesses, s.notices.end());
  EXPECT_EQ(
      *guesses,
      "guesses in use, for want of values in the scenario: "
      "cluster.pools.gpu.provisioning (lognormal, median 10min, p95 12min); "
      "cluster.pools.gpu.provisioning.split (0.35, 0.15, 0.5); "
      "cluster.pools.cpu.provisioning (lognormal, median 2min, p95 4min); "
      "cluster.pools.cpu.provisioning.split (0.6, 0.4, 0); "
      "functions.ollama.containerStart (lognormal, median 1s, p95 2s); functions.ollama.stop (2s)");
}

TEST(Load, FillsInTheStagesOfAColdStart) {
  const FunctionSpec f = load_scenario(kGood).functions[0];
  EXPECT_EQ(f.container_start.b, Distribution::lognormal_median_p95(1s, 2s).b);
  EXPECT_EQ(f.fixed_delay.mean(), 0);
  // sigma 0.4: p95 = 1.5 s * exp(1.645 * 0.4) = 2.896 s, rounded to 2.9 s
  EXPECT_NEAR(f.model_load.b, 0.4, 0.002);
  EXPECT_EQ(f.stop, 2s);
}

TEST(Load, NoticesEachUnverifiedPriceOnce) {
  const Texts notices = load_scenario(kGood).notices;
  const auto count = [&](const std::string& text) {
    return std::count(notices.begin(), notices.end(), text);
  };
  EXPECT_EQ(count("the price of scaleway/L4-1-24G, 0.75 EUR/h, is not verified: general knowledge, "
                  "not checked"),
            1);
  EXPECT_EQ(count("the price of scaleway/DEV1-M, 0.02 EUR/h, is not verified: general knowledge, "
                  "not checked"),
            1);
  for (const std::string& notice : load_scenario(kGood + "everything").notices) {
    EXPECT_FALSE(notice.starts_with("the price")) << notice;  // both are the scenario's own
  }
}

TEST(Load, KnowsEveryMachineOfThePriceBook) {
  const Scratch scratch;
  struct Line {
    const char* name;
    int milli, gpus;
    std::int64_t memory;
    Nanomoney price;
    bool verified;
  };
  constexpr std::int64_t kGB = 1'000'000'000, kGiB = 1LL << 30;
  for (const Line& line :
       std::vector<Line>{{"scaleway/L4-1-24G", 8000, 1, 48 * kGB, 750'000'000, false},
                         {"scaleway/L40S-1-48G", 8000, 1, 96 * kGB, 1'400'000'000, false},
                         {"scaleway/RENDER-S", 10000, 1, 42 * kGB, 1'240'000'000, false},
                         {"scaleway/H100-1-80G", 24000, 1, 240 * kGB, 2'730'000'000, false},
                         {"scaleway/DEV1-M", 3000, 0, 4 * kGB, 20'000'000, false},
                         {"gke/a2-highgpu-1g", 12000, 1, 85 * kGB, 3'670'000'000, false},
                         {"gke/g2-standard-4", 4000, 1, 16 * kGB, 710'000'000, false},
                         {"aws/p4d.24xlarge", 96000, 8, 1152 * kGiB, 21'960'000'000, true},
                         {"azure/NC24ads_A100_v4", 24000, 1, 220 * kGiB, 3'670'000'000, true}}) {
    const Scenario s =
        scratch.load(kSmall, {std::string("cluster.pools.gpu.machine.preset=") + line.name});
    const Machine& machine = s.cluster.pools[0].machine;
    EXPECT_EQ(machine.cpu, Millicores(line.milli)) << line.name;
    EXPECT_EQ(machine.memory, Bytes(line.memory)) << line.name;
    EXPECT_EQ(machine.gpus, line.gpus) << line.name;
    EXPECT_EQ(machine.price.per_hour, line.price) << line.name;
    EXPECT_EQ(machine.price.verified, line.verified) << line.name;
    EXPECT_FALSE(machine.price.source.empty()) << line.name;
  }
}

TEST(Load, TurnsTheNodeAutoscalerOff) {
  const Scratch scratch;
  EXPECT_FALSE(
      scratch.load(kSmall, {"cluster.nodeAutoscaler=none"}).cluster.node_autoscaler.enabled);
  EXPECT_FALSE(scratch.load(kSmall, {"cluster.nodeAutoscaler={preset: none, scan: 1s}"})
                   .cluster.node_autoscaler.enabled);
  EXPECT_TRUE(scratch.load(kSmall).cluster.node_autoscaler.enabled);
}

TEST(Load, ReadsEachManifestOnceInOrderOfName) {
  const Scratch scratch;
  scratch.write("manifests/a.yaml",
                "apiVersion: v1\nkind: Service\nmetadata: {name: first, namespace: default}\n"
                "spec: {selector: {app: small}, ports: [{port: 80}]}\n");
  scratch.write("manifests/z.yaml",
                "apiVersion: v1\nkind: Service\nmetadata: {name: last, namespace: default}\n"
                "spec: {selector: {app: small}, ports: [{port: 80}]}\n");
  const Scenario s = scratch.load(kSmall, {"manifests=[manifests/*.yaml, manifests/a.yaml]"});
  ASSERT_EQ(s.manifests.services.size(), 2U);
  EXPECT_EQ(s.manifests.services[0].name, "first");
  EXPECT_EQ(s.manifests.services[1].name, "last");
  EXPECT_EQ(s.manifests.workloads.size(), 2U);
}

TEST(Load, TakesTheFolderAsItIsCalled) {
  const Scratch scratch;
  // Were the folder's name a pattern as well, its manifests would not be found.
  const std::string odd = scratch.folder() + "a[b]*?";
  std::filesystem::create_directory(odd);
  std::filesystem::rename(scratch.folder() + "manifests", odd + "/manifests");
  std::ofstream(odd + "/scenario.yaml") << kSmall;
  EXPECT_EQ(problems(odd), Texts{});
}

TEST(Load, RefusesAFunctionThatTwoWorkloadsAreCalled) {
  const Scratch scratch;
  std::string other = read_text(kGood + "manifests/functions.yaml");
  for (std::size_t at = 0; (at = other.find("namespace: default", at)) != std::string::npos; ++at)
    other.replace(at, 18, "namespace: other");
  scratch.write("manifests/other.yaml", other);
  const Texts found = problems(scratch.write("scenario.yaml", kSmall));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(
      found[0],
      "scenario.yaml:9:3: functions.ollama: several workloads of the manifests have this name");
}

TEST(Load, AcceptsALongChainOfSteps) {
  const Scratch scratch;
  std::string text = kSmall + "workload:\n  - {name: s0, at: 1s, get: /}\n";
  for (int i = 1; i < 2000; ++i) {
    text += "  - {name: s" + std::to_string(i) + ", at: 1s after s" + std::to_string(i - 1) +
            ", get: /}\n";
  }
  EXPECT_EQ(scratch.load(text).steps.size(), 2000U);
}

// 2^14 seconds are 4 h 33 min 4 s; the day itself by `date -u -d @N`.
TEST(Load, ReadsTheStartToTheNanosecond) {
  const Scratch scratch;
  const auto start = [&](const std::string& text) {
    return scratch.load(kSmall, {"start=" + text}).start.ns();
  };
  EXPECT_EQ(start("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(start("1970-01-01T04:33:04.000000001Z"), 16'384'000'000'001);
  EXPECT_EQ(start("2024-02-29T23:59:59.5Z"), 1'709'251'199'500'000'000);
  for (const std::string bad :
       {"2026-01-05", "2026-01-05T00:00:00", "2026-01-05 00:00:00Z", "2026-1-5T00:00:00Z",
        "2023-02-29T00:00:00Z", "2026-01-05T24:00:00Z", "2026-01-05T00:60:00Z",
        "2026-01-05T00:00:60Z", "1969-12-31T00:00:00Z", "2150-01-01T00:00:00Z",
        "2026-01-05T00:00:00.Z", "2026-01-05T00:00:00.1234567890Z", "2026-01-05T00:00:00z"}) {
    EXPECT_EQ(problems(scratch.folder(), {"start=" + bad}).size(), 1U) << bad;
  }
}

}  // namespace load_test
}  // namespace thaw
