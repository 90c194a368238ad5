// The load: scripted steps, streams of arrivals, closed loops; and what became of each request.
//
// A stream draws its next arrival when the last one came: nothing is queued ahead. Durations come
// from a stream of random numbers per source, so a policy cannot shift another source's luck.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/arrivals.hpp"
#include "engine/workload/door.hpp"
#include "engine/workload/pipelines.hpp"
#include "engine/workload/play.hpp"
#include "engine/workload/requests.hpp"
#include "engine/workload/rounds.hpp"
#include "engine/workload/tally.hpp"
#include "engine/workload/trace_reader.hpp"
#include "engine/workload/work.hpp"

namespace thaw::workload {

class LoadListener {
 public:
  virtual ~LoadListener() = default;
  virtual void anchor_reached(Instant::Anchor anchor,
                              const std::string& step) = 0;  // at this instant
  virtual void step_missed(const Step& step) = 0;            // `when` did not hold within its limit
  virtual void load_moved() = 0;                             // a total or a response changed
  // Every call of a function, whatever becomes of it, with its service on a warm replica.
  virtual void called(std::size_t /*function*/, TimePoint /*arrival*/, Duration /*service*/) {}
};

class LoadGenerator final : public Handler, PipelineListener, RoundsListener {
 public:
  LoadGenerator(Play& play, Requests& requests, Door& door, LoadListener& listener);

  void start();
  void replied(RequestId id, const Answer& answer);
  // Steps that wait for a condition look at it; called when the state has settled.
  void settle(const Facts& facts);
  bool waits_for_condition() const { return conditions_ > 0; }

  const Tally& tally(std::size_t function) const { return tallies_[function]; }
  const Tally& pipeline_tally(std::size_t pipeline) const { return pipeline_tallies_[pipeline]; }
  // Of the function's requests, those under way included.
  std::vector<Stays> stays() const;
  const Pipelines& pipelines() const { return pipelines_; }
  // The last answer of a step; of rounds the last one's outcome, and how long it took. nullptr:
  // none yet.
  const Response* response(const std::string& name) const;
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
    std::optional<std::size_t> pipeline;
    bool done = false;
    int live_clients = 0;
    Random think, work;
    std::optional<ArrivalStream> arrivals;
    std::unique_ptr<TraceReader> trace;
    std::optional<Work> traced_work;                   // of the next arrival
    std::map<std::string, Route, std::less<>> routes;  // of a trace's functions, as they come
  };

  void schedule(std::size_t step, TimePoint anchor);
  void send_step(std::size_t step);
  void miss(std::size_t step);
  void arrive(std::size_t stream);
  void next_arrival(std::size_t stream);
  std::optional<TimePoint> next_traced(std::size_t stream);
  const Route& route_to(std::string_view function, std::size_t stream);
  void client_calls(std::size_t stream, std::uint32_t client);
  void send(std::size_t stream, std::uint32_t client);
  void open(std::uint32_t source, std::uint32_t client, const Route& route, const Work& work);
  void called(const Request& request);  // a function
  void open_pipeline(std::uint32_t source, std::uint32_t client, std::size_t stream);
  void stage_called(RequestId id) override { called(requests_.get(id)); }
  void stage_answered(RequestId id, const Answer& answer) override;
  void pipeline_answered(RequestId id, const Answer& answer) override { finish(id, answer); }
  void round_called(RequestId id) override;
  void round_answered(RequestId id, const Answer& answer) override;
  void rounds_moved() override;
  void rounds_over(const std::string& name) override { anchor(Instant::Anchor::step, name); }
  void finish(RequestId id, const Answer& answer);
  Tally* tally_of(const Request& request);
  std::optional<std::size_t> function_of(const Request& request) const;
  void count(const Request& request, const Answer& answer, Tally& tally) const;
  void tell_answer(const Step& step, const Response& last);
  void anchor(Instant::Anchor kind, const std::string& step);
  void check_over();
  const Service& service_of(const Route& route) const;
  Work draw_work(const Route& route, const std::optional<Distribution>& own, Random& random) const;
  std::optional<Work> traced(const TraceReader::Row& row, StreamState& state) const;

  Play& play_;
  Requests& requests_;
  Door& door_;
  LoadListener& listener_;
  std::vector<StepState> steps_;
  std::vector<StreamState> streams_;
  std::vector<Random> step_work_;
  std::vector<Tally> tallies_, pipeline_tallies_;
  Pipelines pipelines_;
  FederatedRounds rounds_;
  int conditions_ = 0;
  bool over_ = false;
};

}  // namespace thaw::workload
