// A scenario's workload, played over HTTP against the gateway of a live cluster.
//
// The load is the one that the simulator plays, by the same code (engine/workload) and from the
// same random streams: with the same seed, open arrivals come at the same instants, and every
// call's work is the same. A call's latency runs from the instant that it was meant for, whether or
// not this process or a connection was late; how late calls began is told by lateness().
//
// Paths are resolved as the simulated entrance does it and called at the gateway as
// /function/NAME.NAMESPACE/PATH; what only the entrance would answer (no rule, a read timeout) is
// answered here. Functions are of manifests: a standalone one has no gateway. HTTP/1.1 without TLS;
// connections are kept and used again; bodies of answers are read and dropped.
//
// Threads: everything, the listener's calls included, happens on the executor's one thread. start()
// and settle() may call the listener before they return, and it may call settle() and stop().
// Units: everything that is told is scenario time, Lateness and Options::patience are wall time.
// Errors: from the constructor InputError (a trace) and http::Failure (no address); afterwards a
// call that fails is an answer of status 502, 503, 504 or what was said.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/pace.hpp"
#include "engine/checks/check.hpp"
#include "engine/checks/expression.hpp"
#include "engine/report/timeline.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/workload/answer.hpp"
#include "engine/workload/tally.hpp"

namespace thaw::loadgen {

// Of the gateway, plain HTTP. The host is an address or a name, which is looked up once.
struct Target {
  std::string host;
  std::uint16_t port = 80;
};

struct Options {
  Target target;
  Pace pace;
  std::uint64_t seed = 1;
  // Each call says what it takes, in wall time: Fake-Service: 0.125s. For stand-ins of functions
  // that do as they are told. Else nobody knows what a call takes, and Tally::wait is the latency.
  bool tell_work = false;
  // Wall time after which a call is given up: 504, cut by the client.
  Duration patience = std::chrono::hours(1);
};

// A call that has ended: of a step, a stream or a round, or of a pipeline's stage.
struct Ended {
  std::optional<std::size_t> function;  // empty: it was no function's, as a wake
  TimePoint arrival;                    // the instant that it was meant for
  workload::Answer answer;
  Duration latency{};                  // to the last byte
  std::optional<Duration> first_byte;  // of the answer's body, from the arrival
  Duration work{};                     // as drawn
  bool cold = false;                   // no replica was ready on arrival
};

class Listener {
 public:
  virtual ~Listener() = default;
  // At this instant. The last request and the last completion are known when over() is.
  virtual void anchor_reached(Instant::Anchor anchor, const std::string& step) = 0;
  virtual void step_missed(const Step& step) = 0;      // `when` did not hold within its limit
  virtual void load_moved() = 0;                       // a total or a response changed, or over()
  virtual void told(TimelineEvent event) = 0;          // a note: sent, answered, round
  virtual bool ready(std::size_t function) const = 0;  // a replica is ready now
  virtual void in_flight(std::size_t function, std::int64_t calls) = 0;  // when it changed
  virtual void called(std::size_t /*function*/, TimePoint /*arrival*/, Duration /*work*/) {}
  virtual void ended(const Ended&) {}
};

// How late calls were begun, in wall time, against the instant that they were meant for.
struct Lateness {
  static constexpr Duration kAllowed = std::chrono::milliseconds(10);
  std::int64_t late = 0;  // calls later than that
  Duration worst{};
};

class LoadGenerator {
 public:
  // The scenario outlives it. `executor` is of an io_context that one thread runs.
  LoadGenerator(boost::asio::any_io_executor executor, const Scenario& scenario, Options options,
                Listener& listener);
  ~LoadGenerator();  // as stop()

  void start();                     // as of Pace::start(), which is the scenario's start
  void settle(const Facts& facts);  // steps that wait for a condition look at it
  bool waits_for_condition() const;
  bool over() const;  // nothing will be sent any more, and nothing is under way
  // At once: nothing is told any more, and connections are closed, which else keep the io_context
  // from running out of work for up to a minute.
  void stop();

  const workload::Tally& tally(std::size_t function) const;
  const workload::Tally& pipeline_tally(std::size_t pipeline) const;
  struct CacheUse {
    std::int64_t hits = 0, misses = 0;
  };
  CacheUse cache_use(std::size_t pipeline) const;
  // The last answer of a step; of rounds the last one's outcome, and how long it took. nullptr:
  // none yet.
  const workload::Response* response(const std::string& name) const;
  std::int64_t in_flight(std::size_t function) const;  // calls of it under way
  Lateness lateness() const;

 private:
  class Playing;
  std::shared_ptr<Playing> playing_;
};

}  // namespace thaw::loadgen
