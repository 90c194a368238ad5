// Streams that are read from a trace.
#include "engine/workload/load.hpp"

namespace thaw::workload {

// Which function a row is for, and how long it takes, are the row's own where it says so.
std::optional<TimePoint> LoadGenerator::next_traced(std::size_t i) {
  StreamState& state = streams_[i];
  const Arrivals& stream = play_.scenario.arrivals[i];
  const auto row = state.trace->next();
  if (!row) return std::nullopt;
  if (stream.function.empty()) state.route = route_to(row->function, i);
  state.traced_work = traced(*row, state);
  return play_.scenario.start + stream.from + row->arrival;
}

const Route& LoadGenerator::route_to(std::string_view function, std::size_t i) {
  auto& known = streams_[i].routes;
  if (const auto found = known.find(function); found != known.end()) return found->second;
  const std::string name(function);
  return known
      .emplace(name, door_.resolve(play_.scenario.arrivals[i].method, "/function/" + name + "/"))
      .first->second;
}

// A model's time follows from its tokens, whatever the trace says that it took elsewhere.
std::optional<Work> LoadGenerator::traced(const TraceReader::Row& row, StreamState& state) const {
  const Service& service = service_of(state.route);
  if (service.llm) return work_of(service, state.work, row.tokens);
  return row.duration ? std::optional(Work{*row.duration}) : std::nullopt;
}

}  // namespace thaw::workload
