#include "engine/workload/rounds.hpp"

#include <algorithm>
#include <chrono>

#include "engine/workload/work.hpp"

namespace thaw::workload {
namespace {

enum : std::uint32_t { kBegin, kLimit };

}  // namespace

FederatedRounds::FederatedRounds(Play& play, Requests& requests, Door& door,
                                 RoundsListener& listener)
    : play_(play), requests_(requests), door_(door), listener_(listener) {
  for (const Rounds& rounds : play.scenario.rounds) {
    State& state = rounds_.emplace_back();
    const auto add = [&](const std::string& function) {
      state.members.push_back({door.resolve(Method::post, "/function/" + function + "/"),
                               play.random("service/" + rounds.name + "/" + function)});
    };
    for (const std::string& client : rounds.clients) add(client);
    if (!rounds.aggregate.empty()) add(rounds.aggregate);
  }
}

void FederatedRounds::start() {
  for (std::size_t i = 0; i < rounds_.size(); ++i)
    play_.events.at(play_.scenario.start + spec(i).from, *this, kBegin, i);
}

bool FederatedRounds::over() const {
  return std::all_of(rounds_.begin(), rounds_.end(), [](const State& s) { return s.done; });
}

void FederatedRounds::fire(std::uint32_t what, std::uint64_t arg) {
  if (what == kBegin) return begin(arg);
  rounds_[arg].limit = {};
  rounds_[arg].answer = {504, Outcome::timed_out, CutBy::none};
  clients_done(arg);
}

void FederatedRounds::begin(std::size_t index) {
  State& state = rounds_[index];
  ++state.round;
  state.began = play_.now();
  state.waiting = spec(index).clients.size();
  state.calling = true;
  state.answer = {};
  state.limit = play_.events.after(spec(index).timeout, *this, kLimit, index);
  const std::size_t clients = state.waiting;
  for (std::size_t member = 0; member < clients; ++member) call(index, member);
}

void FederatedRounds::call(std::size_t index, std::size_t member) {
  State& state = rounds_[index];
  const Route& route = state.members[member].route;
  const RequestId id = requests_.open();
  Request& request = requests_.get(id);
  request.arrived = play_.now();
  request.rounds = static_cast<std::uint32_t>(index);
  request.client = static_cast<std::uint32_t>(member);
  request.round = state.round;
  if (route.call.kind == Call::Kind::function) {
    request.function = static_cast<std::uint32_t>(route.call.function);
    work_of(play_.scenario.functions[route.call.function].service, state.members[member].work)
        .give(request);
    listener_.round_called(id);
  }
  door_.accept(id, route);
}

void FederatedRounds::answered(RequestId id, const Answer& answer) {
  const Request request = requests_.get(id);
  const std::size_t index = request.rounds;
  State& state = rounds_[index];
  if (state.members[request.client].route.call.kind == Call::Kind::function)
    listener_.round_answered(id, answer);
  requests_.close(id);
  const bool is_client = request.client < spec(index).clients.size();
  if (request.round == state.round && state.calling == is_client && !state.done) {
    note(state, answer);
    if (!is_client) {
      end(index);
    } else if (--state.waiting == 0) {
      play_.events.cancel(state.limit);
      clients_done(index);
    }
  }
  listener_.rounds_moved();
}

// The first answer that is not a completed one stays the round's.
void FederatedRounds::note(State& state, const Answer& answer) {
  if (state.answer.outcome == Outcome::completed) state.answer = answer;
}

void FederatedRounds::clients_done(std::size_t index) {
  State& state = rounds_[index];
  state.calling = false;
  if (spec(index).aggregate.empty()) return end(index);
  call(index, state.members.size() - 1);
}

void FederatedRounds::end(std::size_t index) {
  State& state = rounds_[index];
  const Rounds& rounds = spec(index);
  const Duration took = play_.now() - state.began;
  state.last = Response{state.answer, took};
  const std::size_t clients = rounds.clients.size();
  const bool whole = state.answer.outcome == Outcome::completed;
  play_.tell(EventKind::note, rounds.name, "round",
             rounds.name + ": round " + std::to_string(state.round) + " of " +
                 std::to_string(rounds.number) + " took " +
                 to_text(std::chrono::round<std::chrono::milliseconds>(took)) + ", " +
                 std::to_string(clients - state.waiting) + " of " + std::to_string(clients) +
                 " clients answered" +
                 (whole ? "" : ", status " + std::to_string(state.answer.status)),
             {{"round", std::int64_t{state.round}},
              {"duration_s", seconds(took)},
              {"left_behind", static_cast<std::int64_t>(state.waiting)},
              {"status", std::int64_t{state.answer.status}}});
  state.done = state.round == static_cast<std::uint32_t>(rounds.number);
  // An event of its own: rounds that are refused on the spot do not pile up on the stack.
  if (!state.done) play_.events.after(Duration{0}, *this, kBegin, index);
  if (state.done) listener_.rounds_over(rounds.name);
  listener_.rounds_moved();
}

const Response* FederatedRounds::last(const std::string& name) const {
  for (std::size_t i = 0; i < rounds_.size(); ++i)
    if (spec(i).name == name) return rounds_[i].last ? &*rounds_[i].last : nullptr;
  return nullptr;
}

}  // namespace thaw::workload
