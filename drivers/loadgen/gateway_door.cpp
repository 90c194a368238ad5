#include "drivers/loadgen/gateway_door.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "drivers/http/ascii.hpp"
#include "engine/workload/call_paths.hpp"
#include "engine/workload/entrance.hpp"

namespace thaw::loadgen {
namespace {

using workload::Answer;
using workload::Call;
using workload::CutBy;
using workload::Outcome;
using workload::RequestId;
using workload::Route;

enum : std::uint32_t { kReadTimeout, kLook };

// Wall time.
constexpr Duration kLookEvery = std::chrono::seconds(1), kHeld = std::chrono::milliseconds(500);

Outcome outcome_of(int status) {
  if (status < 400) return Outcome::completed;
  if (status == 408 || status == 504) return Outcome::timed_out;
  return status < 500 || status == 503 ? Outcome::rejected : Outcome::failed;
}

std::string host_of(const Target& target) {
  const bool v6 = target.host.find(':') != std::string::npos;
  return (v6 ? "[" + target.host + "]" : target.host) + ":" + std::to_string(target.port);
}

}  // namespace

GatewayDoor::GatewayDoor(workload::Play& play, workload::Requests& requests, const Options& options,
                         Client& client, Listener& listener, Owner& owner)
    : play_(play),
      requests_(requests),
      options_(options),
      client_(client),
      listener_(listener),
      owner_(owner),
      host_(host_of(options.target)),
      in_flight_(play.scenario.functions.size()) {
  for (std::size_t f = 0; f < in_flight_.size(); ++f)
    roots_.push_back(
        words_of(play.scenario, {Call::Kind::function, f, Method::post, false}, "/", true, host_));
}

Route GatewayDoor::resolve(Method method, std::string_view path) {
  const workload::Entrance entrance =
      workload::entrance_of(play_.scenario, workload::gateways_of(play_.scenario), path);
  Route route{entrance.through_ingress, entrance.read_timeout, entrance.refused,
              workload::call_of_gateway(play_.scenario, method, path)};
  if (route.call.kind == Call::Kind::unknown)
    route.call = workload::call_of_openfaas(play_.scenario, method, path);
  if (entrance.function) route.call = {Call::Kind::function, *entrance.function, method, false};
  targets_.push_back(
      words_of(play_.scenario, route.call, path, entrance.function.has_value(), host_));
  route.target = static_cast<std::uint32_t>(targets_.size());
  return route;
}

void GatewayDoor::accept(RequestId id, const Route& route) {
  workload::Request& request = requests_.get(id);
  if (flights_.size() <= id) flights_.resize(id + std::size_t{1});
  Flight& flight = flights_[id];
  flight = {};
  flight.open = true;
  flight.sent = play_.now();
  flight.work = request.work;
  flight.function = route.call.kind == Call::Kind::function;
  ++open_;
  if (flight.function) {
    request.function = static_cast<std::uint32_t>(route.call.function);
    request.cold = !listener_.ready(request.function);
    count(request.function, 1);
  }
  if (route.refused) return reply(id, *route.refused);
  note_lateness(request.arrived);
  if (route.through_ingress)
    request.ingress_limit = play_.events.after(route.read_timeout, *this, kReadTimeout, id);
  if (!std::exchange(looks_, true))
    play_.events.after(options_.pace.scenario(kLookEvery), *this, kLook);
  const Words& words = route.target > 0 ? targets_[route.target - 1] : roots_[route.call.function];
  const bool told = options_.tell_work && flight.function;
  const Duration work = told ? options_.pace.wall(request.work) : Duration{-1};
  std::string text = call_text(words, work, request.prompt, request.output);
  const bool idempotent = text.starts_with("GET");
  if (!options_.tell_work) request.work = Duration{0};
  client_.call(id, std::move(text), idempotent);
}

void GatewayDoor::note_lateness(TimePoint due) {
  const Duration late = std::chrono::steady_clock::now() - options_.pace.when(due);
  if (late > Lateness::kAllowed) ++lateness_.late;
  lateness_.worst = std::max(lateness_.worst, late);
}

void GatewayDoor::count(std::size_t function, int change) {
  in_flight_[function] += change;
  listener_.in_flight(function, in_flight_[function]);
}

void GatewayDoor::head_came(std::uint32_t call, const gateway::AnswerHead& head) {
  Flight& flight = flights_[call];
  flight.status = head.status;
  flight.dated = std::any_of(head.fields.begin(), head.fields.end(), [](const auto& field) {
    return http::same_letters(field.name, "date");
  });
}

// A token is a line: of Ollama's JSON, or of events.
void GatewayDoor::body_came(std::uint32_t call, std::string_view bytes) {
  Flight& flight = flights_[call];
  if (!flight.first_byte) flight.first_byte = play_.now();
  if (!flight.function || !play_.scenario.functions[requests_.get(call).function].service.llm)
    return;
  for (const char c : bytes) {
    if (c == '\n') flight.lines += std::exchange(flight.in_line, false);
    if (c != '\n' && c != '\r') flight.in_line = true;
  }
}

void GatewayDoor::ended(std::uint32_t call, Connection::End end) {
  using End = Connection::End;
  if (end == End::answered) return reply(call, answer_of(flights_[call]));
  if (end == End::unopened) return reply(call, {503, Outcome::failed, CutBy::ingress});
  reply(call, {502, Outcome::failed, end == End::malformed ? CutBy::none : CutBy::crash});
}

Answer GatewayDoor::answer_of(const Flight& flight) const {
  const Outcome outcome = outcome_of(flight.status);
  if (outcome == Outcome::completed) return {flight.status, outcome, CutBy::none};
  if (flight.dated) return {flight.status, outcome, CutBy::replica};
  const bool held = play_.now() - flight.sent >= options_.pace.scenario(kHeld);
  return {flight.status, flight.status == 503 && held ? Outcome::timed_out : outcome,
          CutBy::gateway};
}

void GatewayDoor::reply(RequestId id, const Answer& answer) {
  workload::Request& request = requests_.get(id);
  const Flight flight = std::exchange(flights_[id], {});
  --open_;
  play_.events.cancel(request.ingress_limit);
  // What came, not what was asked for; the last line says that it is the last.
  const std::uint32_t lines = flight.lines + flight.in_line;
  request.output = lines == 0 ? 0 : std::max(lines - 1, 1U);
  if (flight.first_byte) request.first_token = *flight.first_byte;
  Ended ended{.function = std::nullopt,
              .arrival = request.arrived,
              .answer = answer,
              .latency = play_.now() - request.arrived,
              .first_byte = std::nullopt,
              .work = flight.work,
              .cold = request.cold};
  if (flight.function) ended.function = request.function;
  if (flight.first_byte) ended.first_byte = *flight.first_byte - request.arrived;
  if (flight.function) count(request.function, -1);
  listener_.ended(ended);
  owner_.replied(id, answer);
}

void GatewayDoor::fire(std::uint32_t what, std::uint64_t arg) {
  if (what == kLook) return look_around();
  const auto id = static_cast<RequestId>(arg);
  client_.abort(id);
  reply(id, {504, Outcome::timed_out, CutBy::ingress});
}

// Who has waited too long. Once a second: limits of an hour are no events, as those that are
// cancelled would fill the queue.
void GatewayDoor::look_around() {
  const Duration patience = options_.pace.scenario(options_.patience);
  for (std::size_t i = 0; i < flights_.size(); ++i) {
    if (!flights_[i].open || play_.now() - flights_[i].sent < patience) continue;
    const auto id = static_cast<RequestId>(i);
    client_.abort(id);
    reply(id, {504, Outcome::timed_out, CutBy::client});
  }
  client_.look();
  looks_ = open_ > 0 || client_.connections() > 0;
  if (looks_) play_.events.after(options_.pace.scenario(kLookEvery), *this, kLook);
}

}  // namespace thaw::loadgen
