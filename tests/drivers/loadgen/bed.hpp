// A load that is played against a StandIn, and what its listener was told.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "drivers/http/awaitable.hpp"
#include "drivers/loadgen/loadgen.hpp"
#include "tests/drivers/loadgen/stand_in.hpp"
#include "tests/sim/scenario_builder.hpp"

namespace thaw::loadgen {

class Bed final : public Listener {
 public:
  struct Called {
    std::size_t function;
    TimePoint arrival;
    Duration work;
    friend auto operator<=>(const Called&, const Called&) = default;
  };

  Bed(const Scenario& played, std::uint16_t port, int scale = 1,
      const std::function<void(Options&)>& change = {})
      : scenario(played), pace(scenario.start, std::chrono::steady_clock::now(), {}, scale) {
    Options options{.target = {"127.0.0.1", port}, .pace = pace};
    if (change) change(options);
    load.emplace(io.get_executor(), scenario, options, *this);
  }

  // To the end of the load; no wall time is longer.
  bool play(Duration longest = 5s) {
    load->start();
    return run([&] { return load->over(); }, longest);
  }
  bool run(const std::function<bool()>& done, Duration longest = 5s) {
    const auto until = std::chrono::steady_clock::now() + longest;
    io.restart();
    while (!done() && std::chrono::steady_clock::now() < until) io.run_one_until(until);
    return done();
  }
  const workload::Response& response(const std::string& name) const {
    static const workload::Response kNone{{0, workload::Outcome::failed, {}}, {}};
    const workload::Response* const found = load->response(name);
    return found ? *found : kNone;
  }
  TimePoint anchor(const std::string& step) const { return anchors.at(step); }

  void anchor_reached(Instant::Anchor anchor, const std::string& step) override {
    if (anchor == Instant::Anchor::step) anchors[step] = pace.now();
  }
  void step_missed(const Step& step) override { missed.push_back(step.name); }
  void load_moved() override {
    ++moved;
    if (on_move) on_move();
  }
  void told(TimelineEvent event) override { events.push_back(std::move(event)); }
  bool ready(std::size_t) const override { return is_ready; }
  void in_flight(std::size_t function, std::int64_t now) override {
    most[function] = std::max(most[function], now);
  }
  void called(std::size_t function, TimePoint arrival, Duration work) override {
    calls.push_back({function, arrival, work});
  }
  void ended(const Ended& one) override { ends.push_back(one); }

  boost::asio::io_context io;
  const Scenario scenario;
  const Pace pace;
  std::optional<LoadGenerator> load;
  std::map<std::string, TimePoint> anchors;
  std::vector<std::string> missed;
  std::vector<TimelineEvent> events;
  std::map<std::size_t, std::int64_t> most;
  std::vector<Called> calls;
  std::vector<Ended> ends;
  std::function<void()> on_move;
  int moved = 0;
  bool is_ready = true;
};

inline constexpr Method kGet = Method::get, kPost = Method::post;

// Of nobody: called by name and namespace.
inline Scenario functions(const std::vector<std::string>& names) {
  Scenario scenario = sim::platform();
  for (const std::string& name : names) sim::add_function(scenario, name).service.slots = 1000;
  for (Workload& workload : scenario.manifests.workloads) workload.annotations.clear();
  return scenario;
}

inline StandIn::Talk at_once(const StandIn::Heard&) { return StandIn::ok(); }

inline std::function<StandIn::Talk(const StandIn::Heard&)> after(std::chrono::milliseconds wait) {
  return [wait](const StandIn::Heard&) { return StandIn::ok("ok", wait); };
}

}  // namespace thaw::loadgen
