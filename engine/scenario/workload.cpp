// The section `workload`: scripted steps and streams of arrivals.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "engine/scenario/sections.hpp"
#include "engine/scenario/values.hpp"

namespace thaw::scenario {
namespace {

constexpr int kMostCalls = 1'000'000;

struct Request {
  std::optional<std::string> get, post;
};

// `get: /path` or `post: /path`.
template <class Visitor>
void describe_request(Visitor& v, Request& r) {
  v.optional("get", r.get, request_path(), "the path of a GET");
  v.optional("post", r.post, request_path(), "the path of a POST");
}

Shape<Step> step() {
  return object<Step>("step", [](auto& v, Step& s) {
    Request request;
    s.place = v.place();
    v.required("name", s.name, name(), "of the step");
    v.exactly_one({"at", "when"});
    v.together("when", "within");
    v.exactly_one({"get", "post"});
    v.optional("at", s.at, instant(), "when it starts: 5s, 30s after STEP");
    v.optional("when", s.when, expression(), "or: as soon as this holds");
    v.optional("within", s.within, duration(),
               "how long `when` may take; longer is a failed check");
    describe_request(v, request);
    v.optional("count", s.count, integer(1, kMostCalls), "how many calls; default 1");
    v.optional("every", s.every, duration(), "between two of them; default 0s, all at once");
    v.optional("service", s.service, distribution(), "instead of the function's own");
    s.method = request.post ? Method::post : Method::get;
    s.path = request.post.value_or(request.get.value_or(""));
    if (!v.ok()) return;
    using Anchor = Instant::Anchor;
    if (s.name == "start" || s.name == "last request" || s.name == "last completion") {
      v.fault("name", "this name already means an instant");
    }
    if (s.at && (s.at->anchor == Anchor::last_request || s.at->anchor == Anchor::last_completion)) {
      v.fault("at", "a step is part of the workload, so it cannot wait for the workload's end");
    }
  });
}

enum class ProcessKind : std::uint8_t {
  poisson,
  constant,
  gamma,
  weibull,
  lognormal,
  mmpp,
  diurnal,
  closed
};

struct ProcessForm {
  ProcessKind kind = ProcessKind::poisson;
  std::optional<double> rate, cv, amplitude;
  std::optional<int> clients;
  std::optional<Distribution> think;
  std::vector<ArrivalProcess::State> states;
  std::optional<Duration> period, peak;
};

Shape<ArrivalProcess::State> state() {
  return object<ArrivalProcess::State>("arrivalState", [](auto& v, ArrivalProcess::State& s) {
    std::optional<double> arrivals;
    v.optional("rate", arrivals, rate(), "arrivals per time in this state; default none");
    v.required("holding", s.holding, duration_of(std::chrono::nanoseconds(1)),
               "how long it lasts, on average");
    s.rate = arrivals.value_or(0);
  });
}

constexpr double kLeastCv = 0.01, kMostCv = 100;

// What each kind needs besides its name; everything else is refused.
std::string wants(const ProcessForm& p) {
  std::string given;
  if (p.rate) given += "rate ";
  if (p.cv) given += "cv ";
  if (p.amplitude) given += "amplitude ";
  if (p.period) given += "period ";
  if (p.peak) given += "peak ";
  if (!p.states.empty()) given += "states ";
  if (p.clients) given += "clients ";
  if (p.think) given += "think ";
  const auto needs = [&](const std::string& exactly, const std::string& text) {
    return given == exactly ? std::string() : text;
  };
  switch (p.kind) {
    case ProcessKind::poisson:
    case ProcessKind::constant:
      return needs("rate ", "a poisson or constant process needs a rate and nothing else");
    case ProcessKind::gamma:
    case ProcessKind::weibull:
    case ProcessKind::lognormal:
      return needs("rate cv ", "a gamma, weibull or lognormal process needs rate and cv");
    case ProcessKind::mmpp:
      return needs("states ", "a mmpp needs states, each with holding and, if any, rate");
    case ProcessKind::diurnal:
      return needs("rate amplitude period peak ",
                   "a diurnal process needs rate, amplitude, period and peak");
    case ProcessKind::closed:
      return needs("clients think ", "a closed process needs clients and think, and no rate");
  }
  return "";
}

// At least a nanosecond, at most a century: rates beyond are nobody's.
Duration gap_of(double rate) {
  return Duration{static_cast<std::int64_t>(std::clamp(1e9 / rate + 0.5, 1.0, 3e18))};
}

ArrivalProcess to_process(const ProcessForm& p) {
  ArrivalProcess process;
  switch (p.kind) {
    case ProcessKind::poisson:
      process.gap = Distribution::exponential(gap_of(*p.rate));
      break;
    case ProcessKind::constant:
      process.gap = Distribution::constant(gap_of(*p.rate));
      break;
    case ProcessKind::gamma:
      process.gap = Distribution::gamma_mean_cv(gap_of(*p.rate), *p.cv);
      break;
    case ProcessKind::weibull:
      process.gap = Distribution::weibull_mean_cv(gap_of(*p.rate), *p.cv);
      break;
    case ProcessKind::lognormal:
      process.gap = Distribution::lognormal_mean_cv(gap_of(*p.rate), *p.cv);
      break;
    case ProcessKind::mmpp:
      process.kind = ArrivalProcess::Kind::mmpp;
      process.states = p.states;
      break;
    case ProcessKind::diurnal:
      process.kind = ArrivalProcess::Kind::diurnal;
      process.rate = *p.rate;
      process.amplitude_ratio = *p.amplitude;
      process.period = *p.period;
      process.peak = *p.peak;
      break;
    case ProcessKind::closed:
      break;
  }
  return process;
}

Shape<ProcessForm> process() {
  return object<ProcessForm>("arrivalProcess", [](auto& v, ProcessForm& p) {
    v.required("process", p.kind,
               choice<ProcessKind>({{"poisson", ProcessKind::poisson},
                                    {"constant", ProcessKind::constant},
                                    {"gamma", ProcessKind::gamma},
                                    {"weibull", ProcessKind::weibull},
                                    {"lognormal", ProcessKind::lognormal},
                                    {"mmpp", ProcessKind::mmpp},
                                    {"diurnal", ProcessKind::diurnal},
                                    {"closed", ProcessKind::closed}}),
               "poisson, constant (rate); gamma, weibull, lognormal gaps (rate, cv); mmpp "
               "(states); diurnal (rate, "
               "amplitude, period, peak); closed (clients, think)");
    v.optional("rate", p.rate, rate(),
               "arrivals per time: 0.5/s; of a diurnal process, on average");
    v.optional("cv", p.cv, variation(), "of the gaps: standard deviation / mean; 1 is Poisson's");
    v.optional("amplitude", p.amplitude, ratio(), "of a diurnal rate, as a part of its mean");
    v.optional("period", p.period, duration_of(std::chrono::seconds(1)),
               "of a diurnal rate, such as 24h");
    v.optional("peak", p.peak, duration(), "when in the period, from midnight UTC");
    v.optional("states", p.states, list_of(state()), "of a mmpp, one after the other in a circle");
    v.optional("clients", p.clients, integer(1, kMostCalls),
               "each calls, waits for the answer, thinks, calls again");
    v.optional("think", p.think, distribution(), "between an answer and the next call");
    if (!v.ok()) return;
    if (const std::string problem = wants(p); !problem.empty()) v.fault("", problem);
    if (p.cv && (*p.cv < kLeastCv || *p.cv > kMostCv)) v.fault("cv", "expected 0.01 to 100");
    const auto silent = [](const ArrivalProcess::State& s) { return s.rate <= 0; };
    if (!p.states.empty() && std::all_of(p.states.begin(), p.states.end(), silent))
      v.fault("states", "in no state does anything arrive");
  });
}

// A trace ends where its file does.
constexpr Duration kLongestTrace = std::chrono::hours(24 * 366 * 10);

Shape<Arrivals> arrivals() {
  return object<Arrivals>("arrivals", [](auto& v, Arrivals& a) {
    Request request;
    a.place = v.place();
    std::optional<ProcessForm> form;
    std::optional<Duration> until;
    v.exactly_one({"arrivals", "trace"});
    v.optional("arrivals", form, process(), "how requests arrive");
    v.optional("trace", a.trace, text(),
               "a .csv or .csv.gz with arrival_s, function and, if any, duration_s");
    v.optional("function", a.function, reference(Reference::To::function),
               "which function they are for; of a trace, default what its column says");
    v.optional("pipeline", a.pipeline, reference(Reference::To::pipeline),
               "or: which pipeline they pass");
    v.optional("name", a.name, name(), "of the stream; default the function's or pipeline's");
    v.optional("from", a.from, duration(), "first instant, from the start; default 0s");
    v.optional("until", until, duration(), "last instant, from the start; needed but for a trace");
    v.not_both("get", "post");
    v.not_both("function", "pipeline");
    describe_request(v, request);
    v.optional("service", a.service, distribution(), "instead of the function's own");
    if (form && v.ok()) {
      a.source =
          form->kind == ProcessKind::closed ? Arrivals::Source::closed : Arrivals::Source::process;
      a.process = to_process(*form);
      if (a.source == Arrivals::Source::process && !a.process.possible())
        v.fault("arrivals", "arrivals that never come, or more than one at a time for ever");
      a.clients = form->clients.value_or(0);
      if (form->think) a.think = *form->think;
    }
    if (!a.trace.empty()) a.source = Arrivals::Source::trace;
    a.until = until.value_or(kLongestTrace);
    if (v.ok() && form && a.function.empty() && a.pipeline.empty())
      v.fault("function", "which function are they for?");
    if (v.ok() && !a.pipeline.empty() && (a.service || !form))
      v.fault("pipeline", "takes neither a trace nor a service time: its stages have their own");
    if (v.ok() && form && !until) v.fault("", "the key until is missing");
    if (a.name.empty()) a.name = a.function.empty() ? a.pipeline : a.function;
    if (a.name.empty()) a.name = "trace";
    a.method = request.post ? Method::post : Method::get;
    const std::string own = a.function.empty() ? "" : "/function/" + a.function + "/";
    a.path = request.post.value_or(request.get.value_or(own));
    if (v.ok() && a.until <= a.from) v.fault("until", "must be after from");
  });
}

struct RoundsForm {
  std::vector<std::string> clients;
  int number = 1;
  std::string aggregate;
  Duration timeout = Rounds{}.timeout;
};

Shape<Rounds> rounds() {
  auto form = object<RoundsForm>("roundsForm", [](auto& v, RoundsForm& r) {
    v.required("clients", r.clients, list_of(reference(Reference::To::function)),
               "the functions that each round calls once, all at the same time");
    v.optional("number", r.number, integer(1, kMostCalls), "how many rounds; default 1");
    v.optional("aggregate", r.aggregate, reference(Reference::To::function),
               "called when the clients have answered; default none");
    v.optional("timeout", r.timeout, duration_of(std::chrono::nanoseconds(1)),
               "a round waits so long for its clients; default 600s");
    if (v.ok() && r.clients.empty()) v.fault("clients", "expected at least one function");
  });
  return object<Rounds>("rounds", [form](auto& v, Rounds& r) {
    RoundsForm given;
    r.place = v.place();
    v.required("name", r.name, name(), "of the rounds");
    v.required("rounds", given, form, "of federated learning, one after another");
    v.optional("from", r.from, duration(), "when the first begins, from the start; default 0s");
    r.clients = std::move(given.clients);
    r.number = given.number;
    r.aggregate = std::move(given.aggregate);
    r.timeout = given.timeout;
  });
}

// A stream without a name is called as its function, which somebody else may be called too.
void check_default_names(const Cursor& at) {
  std::set<std::string_view> names;
  for (const yaml::Node& item : at.node().list) {
    if (const yaml::Node* own = item.find("name")) names.insert(own->scalar);
  }
  for (const yaml::Node& item : at.node().list) {
    const yaml::Node* function = item.find(item.find("pipeline") ? "pipeline" : "function");
    if (item.find("name") || !function || names.insert(function->scalar).second) continue;
    at.child(item, function->scalar)
        .error("another item is called " + function->scalar + ": give this one a name");
  }
}

}  // namespace

Shape<std::vector<WorkloadItem>> workload_section() {
  const Shape<Step> one_step = step();
  const Shape<Arrivals> stream = arrivals();
  const Shape<Rounds> federated = rounds();
  auto read = [one_step, stream, federated](const Cursor& at) -> std::optional<WorkloadItem> {
    if (at.node().find("arrivals") || at.node().find("trace")) {
      auto value = stream.read(at);
      return value ? std::optional<WorkloadItem>(std::move(*value)) : std::nullopt;
    }
    if (at.node().find("rounds")) {
      auto value = federated.read(at);
      return value ? std::optional<WorkloadItem>(std::move(*value)) : std::nullopt;
    }
    if (at.node().kind == yaml::Node::Kind::map && !at.node().find("at") &&
        !at.node().find("when")) {
      at.error(
          "expected a step (at or when, with get or post), a stream (arrivals or trace) or rounds");
      return {};
    }
    auto value = one_step.read(at);
    return value ? std::optional<WorkloadItem>(std::move(*value)) : std::nullopt;
  };
  auto list = list_of(Shape<WorkloadItem>{
      std::move(read), any_schema({one_step.schema, stream.schema, federated.schema})});
  list.read = [all = std::move(list.read)](const Cursor& at) {
    auto items = all(at);
    check_default_names(at);
    return items;
  };
  return list;
}

}  // namespace thaw::scenario
