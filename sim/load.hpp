// The load: scripted steps, streams of arrivals, closed loops; and what became of each request.
//
// A stream draws its next arrival when the last one came: nothing is queued ahead. Durations come
// from a stream of random numbers per source, so a policy cannot shift another source's luck.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/arrivals.hpp"
#include "engine/statistics/sketch.hpp"
#include "sim/ingress.hpp"
#include "sim/requests.hpp"
#include "sim/trace_reader.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

// Of one function, over the run.
struct Tally {
  std::int64_t total = 0, completed = 0, cold = 0, timed_out = 0, rejected = 0, failed = 0;
  Sketch latency, wait;  // completed requests
};

// The last answer of a step.
struct Response {
  Answer answer;
  Duration latency{};
};

class LoadListener {
 public:
  virtual ~LoadListener() = default;
  virtual void anchor_reached(Instant::Anchor anchor,
                              const std::string& step) = 0;  // at this instant
  virtual void step_missed(const Step& step) = 0;            // `when` did not hold within its limit
  virtual void load_moved() = 0;                             // a total or a response changed
};

class LoadGenerator final : public Handler {
 public:
  LoadGenerator(World& world, Requests& requests, Ingress& ingress, LoadListener& listener);

  void start();
  void replied(RequestId id, const Answer& answer);
  // Steps that wait for a condition look at it; called when the state has settled.
  void settle(const Facts& facts);
  bool waits_for_condition() const { return conditions_ > 0; }

  const Tally& tally(std::size_t function) const { return tallies_[function]; }
  const Response* response(const std::string& step) const;
  bool over() const { return over_; }

  void fire(std::uint32_t what, std::uint64_t arg) override;

 private:
  enum class Stage : std::uint8_t { asleep, waiting, sending, sent, done, missed };
  struct StepState {
    Stage stage = Stage::asleep;
    Route route;
    int started = 0, answered = 0;
    EventId limit;
    std::optional<Response> last;
  };
  struct StreamState {
    Route route;
    bool done = false;
    int live_clients = 0;
    Random think, work;
    std::optional<ArrivalStream> arrivals;
    std::unique_ptr<TraceReader> trace;
    std::optional<Duration> traced_work;  // of the next arrival
  };

  void schedule(std::size_t step, TimePoint anchor);
  void send_step(std::size_t step);
  void miss(std::size_t step);
  void arrive(std::size_t stream);
  void next_arrival(std::size_t stream);
  std::optional<TimePoint> next_traced(std::size_t stream);
  void client_calls(std::size_t stream, std::uint32_t client);
  void open(std::uint32_t source, std::uint32_t client, const Route& route, Duration work);
  void tell_answer(const Step& step, const Response& last);
  void anchor(Instant::Anchor kind, const std::string& step);
  void check_over();
  Duration work_of(std::size_t function, const std::optional<Distribution>& own,
                   Random& random) const;

  World& world_;
  Requests& requests_;
  Ingress& ingress_;
  LoadListener& listener_;
  std::vector<StepState> steps_;
  std::vector<StreamState> streams_;
  std::vector<Random> step_work_;
  std::vector<Tally> tallies_;
  int conditions_ = 0;
  bool over_ = false;
};

}  // namespace thaw::sim
