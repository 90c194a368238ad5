// What the live load costs, and how late it is: bench_loadgen [CALLS_A_SECOND [SECONDS
// [DELAY_MS]]].
//
// Prints "calls calls_per_cpu_second late worst_us p50_us p99_us failed". Calls arrive as a Poisson
// process at a server in a process of its own, which answers after the delay; CPU seconds are those
// of the process that calls alone, and late ones are those that began 10 ms after their instant.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "drivers/loadgen/loadgen.hpp"
#include "tests/gateway/stream.hpp"

namespace thaw::loadgen {
namespace {

// Answers whatever ends in an empty line.
class Peer final : public rigs::Stream::Owner, public std::enable_shared_from_this<Peer> {
 public:
  Peer(rigs::Loop& loop, int descriptor, std::chrono::milliseconds delay)
      : loop_(loop), delay_(delay), stream_(loop, *this, descriptor) {}

 private:
  void came(std::string_view bytes) override {
    if (!bytes.ends_with("\r\n\r\n")) return;
    if (delay_.count() == 0) return answer();
    loop_.at(rigs::now() + delay_, [self = shared_from_this()] { self->answer(); });
  }
  void answer() {
    if (stream_.open()) stream_.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  }
  void ended() override { stream_.close(); }

  rigs::Loop& loop_;
  const std::chrono::milliseconds delay_;
  rigs::Stream stream_;
};

[[noreturn]] void serve(int to, std::chrono::milliseconds delay) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  rigs::raise_descriptor_limit();
  rigs::Loop loop;
  std::vector<std::shared_ptr<Peer>> peers;
  const rigs::Listener listener(loop, 0, [&](int descriptor) {
    peers.push_back(std::make_shared<Peer>(loop, descriptor, delay));
  });
  const std::uint16_t port = listener.port();
  if (write(to, &port, sizeof port) != sizeof port) std::_Exit(3);
  loop.run(rigs::Instant::max());
  std::_Exit(0);
}

Scenario scenario_of(double rate, Duration length) {
  Scenario scenario;
  Workload workload;
  workload.name = "f";
  workload.ns = "bench";
  scenario.manifests.workloads = {workload};
  FunctionSpec function;
  function.name = "f";
  function.service.duration = Distribution::constant(1ms);
  scenario.functions = {function};
  Arrivals stream;
  stream.name = "calls";
  stream.function = "f";
  stream.path = "/function/f/";
  stream.process.gap = Distribution::exponential(Duration{static_cast<std::int64_t>(1e9 / rate)});
  stream.until = length;
  scenario.arrivals = {stream};
  return scenario;
}

class Silent final : public Listener {
  void anchor_reached(Instant::Anchor, const std::string&) override {}
  void step_missed(const Step&) override {}
  void load_moved() override {}
  void told(TimelineEvent) override {}
  bool ready(std::size_t) const override { return true; }
  void in_flight(std::size_t, std::int64_t) override {}
};

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

int run(double rate, Duration length, std::chrono::milliseconds delay) {
  int ends[2];
  if (pipe(ends) != 0) return 3;
  const pid_t server = fork();
  if (server == 0) serve(ends[1], delay);
  std::uint16_t port = 0;
  if (server < 0 || read(ends[0], &port, sizeof port) != sizeof port) return 3;

  const Scenario scenario = scenario_of(rate, length);
  boost::asio::io_context io;
  Silent silent;
  const Pace pace(scenario.start, std::chrono::steady_clock::now(), {});
  LoadGenerator load(io.get_executor(), scenario,
                     {.target = {"127.0.0.1", port}, .pace = pace, .tell_work = true}, silent);
  const double before = cpu_seconds();
  load.start();
  while (!load.over()) io.run_one();
  const double cpu = cpu_seconds() - before;
  load.stop();
  kill(server, SIGKILL);

  const workload::Tally& tally = load.tally(0);
  const auto us = [](Duration d) { return seconds(d) * 1e6; };
  std::printf("%lld %.0f %lld %.0f %.0f %.0f %lld\n", static_cast<long long>(tally.total),
              static_cast<double>(tally.total) / cpu, static_cast<long long>(load.lateness().late),
              us(load.lateness().worst), us(tally.latency.quantile(0.5)),
              us(tally.latency.quantile(0.99)),
              static_cast<long long>(tally.total - tally.completed));
  return tally.completed == tally.total ? 0 : 1;
}

}  // namespace
}  // namespace thaw::loadgen

int main(int count, char** words) {
  const auto number = [&](int index, double otherwise) {
    return index < count ? std::atof(words[index]) : otherwise;
  };
  prctl(PR_SET_TIMERSLACK, 1UL);
  return thaw::loadgen::run(
      number(1, 1000), std::chrono::milliseconds(static_cast<std::int64_t>(number(2, 10) * 1000)),
      std::chrono::milliseconds(static_cast<std::int64_t>(number(3, 0))));
}
