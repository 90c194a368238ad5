#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/diagnostic.hpp"
#include "engine/fact_words.hpp"
#include "engine/recording/recording.hpp"

namespace thaw::recording {
namespace {

using In = nlohmann::json;

// What a line does not have as it should: told with its key.
struct Wrong {
  std::string key, expected;
};

const In* find(const In& from, const char* key) {
  const auto found = from.find(key);
  return found == from.end() || found->is_null() ? nullptr : &*found;
}

const In& at(const In& from, const char* key) {
  const In* const found = from.is_object() ? find(from, key) : nullptr;
  if (!found) throw Wrong{key, "is missing"};
  return *found;
}

template <class Whole>
Whole whole(const In& from, const char* key) {
  const In& found = at(from, key);
  if (found.is_number_unsigned()) {
    const auto value = found.get<std::uint64_t>();
    if (value <= static_cast<std::uint64_t>(std::numeric_limits<Whole>::max()))
      return static_cast<Whole>(value);
  } else if (found.is_number_integer()) {
    const auto value = found.get<std::int64_t>();
    if constexpr (std::is_signed_v<Whole>) {
      if (value >= std::numeric_limits<Whole>::min()) return static_cast<Whole>(value);
    }
  }
  throw Wrong{key, "expected a whole number in range, found " + found.dump().substr(0, 40)};
}

template <class Whole>
Whole whole_or_zero(const In& from, const char* key) {
  return find(from, key) ? whole<Whole>(from, key) : Whole{};
}

TimePoint instant(const In& from, const char* key) {
  return TimePoint{Duration{whole<std::int64_t>(from, key)}};
}
std::optional<TimePoint> optional_instant(const In& from, const char* key) {
  return find(from, key) ? std::optional(instant(from, key)) : std::nullopt;
}

// null: it was not finite.
double number(const In& from, const char* key) {
  const auto found = from.find(key);
  if (found != from.end() && found->is_null()) return std::numeric_limits<double>::quiet_NaN();
  if (found == from.end() || !found->is_number()) throw Wrong{key, "expected a number"};
  return found->get<double>();
}

bool truth(const In& from, const char* key) {
  const In& found = at(from, key);
  if (!found.is_boolean()) throw Wrong{key, "expected true or false"};
  return found.get<bool>();
}

std::string text(const In& from, const char* key) {
  const In& found = at(from, key);
  if (!found.is_string()) throw Wrong{key, "expected a text"};
  return found.get<std::string>();
}

template <class Words>
auto word(const In& from, const char* key, const Words& words) {
  const std::string found = text(from, key);
  const auto value = value_of(words, found);
  if (!value) throw Wrong{key, "\"" + found + "\" is none of its words"};
  return *value;
}

const In& list(const In& from, const char* key) {
  static const In kNone = In::array();
  const In* const found = find(from, key);
  if (!found) return kNone;
  if (!found->is_array()) throw Wrong{key, "expected a list"};
  return *found;
}

std::int64_t element(const In& value, const char* key) {
  if (!value.is_number_integer()) throw Wrong{key, "expected whole numbers"};
  return value.get<std::int64_t>();
}

// Views of texts that `seen` keeps. There is room for all beforehand: a view must not move.
std::string_view kept(Seen& seen, std::string value) {
  return seen.texts.emplace_back(std::move(value));
}

std::size_t texts_in(const In& line) {
  std::size_t many = 0;
  for (const In& pod : list(line, "pods")) many += 2 * list(pod, "requests").size();
  for (const In& metric : list(line, "metrics")) many += list(metric, "pods").size();
  return many;
}

void read_load(const In& line, Seen& seen) {
  for (const In& one : list(line, "load"))
    seen.load.push_back({instant(one, "at_ns"), number(one, "concurrency"),
                         number(one, "proxied_concurrency"), number(one, "requests"),
                         number(one, "proxied_requests"), number(one, "completions"),
                         truth(one, "from_replicas")});
  seen.observation.load = seen.load;
}

void read_metrics(const In& line, Seen& seen) {
  for (const In& one : list(line, "metrics")) {
    MetricFacts facts;
    facts.presence = word(one, "presence", kPresences);
    facts.taken = instant(one, "taken_ns");
    std::vector<Milli>& series = seen.series.emplace_back();
    for (const In& value : list(one, "series_milli"))
      series.push_back(element(value, "series_milli"));
    std::vector<PodSample>& samples = seen.samples.emplace_back();
    for (const In& sample : list(one, "pods"))
      samples.push_back(
          {whole<std::uint64_t>(sample, "pod"), whole<Milli>(sample, "value_milli"),
           instant(sample, "taken_ns"), Duration{whole<std::int64_t>(sample, "window_ns")},
           find(sample, "container") ? kept(seen, text(sample, "container")) : std::string_view()});
    facts.series = series;
    facts.pods = samples;
    seen.metrics.push_back(facts);
  }
  seen.observation.metrics = seen.metrics;
}

void read_pods(const In& line, Seen& seen) {
  for (const In& one : list(line, "pods")) {
    std::vector<ResourceRequest>& requests = seen.requests.emplace_back();
    for (const In& request : list(one, "requests")) {
      const std::string_view container = kept(seen, text(request, "container"));
      const std::string_view resource = kept(seen, text(request, "resource"));
      requests.push_back({container, resource, whole<Milli>(request, "milli")});
    }
    seen.pods.push_back({whole<std::uint64_t>(one, "id"), word(one, "phase", kPhases),
                         word(one, "ready", kConditions), truth(one, "deleting"),
                         truth(one, "unschedulable"), instant(one, "created_ns"),
                         optional_instant(one, "started_ns"), instant(one, "ready_changed_ns"),
                         requests});
  }
  seen.observation.pods = seen.pods;
}

void read_rest(const In& line, Seen& seen) {
  for (const In& one : list(line, "peers"))
    seen.peers.push_back({whole<FunctionId>(one, "function"),
                          Replicas(whole<std::int32_t>(one, "ready")),
                          optional_instant(one, "last_activity_ns")});
  for (const In& idle : list(line, "idle_times_ns"))
    seen.idle_times.push_back(Duration{element(idle, "idle_times_ns")});
  Observation& out = seen.observation;
  out.peers = seen.peers;
  out.idle_times = seen.idle_times;
  const In& path = at(line, "path");
  out.path = {word(path, "mode", kModes), optional_instant(path, "proxied_since_ns"),
              truth(path, "gateway_answers")};
  const In* const write = find(line, "last_write");
  if (!write) return;
  out.last_write = {whole<std::uint64_t>(*write, "ticket"), word(*write, "state", kWrites),
                    Replicas(whole<std::int32_t>(*write, "asked"))};
}

Seen seen_of(const In& line) {
  Seen seen;
  seen.texts.reserve(texts_in(line));
  Observation& out = seen.observation;
  out.now = instant(line, "now_ns");
  out.cause = word(line, "cause", kCauses);
  out.spec = Replicas(whole<std::int32_t>(line, "spec"));
  out.status = Replicas(whole<std::int32_t>(line, "status"));
  out.ready = Replicas(whole<std::int32_t>(line, "ready"));
  out.in_flight = whole_or_zero<std::uint32_t>(line, "in_flight");
  out.queued = whole_or_zero<std::uint32_t>(line, "queued");
  out.last_activity = optional_instant(line, "last_activity_ns");
  out.facts_taken = instant(line, "facts_taken_ns");
  read_load(line, seen);
  read_metrics(line, seen);
  read_pods(line, seen);
  read_rest(line, seen);
  return seen;
}

Params params_of(const In& from, const char* key, const Place& place) {
  Params params;
  const In& found = at(from, key);
  if (!found.is_object()) throw Wrong{key, "expected an object of texts"};
  for (const auto& [name, value] : found.items()) {
    if (!value.is_string()) throw Wrong{name, "expected a text"};
    params.set(name, value.get<std::string>(), place);
  }
  return params;
}

Version version(const In& from, const char* key) {
  const std::optional<Version> parsed = parse_version(text(from, key));
  if (!parsed) throw Wrong{key, "expected a version such as 0.81"};
  return *parsed;
}

SavedState state_of(const In& from) {
  SavedState state;
  state.version = whole<int>(from, "version");
  const In& fields = at(from, "fields");
  if (!fields.is_object()) throw Wrong{"fields", "expected an object"};
  for (const auto& [name, value] : fields.items()) state.fields[name] = element(value, "fields");
  return state;
}

Made made_of(const In& line, const Place& place) {
  Made made;
  made.policy = text(line, "policy");
  Spec& spec = made.spec;
  spec.function = whole<FunctionId>(line, "function");
  spec.name = text(line, "name");
  spec.params = params_of(line, "params", place);
  spec.seed = whole<std::uint64_t>(line, "seed");
  const In& versions = at(line, "versions");
  spec.versions = {version(versions, "slimfaas"), version(versions, "knative"),
                   version(versions, "kubernetes"), version(versions, "openfaas")};
  for (const In& peer : list(line, "peers"))
    spec.peers.push_back({whole<FunctionId>(peer, "function"), text(peer, "name"),
                          params_of(peer, "params", place)});
  for (const In& level : list(line, "levels"))
    spec.levels.push_back(
        {text(level, "name"),
         {word(level, "to_serve", kDistributions), number(level, "a"), number(level, "b")},
         number(level, "keep_per_s"),
         number(level, "start_cost")});
  for (const In& want : list(line, "wants")) {
    if (!want.is_string()) throw Wrong{"wants", "expected words"};
    made.wants.push_back(want.get<std::string>());
  }
  if (find(line, "most")) made.most = Replicas(whole<std::int32_t>(line, "most"));
  if (const In* const state = find(line, "state")) made.state = state_of(*state);
  made.continues = find(line, "continues") && truth(line, "continues");
  return made;
}

Stage stage_of(const In& line) {
  const std::string of = text(line, "of");
  if (of != "pod" && of != "node") throw Wrong{"of", "expected pod or node"};
  return {of == "node", text(line, "name"), text(line, "who"), text(line, "what"),
          instant(line, "at_ns")};
}

Request request_of(const In& line) {
  return {text(line, "name"), instant(line, "arrival_ns"),
          Duration{whole<std::int64_t>(line, "service_ns")}};
}

Calls calls_of(const In& line) {
  const auto count = [&](const char* key) { return whole<std::uint64_t>(line, key); };
  return {text(line, "name"), instant(line, "until_ns"), count("arrived"),  count("completed"),
          count("cold"),      count("timed_out"),        count("rejected"), count("failed"),
          count("unfinished")};
}

}  // namespace

std::optional<Line> Reader::read(std::string_view line) {
  ++line_;
  if (line.empty()) return std::nullopt;
  const Place place{file_, line_, 0};
  const auto refuse = [&](const std::string& key, const std::string& why) {
    throw InputError({{place, key, why}});
  };
  const In found = In::parse(line, nullptr, false);
  if (!found.is_object()) refuse("", "expected a JSON object");
  try {
    const std::string kind = text(found, "kind");
    if (!begun_) {
      if (kind != "recording" || text(found, "schema") != "thaw.recording/v1")
        refuse("schema", "expected a recording: thaw.recording/v1");
      begun_ = true;
      return std::nullopt;
    }
    if (kind == "function") return made_of(found, place);
    if (kind == "stage") return stage_of(found);
    if (kind == "request") return request_of(found);
    if (kind == "calls") return calls_of(found);
    if (kind != "step" && kind != "look")
      refuse("kind",
             "expected function, step, look, stage, request or calls, found \"" + kind + "\"");
    Asked asked;
    asked.function = whole<FunctionId>(found, "function");
    asked.seen = seen_of(found);
    if (kind == "step") asked.decided = nlohmann::ordered_json::parse(line).at("decision").dump();
    return asked;
  } catch (const Wrong& wrong) {
    refuse(wrong.key, wrong.expected);
  } catch (const In::exception&) {
    refuse("decision", "expected what was decided");
  }
  return std::nullopt;
}

}  // namespace thaw::recording
