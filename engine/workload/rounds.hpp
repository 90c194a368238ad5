// Federated rounds: every client is called once, who has not answered by the timeout is left to
// itself, then the aggregate is called, and with its answer the next round begins.
//
// Source: FedLess's controller. A straggler's call goes on and is counted when it ends; its answer
// belongs to no round any more, and the next round calls it again all the same. The aggregate has
// no limit of its own. Left out: a second try of a call that failed.
// Units: simulated time. Errors: none; names are the loader's to check.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/random.hpp"
#include "engine/workload/door.hpp"
#include "engine/workload/play.hpp"
#include "engine/workload/requests.hpp"

namespace thaw::workload {

class RoundsListener {
 public:
  virtual ~RoundsListener() = default;
  virtual void round_called(RequestId id) = 0;
  // The request is still open; nobody else will close it.
  virtual void round_answered(RequestId id, const Answer& answer) = 0;
  virtual void rounds_moved() = 0;  // a round ended, or a straggler did
  virtual void rounds_over(const std::string& name) = 0;
};

class FederatedRounds final : public Handler {
 public:
  FederatedRounds(Play& play, Requests& requests, Door& door, RoundsListener& listener);

  void start();
  bool over() const;
  bool owns(RequestId id) const { return requests_.get(id).rounds != kNoRequest; }
  void answered(RequestId id, const Answer& answer);
  // The last round that ended, and how long it took: 200 if every call was completed, 504 if
  // somebody was left behind, else the first other answer. nullptr: no rounds of this name, or none
  // has ended yet.
  const Response* last(const std::string& name) const;

  void fire(std::uint32_t what, std::uint64_t arg) override;

 private:
  struct Member {
    Route route;
    Random work;
  };
  struct State {
    std::vector<Member> members;  // the clients, and after them the aggregate, if there is one
    std::uint32_t round = 0;      // from 1
    TimePoint began;
    std::size_t waiting = 0;  // for so many clients
    bool calling = false;     // clients; else the aggregate
    bool done = false;
    EventId limit;
    Answer answer;  // of the round so far
    std::optional<Response> last;
  };
  void begin(std::size_t index);
  void call(std::size_t index, std::size_t member);
  void note(State& state, const Answer& answer);
  void clients_done(std::size_t index);
  void end(std::size_t index);
  const Rounds& spec(std::size_t index) const { return play_.scenario.rounds[index]; }

  Play& play_;
  Requests& requests_;
  Door& door_;
  RoundsListener& listener_;
  std::vector<State> rounds_;
};

}  // namespace thaw::workload
