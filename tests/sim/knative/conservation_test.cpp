// Calls at random on a data path whose replicas come, go and die and whose path is steered about:
// each call is answered once, and nothing is left behind.
#include <gtest/gtest.h>

#include <map>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace conservation_test {

constexpr int kCalls = 400;
constexpr Duration kSpan = 60s;

// Behind an Ingress whose read timeout is shorter than the revision's for some seeds.
Scenario scenario_of(Random& random) {
  Scenario scenario = bare_cluster();
  scenario.cluster.activators = 1 + static_cast<int>(random.below(3));
  const std::uint32_t limits[] = {0, 1, 2, 3, 5};
  FunctionSpec& f = add_revision(scenario, "f", limits[random.below(5)]);
  f.service.slots = random.below(2) == 0 ? 1 : 1000;  // a server may queue as well
  f.stop = random.below(2) == 0 ? 0s : 3s;
  f.container_start = Distribution::uniform(0s, 4s);
  workload_of(scenario, f).request_timeout = std::chrono::seconds(1 + random.below(6));
  IngressObject way_in;
  way_in.ns = "demo";
  way_in.read_timeout = std::chrono::seconds(1 + random.below(6));
  way_in.rules = {{"", "/", "f", 80, ""}};
  scenario.manifests.ingresses = {way_in};
  scenario.manifests.services = {{{}, "f", "demo", {{"app", "f"}}, {{"http", 80, 8080, ""}}}};
  return scenario;
}

void disturb(TestBed& bed, Random& random) {
  std::vector<PodId> active;
  for (const auto& [id, pod] : bed.pods.all())
    if (pod.active()) active.push_back(id);
  const auto any = [&]() -> Pod& { return bed.pods.get(active[random.below(active.size())]); };
  switch (random.below(5)) {
    case 0:
    case 1:
      bed.pods.create(0);
      return;
    case 2:
      if (!active.empty()) bed.pods.remove(any());
      return;
    case 3:
      if (!active.empty()) bed.pods.lose(any());
      return;
    default:
      bed.gateway.steer(0, random.below(2) == 0 ? PathMode::proxy : PathMode::serve,
                        static_cast<std::uint16_t>(1 + random.below(3)));
  }
}

// How often each kind of answer came, by status.
std::map<int, int> play(std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed, "conservation", 0);
  TestBed bed(scenario_of(random), seed);
  const auto instant = [&] { return Distribution::uniform(0s, kSpan).draw(random); };
  for (int i = 0; i < kCalls; ++i) {
    const Duration work = Distribution::exponential(1s).draw(random);
    bed.at(instant(), [&bed, work] { bed.call(Method::get, "/", work); });
  }
  for (int i = 0; i < 60; ++i) bed.at(instant(), [&] { disturb(bed, random); });
  bed.run_until(kSpan + 30s);

  EXPECT_EQ(bed.replies().size(), static_cast<std::size_t>(kCalls));
  EXPECT_EQ(bed.requests.open_count(), 0u);
  EXPECT_EQ(bed.gauge(Gauge::in_flight), 0);
  EXPECT_EQ(bed.gauge(Gauge::queued), 0);
  for (const auto& [id, pod] : bed.pods.all()) EXPECT_EQ(pod.in_service, 0u) << pod.name;
  std::vector<Load> reports;
  bed.gateway.take_load(0, reports);
  reports.clear();
  bed.run_until(kSpan + 40s);
  bed.gateway.take_load(0, reports);
  for (const Load& load : reports) {
    EXPECT_TRUE(load.from_replicas) << "activators have forgotten the revision";
    EXPECT_EQ(load.concurrency, 0);
    EXPECT_EQ(load.proxied_concurrency, 0);
  }
  // All of it works on: a fresh replica answers on either way.
  bed.pod(0);
  bed.run_until(kSpan + 50s);
  for (const PathMode mode : {PathMode::serve, PathMode::proxy}) {
    bed.gateway.steer(0, mode, 3);
    const RequestId id = bed.call(Method::get, "/", 10ms);
    bed.run_until(bed.now() + 1s);
    EXPECT_EQ(bed.reply(id)->answer.status, 200);
  }
  std::map<int, int> answers;
  for (const Reply& reply : bed.replies()) ++answers[reply.answer.status];
  return answers;
}

TEST(KnativeConservation, EachCallIsAnsweredOnceAndNothingIsLeft) {
  std::map<int, int> answers;
  for (std::uint64_t seed = 1; seed <= 150; ++seed)
    for (const auto& [status, count] : play(seed)) answers[status] += count;
  // The runs reach every way to end: answered, dropped, refused, and cut by time.
  for (const int status : {200, 502, 503, 504}) EXPECT_GT(answers[status], 20) << status;
}

}  // namespace conservation_test
}  // namespace thaw::sim
