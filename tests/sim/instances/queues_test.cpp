// The classical queues, held against their formulas.
//
// Sources: Erlang (1917) for loss; Pollaczek and Khinchine for M/G/1; Kleinrock, "Queueing systems"
// I (1975), 6.4 for G/M/1, and II (1976), 4.4 for processor sharing; Takács, "Introduction to the
// theory of queues" (1962), for a closed loop.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim/instances/family.hpp"
#include "tests/sim/instances/validation.hpp"

namespace thaw::sim {
namespace queues_test {

Family& family = Family::of(40);

constexpr int kReplications = 20;

const Figure kWait = [](const Summary::Function& f) { return f.wait_s->mean; };
const Figure kWaits = [](const Summary::Function& f) { return *f.wait_probability; };
const Figure kStay = [](const Summary::Function& f) { return f.latency_s->mean; };
const Figure kInSystem = [](const Summary::Function& f) { return *f.in_system_mean; };
const Figure kBusy = [](const Summary::Function& f) { return f.busy_mean; };
const Figure kLost = [](const Summary::Function& f) {
  return static_cast<double>(f.requests.rejected) / static_cast<double>(f.requests.total);
};

std::string text_of(double x) { return std::to_string(x); }

// Services of 1 s on average.
const std::string kExponential = "{distribution: exponential, mean: 1s}";
const std::string kConstant = "1s";
std::string bursty(const std::string& kind) {
  return "{distribution: " + kind + ", mean: 1s, cv: 2}";
}

struct Queue {
  std::string service = kExponential;
  double rate = 0.5;  // Poisson, unless `arrivals` says otherwise
  std::string arrivals = "";
  std::string servers = "servers: 1";  // or a policy and its instances
  std::string more = "";               // of the service
  int seconds = 100'000;

