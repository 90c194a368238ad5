// Sharing of a card against SimGrid's own solver: a host for each case, an Exec with a bound for
// each pod's work. SimGrid's clock is near 0, where a double holds far more than the nanosecond.
#include <gtest/gtest.h>

#include <simgrid/s4u.hpp>
#include <string>
#include <vector>

#include "engine/random.hpp"
#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace solver_test {

namespace s4u = simgrid::s4u;

constexpr int kCases = 1000;
constexpr double kCardFlops = 1e9;
constexpr const char* kCores = "nvidia.com/gpucores";
// All have begun by the first, and none is done by the second: each brings 20 s and more.
constexpr double kProbe = 8, kProbeEnd = 18;

struct Job {
  int cap = 0;  // per cent; 0: none
  Duration start{}, work{};
  double rate = 0, end = 0;  // SimGrid's, of a card and in s
};
using Case = std::vector<Job>;

std::vector<Case> random_cases() {
  Random random(1, "cases of sharing");
  std::vector<Case> cases(kCases);
  for (Case& one : cases) {
    one.resize(1 + random.below(8));
    for (Job& job : one) {
      job.cap = random.below(4) == 0 ? 0 : 5 + static_cast<int>(random.below(96));
      job.start = std::chrono::milliseconds(random.below(8000));
      job.work = std::chrono::milliseconds(20'000 + random.below(480'000));
    }
  }
  return cases;
}

void work_on(s4u::Host* host, Job& job) {
  s4u::Actor::create("job", host, [&job] {
    s4u::this_actor::sleep_until(seconds(job.start));
    const s4u::ExecPtr exec = s4u::this_actor::exec_init(seconds(job.work) * kCardFlops);
    if (job.cap > 0) exec->set_bound(job.cap * kCardFlops / 100);
    exec->start();
    s4u::this_actor::sleep_until(kProbe);
    const double before = exec->get_remaining();
    s4u::this_actor::sleep_until(kProbeEnd);
    job.rate = (before - exec->get_remaining()) / kCardFlops / (kProbeEnd - kProbe);
    exec->wait();
    job.end = s4u::Engine::get_clock();
  });
}

void run_in_simgrid(std::vector<Case>& cases) {
  std::string name = "solver", quiet = "--log=root.thres:critical";
#ifdef __SANITIZE_ADDRESS__
  // AddressSanitizer cannot follow stacks that are swapped by hand.
  std::string stacks = "--cfg=contexts/factory:thread";
#else
  std::string stacks = "--cfg=contexts/factory:raw";
#endif
  char* argv[] = {name.data(), quiet.data(), stacks.data(), nullptr};
  int argc = 3;
  s4u::Engine engine(&argc, argv);
  s4u::Engine::set_config("surf/precision:1e-12");
  s4u::Engine::set_config("maxmin/precision:1e-9");
  s4u::NetZone* const zone = s4u::create_empty_zone("cards");
  std::vector<s4u::Host*> hosts;
  for (std::size_t i = 0; i < cases.size(); ++i)
    hosts.push_back(zone->create_host("card" + std::to_string(i), kCardFlops)->seal());
  zone->seal();
  for (std::size_t i = 0; i < cases.size(); ++i)
    for (Job& job : cases[i]) work_on(hosts[i], job);
  engine.run();
}

// One card whose pods have any caps at all: no mode admits caps of more than a card together.
class CappedCards final : public Cards {
 public:
  CappedCards() : Cards(1, Bytes{}, {}) {}
  Choice choose(const Resources&) const override { return {{0}, CardRefusal::none, {}}; }
  Resources counted(const Resources& request) const override {
    Resources counted = request;
    counted.extended.erase(kCores);
    return counted;
  }

 protected:
  CardAsk ask_of(const Resources& request) const override {
    return {1, 0, static_cast<int>(asked_of(request, kCores))};
  }
  std::vector<Speed> speeds(std::size_t, const std::vector<const Share*>& active) const override {
    std::vector<int> caps;
    for (const Share* share : active) caps.push_back(share->ask.cores_percent);
    return max_min_fair(caps);
  }
};

// When each job of the case ends on a node of ours.
std::vector<Duration> run_here(const Case& jobs) {
  Scenario scenario = bare_cluster();
  scenario.cluster.pools.push_back(pool("gpu", 1, 1, 1));
  scenario.cluster.pools.back().labels["card"] = "shared";
  for (std::size_t f = 0; f < jobs.size(); ++f) {
    add_plain_function(scenario, "f" + std::to_string(f)).service.on_gpu = true;
    Workload& workload = workload_of(scenario, scenario.functions[f]);
    workload.requests.extended[kCores] = jobs[f].cap;
    workload.node_selector["card"] = "shared";
  }
  TestBed bed(scenario);
  bed.node("gpu-1").cards = std::make_unique<CappedCards>();
  std::vector<RequestId> ids(jobs.size());
  for (std::size_t f = 0; f < jobs.size(); ++f) bed.pod(f);
  for (std::size_t f = 0; f < jobs.size(); ++f)
    bed.at(jobs[f].start, [&, f] { ids[f] = bed.offer(f, jobs[f].work); });
  bed.run_until(20h);
  std::vector<Duration> ends;
  for (const RequestId id : ids) ends.push_back(bed.reply(id) ? bed.reply(id)->at : Duration{0});
  return ends;
}

TEST(Sharing, RatesAndEndsAreSimGridsInAThousandCases) {
  std::vector<Case> cases = random_cases();
  run_in_simgrid(cases);
  int shared = 0;
  for (std::size_t c = 0; c < cases.size(); ++c) {
    std::vector<int> caps;
    for (const Job& job : cases[c]) caps.push_back(job.cap);
    const std::vector<Speed> speeds = max_min_fair(caps);
    const std::vector<Duration> ends = run_here(cases[c]);
    for (std::size_t j = 0; j < cases[c].size(); ++j) {
      const Job& job = cases[c][j];
      const double rate = static_cast<double>(speeds[j].numerator) / speeds[j].denominator;
      EXPECT_NEAR(rate / job.rate, 1, 1e-9) << "case " << c << ", job " << j;
      EXPECT_NEAR(seconds(ends[j]) / job.end, 1, 1e-9) << "case " << c << ", job " << j;
      shared += rate < (job.cap > 0 ? job.cap / 100.0 : 1) - 1e-6 ? 1 : 0;
    }
  }
  EXPECT_GT(shared, 2000) << "jobs whose cap alone does not say their rate";
}

}  // namespace solver_test
}  // namespace thaw::sim
