// The section `workload`: scripted steps and streams of arrivals.
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

struct ProcessForm {
  Arrivals::Process process = Arrivals::Process::poisson;
  std::optional<double> rate;
  std::optional<int> clients;
  std::optional<Distribution> think;
};

Shape<ProcessForm> process() {
  using Process = Arrivals::Process;
  return object<ProcessForm>("arrivalProcess", [](auto& v, ProcessForm& p) {
    v.required("process", p.process,
               choice<Process>({{"poisson", Process::poisson},
                                {"constant", Process::constant},
                                {"closed", Process::closed}}),
               "poisson or constant (with rate), or closed (with clients and think)");
    v.optional("rate", p.rate, rate(), "arrivals per time: 0.5/s");
    v.optional("clients", p.clients, integer(1, kMostCalls),
               "each calls, waits for the answer, thinks, calls again");
    v.optional("think", p.think, distribution(), "between an answer and the next call");
    if (!v.ok()) return;
    const bool closed = p.process == Process::closed;
    if (closed && (!p.clients || !p.think || p.rate))
      v.fault("", "a closed process needs clients and think, and no rate");
    if (!closed && (!p.rate || p.clients || p.think)) {
      v.fault("", "a poisson or constant process needs a rate, and neither clients nor think");
    }
  });
}

Shape<Arrivals> arrivals() {
  return object<Arrivals>("arrivals", [](auto& v, Arrivals& a) {
    ProcessForm form;
    Request request;
    a.place = v.place();
    v.required("arrivals", form, process(), "how requests arrive");
    v.required("function", a.function, reference(Reference::To::function),
               "which function they are for");
    v.optional("name", a.name, name(), "of the stream; default the function's");
    v.optional("from", a.from, duration(), "first instant, from the start; default 0s");
    v.required("until", a.until, duration(), "last instant, from the start");
    v.not_both("get", "post");
    describe_request(v, request);
    v.optional("service", a.service, distribution(), "instead of the function's own");
    a.process = form.process;
    a.rate = form.rate.value_or(0);
    a.clients = form.clients.value_or(0);
    if (form.think) a.think = *form.think;
    if (a.name.empty()) a.name = a.function;
    a.method = request.post ? Method::post : Method::get;
    a.path = request.post.value_or(request.get.value_or("/function/" + a.function + "/"));
    if (v.ok() && a.until <= a.from) v.fault("until", "must be after from");
  });
}

// A stream without a name is called as its function, which somebody else may be called too.
void check_default_names(const Cursor& at) {
  std::set<std::string_view> names;
  for (const yaml::Node& item : at.node().list) {
    if (const yaml::Node* own = item.find("name")) names.insert(own->scalar);
  }
  for (const yaml::Node& item : at.node().list) {
    const yaml::Node* function = item.find("function");
    if (item.find("name") || !function || names.insert(function->scalar).second) continue;
    at.child(item, function->scalar)
        .error("another item is called " + function->scalar + ": give this one a name");
  }
}

}  // namespace

Shape<std::vector<WorkloadItem>> workload_section() {
  const Shape<Step> one_step = step();
  const Shape<Arrivals> stream = arrivals();
  auto read = [one_step, stream](const Cursor& at) -> std::optional<WorkloadItem> {
    if (at.node().find("arrivals")) {
      auto value = stream.read(at);
      return value ? std::optional<WorkloadItem>(std::move(*value)) : std::nullopt;
    }
    if (at.node().kind == yaml::Node::Kind::map && !at.node().find("at") &&
        !at.node().find("when")) {
      at.error("expected a step (at or when, with get or post) or a stream (arrivals)");
      return {};
    }
    auto value = one_step.read(at);
    return value ? std::optional<WorkloadItem>(std::move(*value)) : std::nullopt;
  };
  auto list =
      list_of(Shape<WorkloadItem>{std::move(read), any_schema({one_step.schema, stream.schema})});
  list.read = [all = std::move(list.read)](const Cursor& at) {
    auto items = all(at);
    check_default_names(at);
    return items;
  };
  return list;
}

}  // namespace thaw::scenario