  std::string text() const {
    const std::string process =
        arrivals.empty() ? "process: poisson, rate: " + text_of(rate) + "/s" : arrivals;
    return "functions: {f: {" + servers + ", service: {seconds: " + service +
           ", queue: central, dispatch: oldest" + more + "}}}\n" +
           "workload: [{function: f, arrivals: {" + process +
           "}, until: " + std::to_string(seconds) + "s}]\nwarmUp: 1000s\n";
  }
};

// --- loss ---

// Erlang's B by its recursion.
double erlang_b(int servers, double load) {
  double b = 1;
  for (int c = 1; c <= servers; ++c) b = load * b / (c + load * b);
  return b;
}

TEST(Loss, OfAGroupOfServersIsErlangsB) {
  for (const auto& [servers, load] : {std::pair{1, 1.0}, {5, 3.0}, {20, 15.0}}) {
    const Queue queue{
        .rate = load,
        .servers = "servers: " + std::to_string(servers) + ", instances: {whenFull: reject}",
        .seconds = static_cast<int>(120'000 / load)};
    const auto seen = replicated(queue.text(), kReplications, {kLost, kBusy});
    const double b = erlang_b(servers, load);
    family.compare("M/M/" + std::to_string(servers) + "/loss, lost", seen[0], b, 0.03);
    family.compare("M/M/" + std::to_string(servers) + "/loss, busy", seen[1], load * (1 - b), 0.01);
  }
}

TEST(Loss, DependsOnTheMeanServiceOnly) {
  const Queue queue{.service = bursty("lognormal"),
                    .rate = 3,
                    .servers = "servers: 5, instances: {whenFull: reject}",
                    .seconds = 40'000};
  family.compare("M/G/5/loss (lognormal, cv 2), lost",
                 replicated(queue.text(), kReplications, {kLost})[0], erlang_b(5, 3), 0.03);
}

// Idle instances hold no request: a function with at most 5 instances is the same group.
TEST(Loss, OfInstancesUnderACapIsErlangsBToo) {
  const Queue queue{.rate = 3,
                    .servers = "policy: \"keep_alive:idle=20s\", instances: {max: 5}",
                    .seconds = 40'000};
  family.compare("5 instances kept alive, lost",
                 replicated(queue.text(), kReplications, {kLost})[0], erlang_b(5, 3), 0.03);
}

// M/M/1/K: P(full) = (1 - r) r^K / (1 - r^(K+1)), K = the line and the one in service.
TEST(Loss, OfAShortLineIsThatOfMM1K) {
  const double r = 0.8;
  const int k = 5;
  const double full = (1 - r) * std::pow(r, k) / (1 - std::pow(r, k + 1));
  const Queue queue{.rate = r, .servers = "servers: 1, instances: {whenFull: wait, queueMax: 4}"};
  family.compare("M/M/1/5, lost", replicated(queue.text(), kReplications, {kLost})[0], full, 0.04);
  const Queue instances{
      .rate = r,
      .servers =
          "policy: \"keep_alive:idle=1h\", instances: {max: 1, whenFull: wait, queueMax: 4}"};
  family.compare("one instance with a line of 4, lost",
                 replicated(instances.text(), kReplications, {kLost})[0], full, 0.04);
}

// --- one server, first come first served ---

// Pollaczek-Khinchine: the mean wait is r (1 + cv²) / (2 (1 - r)) services. Who finds the server
// busy waits: P = r (PASTA).
double pollaczek_khinchine(double load, double cv) {
  return load * (1 + cv * cv) / (2 * (1 - load));
}

TEST(OneServer, WithConstantServicesIsMD1) {
  for (const double load : {0.5, 0.8}) {
    const auto seen = replicated(Queue{.service = kConstant, .rate = load}.text(), kReplications,
                                 {kWait, kWaits});
    family.compare("M/D/1 at " + text_of(load) + ", wait", seen[0], pollaczek_khinchine(load, 0),
                   0.03);
    family.compare("M/D/1 at " + text_of(load) + ", P(wait)", seen[1], load, 0.02);
  }
}

TEST(OneServer, WithBurstyServicesIsMG1) {
  for (const char* kind : {"lognormal", "gamma", "weibull"}) {
    const Queue queue{.service = bursty(kind), .rate = 0.5, .seconds = 300'000};
    const auto seen = replicated(queue.text(), kReplications, {kWait, kWaits});
    const std::string name = "M/G/1 (" + std::string(kind) + ", cv 2) at 0.5";
    family.compare(name + ", wait", seen[0], pollaczek_khinchine(0.5, 2), 0.1);
    family.compare(name + ", P(wait)", seen[1], 0.5, 0.02);
  }
}

// The duration that a stream brings along has luck of its own.
TEST(OneServer, WithServicesOfTheStreamIsMM1) {
  const Queue queue{.service = "77s", .rate = 0.8};
  std::string text = queue.text();
  text.insert(text.find(", until:"), ", service: " + kExponential);
  const auto seen = replicated(text, kReplications, {kInSystem, kWaits});
  family.compare("M/M/1 by the stream's service, in system", seen[0], 4, 0.1);
  family.compare("M/M/1 by the stream's service, P(wait)", seen[1], 0.8, 0.02);
}

// G/M/1: an arrival waits with the s that solves s = A*(1 - s), A* the transform of the gaps (in
// services), and then s / (1 - s) services on average.
double waits_in_gm1(const std::function<double(double)>& transform) {
  double s = 0.5;
  for (int i = 0; i < 1000; ++i) s = transform(1 - s);
  return s;
}

TEST(OneServer, WithConstantGapsIsDM1) {
  const double s = waits_in_gm1([](double x) { return std::exp(-x / 0.7); });
  const Queue queue{.arrivals = "process: constant, rate: 0.7/s"};
  const auto seen = replicated(queue.text(), kReplications, {kWaits, kWait});
  family.compare("D/M/1 at 0.7, P(wait)", seen[0], s, 0.02);
  family.compare("D/M/1 at 0.7, wait", seen[1], s / (1 - s), 0.05);
}

// Gamma gaps of cv 2 have shape 1/4: A*(x) = (1 + 4 x / 0.5)^(-1/4).
TEST(OneServer, WithBurstyGapsIsGM1) {
  const double s = waits_in_gm1([](double x) { return std::pow(1 + 4 * x / 0.5, -0.25); });
  const Queue queue{.arrivals = "process: gamma, rate: 0.5/s, cv: 2"};
  const auto seen = replicated(queue.text(), kReplications, {kWaits, kWait});
  family.compare("gamma/M/1 (cv 2) at 0.5, P(wait)", seen[0], s, 0.03);
  family.compare("gamma/M/1 (cv 2) at 0.5, wait", seen[1], s / (1 - s), 0.1);
}

// --- processor sharing ---

// The mean stay is 1 / (1 - r) services, whatever their distribution; the server is busy for r.
TEST(ProcessorSharing, DependsOnTheMeanServiceOnly) {
  for (const double load : {0.3, 0.6, 0.9}) {
    for (const auto& [name, service] :
         {std::pair{"exponential", kExponential}, {"lognormal, cv 2", bursty("lognormal")}}) {
      const Queue queue{.service = service,
                        .rate = load,
                        .more = ", discipline: ps, slots: 1000000",
                        .seconds = load > 0.8 ? 150'000 : 100'000};
      const auto seen = replicated(queue.text(), kReplications, {kStay, kBusy});
      const std::string what = "PS (" + std::string(name) + ") at " + text_of(load);
      family.compare(what + ", stay", seen[0], 1 / (1 - load), load > 0.8 ? 0.1 : 0.03);
      family.compare(what + ", busy", seen[1], load, 0.03);
    }
  }
}

// --- closed loop ---

// N clients think for 4 s and share one server: P(k at the server) is proportional to
// N!/(N-k)! (1/4)^k, whatever the distribution of thinking.
TEST(ClosedLoop, KeepsItsServerAsBusyAsTheoryHasIt) {
  double weight = 1, sum = 1, idle = 1, in_system = 0;
  for (int k = 1; k <= 6; ++k) {
    weight *= (6 - k + 1) / 4.0;
    sum += weight;
    in_system += k * weight;
  }
  const Queue queue{.arrivals = "process: closed, clients: 6, think: " +
                                std::string("{distribution: exponential, mean: 4s}")};
  const auto seen = replicated(queue.text(), kReplications, {kBusy, kInSystem});
  family.compare("closed loop of 6, busy", seen[0], 1 - idle / sum, 0.01);
  family.compare("closed loop of 6, in system", seen[1], in_system / sum, 0.02);
}

}  // namespace queues_test
}  // namespace thaw::sim
