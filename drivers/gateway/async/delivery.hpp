// Delivers what is queued: in order of acceptance, at least once, a bounded number of times.
//
// A function has min(parallel, ready replicas * per_replica) places; an element holds one from the
// start of an attempt to its answer, and one that was answered with 202 until it is called back or
// its time is over. An answer below 400, or one whose status is not among those retried, ends it.
// Else, and when no answer came, attempt k is followed by the next after retries[k]; after the last
// it is a dead letter. While a function with something due has no ready replica it is wanted, at
// once and then each second. An element of a function that nobody knows waits.
//
// An attempt's end is on disk before it counts; where it cannot be written that is tried again
// until it can, and a restart in between makes the attempt again.
// Threads: the executor's one. Time: `now`, and what act() returns; it has no timer of its own but
// for a disk that does not write. It outlives the executor's last run.
// Source: SlimFaas 0.81 (slots, retries, 202).
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "drivers/gateway/async/invoker.hpp"
#include "drivers/gateway/async/journal.hpp"
#include "drivers/gateway/async/room.hpp"

namespace thaw::gateway::async {

// What is known of one function's calls. Counters only grow, from the gateway's start.
struct Counts {
  FunctionName function;
  std::uint64_t queued = 0, running = 0, awaiting = 0, dead = 0;  // now; queued: retries too
  std::uint64_t delivered = 0, retried = 0, given_up = 0;
  std::optional<TimePoint> oldest;         // acceptance of the oldest that is not dead
  std::optional<TimePoint> last_activity;  // now, while something is due or running
};

class Delivery {
 public:
  struct Ports {
    boost::asio::any_io_executor executor;
    Journal& journal;
    Invoker& invoker;
    Room& room;
    std::function<TimePoint()> now;
    std::function<void(const FunctionName&)> wanted;
    std::function<void(const Result&)> ended;      // to be posted, and on disk
    std::function<void()> sooner;                  // act() is due before it said
    std::function<void(const std::string&)> tell;  // what an operator should know
  };
  explicit Delivery(Ports ports) : ports_(std::move(ports)) {}
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  void add(const Element& element);    // on disk, its room taken
  TimePoint act();                     // starts what is due; when something will be due next
  void look() { plan(ports_.now()); }  // replicas came or went
  void stop() { stopping_ = true; }    // starts nothing more; what gets no answer now just waits
  std::size_t attempts() const { return attempts_; }  // that are on, or being written down

  // The function calls back. False: it has no such element.
  Awaitable<bool> complete(FunctionName function, std::string id, bool success);
  // Of dead letters. False: there is none with that id. Errors: StoreError.
  Awaitable<bool> revive(std::string id);
  Awaitable<bool> drop(std::string id);

  std::vector<Counts> counts() const;  // by function

 private:
  enum class Phase : unsigned char { ready, later, running, awaiting, dead, ending };
  struct Queue {
    FunctionName name;
    std::set<Position> ready, live;     // due; all that are not dead
    std::size_t active = 0;             // places held
    std::array<std::uint64_t, 6> in{};  // of each phase
    std::uint64_t delivered = 0, retried = 0, given_up = 0;
    std::optional<TimePoint> wanted, last_activity;
  };
  struct Entry {
    Queue* queue;
    std::string id;
    TimePoint accepted, due;
    std::uint64_t bytes;
    std::uint32_t attempts;
    Phase phase;
    bool failed_early = false;  // it called back with an error before it answered 202
  };
  struct Attempt {
    Queue* queue;
    Position position;
    AsyncDelivery terms;
    TimePoint began, ended;
  };

  Entry* find(Position position);
  void move(Position position, Entry& entry, Phase phase) {
    move(position, entry, phase, entry.due);
  }
  void move(Position position, Entry& entry, Phase phase, TimePoint due);
  void erase(Position position);
  void plan(TimePoint due);
  void dispatch(Queue& queue);
  void start(Position position, Entry& entry, const AsyncDelivery& terms);
  void expire(Position position, Entry& entry);
  void release(Queue& queue);
  Awaitable<void> attempt(Attempt attempt);
  Awaitable<void> resume(Attempt attempt, Outcome outcome);
  Awaitable<void> settle(Attempt attempt, Outcome outcome);
  Awaitable<void> finish(Attempt attempt, Outcome outcome);
  Awaitable<void> retry_or_bury(Attempt attempt, Outcome outcome);
  std::optional<Result> end(Store& store, Entry& entry, const Attempt& attempt,
                            const Outcome& outcome) const;
  Awaitable<bool> persist(Journal::Work work);
  Entry* take_dead(const std::string& id, Position& position);
  void spawn(Awaitable<void> what);

  Ports ports_;
  std::map<FunctionName, Queue> queues_;
  std::map<Position, Entry> entries_;
  std::unordered_map<std::string, Position> ids_;
  std::set<std::pair<TimePoint, Position>> due_;  // of those later and awaiting
  TimePoint planned_ = TimePoint::never();        // what act() said last
  std::size_t attempts_ = 0;
  bool stopping_ = false, not_written_ = false;
};

}  // namespace thaw::gateway::async
