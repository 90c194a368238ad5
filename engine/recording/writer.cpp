#include <nlohmann/json.hpp>
#include <utility>

#include "engine/fact_words.hpp"
#include "engine/recording/recording.hpp"

namespace thaw::recording {
namespace {

using Out = nlohmann::ordered_json;  // a double is written with the digits that bring it back

std::string line_of(const Out& value) {
  return value.dump(-1, ' ', false, Out::error_handler_t::replace) + "\n";
}

void add(Out& out, const char* key, const std::optional<TimePoint>& t) {
  if (t) out[key] = t->ns();
}

Out of(const Load& one) {
  return {{"at_ns", one.at.ns()},
          {"concurrency", one.concurrency},
          {"proxied_concurrency", one.proxied_concurrency},
          {"requests", one.requests},
          {"proxied_requests", one.proxied_requests},
          {"completions", one.completions},
          {"from_replicas", one.from_replicas}};
}

Out of(const PodSample& one) {
  Out out = {{"pod", one.pod},
             {"value_milli", one.value},
             {"taken_ns", one.taken.ns()},
             {"window_ns", one.window.count()}};
  if (!one.container.empty()) out["container"] = one.container;
  return out;
}

Out of(const MetricFacts& one) {
  Out out = {{"presence", word_of(kPresences, one.presence)}, {"taken_ns", one.taken.ns()}};
  for (const Milli value : one.series) out["series_milli"].push_back(value);
  for (const PodSample& sample : one.pods) out["pods"].push_back(of(sample));
  return out;
}

Out of(const PodFacts& one) {
  Out out = {{"id", one.id},
             {"phase", word_of(kPhases, one.phase)},
             {"ready", word_of(kConditions, one.ready)},
             {"deleting", one.deleting},
             {"unschedulable", one.unschedulable},
             {"created_ns", one.created.ns()},
             {"ready_changed_ns", one.ready_changed.ns()}};
  add(out, "started_ns", one.started);
  for (const ResourceRequest& request : one.requests)
    out["requests"].push_back({{"container", request.container},
                               {"resource", request.resource},
                               {"milli", request.milli}});
  return out;
}

Out of(const PeerFacts& one) {
  Out out = {{"function", one.id}, {"ready", one.ready.count}};
  add(out, "last_activity_ns", one.last_activity);
  return out;
}

Out of(const Level& one) {
  return {{"name", one.name},
          {"to_serve", word_of(kDistributions, one.to_serve.kind)},
          {"a", one.to_serve.a},
          {"b", one.to_serve.b},
          {"keep_per_s", one.keep_per_s},
          {"start_cost", one.start_cost}};
}

Out of(const Params& params) {
  Out out = Out::object();
  for (const auto& [key, entry] : params.entries()) out[key] = entry.value;
  return out;
}

template <class Items>
void add_list(Out& out, const char* key, const Items& items) {
  for (const auto& item : items) out[key].push_back(of(item));
}

void add(Out& out, const Observation& seen) {
  out["now_ns"] = seen.now.ns();
  out["cause"] = word_of(kCauses, seen.cause);
  out["spec"] = seen.spec.count;
  out["status"] = seen.status.count;
  out["ready"] = seen.ready.count;
  if (seen.in_flight > 0) out["in_flight"] = seen.in_flight;
  if (seen.queued > 0) out["queued"] = seen.queued;
  add(out, "last_activity_ns", seen.last_activity);
  add_list(out, "load", seen.load);
  add_list(out, "metrics", seen.metrics);
  add_list(out, "pods", seen.pods);
  add_list(out, "peers", seen.peers);
  Out path = {{"mode", word_of(kModes, seen.path.mode)},
              {"gateway_answers", seen.path.gateway_answers}};
  add(path, "proxied_since_ns", seen.path.proxied_since);
  out["path"] = std::move(path);
  if (seen.last_write.state != WriteState::none || seen.last_write.ticket != 0)
    out["last_write"] = {{"ticket", seen.last_write.ticket},
                         {"state", word_of(kWrites, seen.last_write.state)},
                         {"asked", seen.last_write.asked.count}};
  for (const Duration idle : seen.idle_times) out["idle_times_ns"].push_back(idle.count());
  out["facts_taken_ns"] = seen.facts_taken.ns();
}

Out of(const Decision& decision) {
  Out out = Out::object();
  out["desired"] = decision.desired ? Out(decision.desired->count) : Out();
  if (decision.path) out["path"] = word_of(kModes, *decision.path);
  if (decision.gateways > 0) out["gateways"] = decision.gateways;
  if (decision.ask_again != TimePoint::never()) out["ask_again_ns"] = decision.ask_again.ns();
  out["why"] = name_of(decision.why.code);
  out["numbers"] = decision.why.number;
  return out;
}

}  // namespace

std::string decision_text(const Decision& decision) { return of(decision).dump(); }

Writer::Writer(Sink sink) : sink_(std::move(sink)) {
  sink_(line_of({{"kind", "recording"}, {"schema", "thaw.recording/v1"}}));
}

std::vector<std::string> wanted(const Wants& wants) {
  std::vector<std::string> words;
  const auto add = [&](bool is, const char* word) {
    if (is) words.emplace_back(word);
  };
  add(wants.arrivals_at_zero, "arrivals_at_zero");
  add(wants.pods, "pods");
  add(wants.load, "load");
  add(wants.requests, "requests");
  add(wants.path, "path");
  add(wants.idle_times, "idle_times");
  add(wants.future, "future");
  for (const FunctionId peer : wants.peers) words.push_back("peer " + std::to_string(peer));
  for (const MetricRef& metric : wants.metrics)
    words.push_back("metric " + std::string(word_of(kSources, metric.source)) + "/" + metric.name +
                    (metric.object.empty() ? "" : " of " + metric.object) +
                    (metric.container.empty() ? "" : " in " + metric.container) +
                    (metric.selector.empty() ? "" : " where " + metric.selector));
  return words;
}

void Writer::made(const Spec& spec, std::string_view policy, const Wants& wants,
                  std::optional<Replicas> most, const SavedState* state, bool continues) {
  Out out = {{"kind", "function"},
             {"function", spec.function},
             {"name", spec.name},
             {"policy", policy},
             {"params", of(spec.params)},
             {"wants", wanted(wants)},
             {"seed", spec.seed},
             {"versions",
              {{"slimfaas", to_text(spec.versions.slimfaas)},
               {"knative", to_text(spec.versions.knative)},
               {"kubernetes", to_text(spec.versions.kubernetes)},
               {"openfaas", to_text(spec.versions.openfaas)}}}};
  for (const Spec::Peer& peer : spec.peers)
    out["peers"].push_back(
        {{"function", peer.id}, {"name", peer.name}, {"params", of(peer.params)}});
  add_list(out, "levels", spec.levels);
  if (most) out["most"] = most->count;
  if (state) out["state"] = {{"version", state->version}, {"fields", state->fields}};
  if (continues) out["continues"] = true;
  sink_(line_of(out));
}

void Writer::step(FunctionId function, const Observation& seen, const Decision& decided) {
  Out out = {{"kind", "step"}, {"function", function}};
  add(out, seen);
  out["decision"] = of(decided);
  sink_(line_of(out));
}

void Writer::look(FunctionId function, const Observation& seen) {
  Out out = {{"kind", "look"}, {"function", function}};
  add(out, seen);
  sink_(line_of(out));
}

void Writer::stage(const Stage& stage) {
  sink_(line_of({{"kind", "stage"},
                 {"of", stage.node ? "node" : "pod"},
                 {"name", stage.name},
                 {"who", stage.who},
                 {"what", stage.what},
                 {"at_ns", stage.at.ns()}}));
}

void Writer::request(const Request& request) {
  sink_(line_of({{"kind", "request"},
                 {"name", request.name},
                 {"arrival_ns", request.arrival.ns()},
                 {"service_ns", request.service.count()}}));
}

void Writer::calls(const Calls& calls) {
  sink_(line_of({{"kind", "calls"},
                 {"name", calls.name},
                 {"until_ns", calls.until.ns()},
                 {"arrived", calls.arrived},
                 {"completed", calls.completed},
                 {"cold", calls.cold},
                 {"timed_out", calls.timed_out},
                 {"rejected", calls.rejected},
                 {"failed", calls.failed},
                 {"unfinished", calls.unfinished}}));
}

}  // namespace thaw::recording
