// The sections `checks` and `faults`: what must hold, and what goes wrong on purpose.
#include <optional>
#include <string>
#include <utility>

#include "engine/scenario/sections.hpp"
#include "engine/scenario/values.hpp"

namespace thaw::scenario {
namespace {

Shape<Check> check() {
  return object<Check>("check", [](auto& v, Check& c) {
    std::optional<Instant> at, by;
    bool always = false, never = false, end = false;
    c.place = v.place();
    v.required("name", c.name, name(), "of the check");
    v.exactly_one({"at", "by", "always", "never", "end"});
    v.optional("at", at, instant(), "must hold at this instant: 21min after last completion");
    v.optional("by", by, instant(),
               "must hold at some instant until then: 20min, 36min after last completion");
    v.optional("always", always, only_true(), "true: must hold all the time");
    v.optional("never", never, only_true(), "true: must hold at no time");
    v.optional("end", end, only_true(), "true: must hold when the run ends");
    v.required("expect", c.expect, expression(), "replicas(ollama) == 0");
    c.kind = at       ? Check::Kind::at
             : by     ? Check::Kind::by
             : always ? Check::Kind::always
             : never  ? Check::Kind::never
                      : Check::Kind::end;
    if (at || by) c.instant = at ? *at : *by;
  });
}

// Either kind has its own keys.
Shape<Fault> controller_crash() {
  return object<Fault>("controllerCrash", [](auto& v, Fault& f) {
    f = {.kind = Fault::Kind::controller_crash,
         .name = "controller_crash",
         .place = v.place(),
         .at = {},
         .pool = {}};
    std::string kind;
    v.required("kind", kind, exactly("controller_crash"), "the controller is gone for a while");
    v.optional("name", f.name, name(), "default the kind");
    v.required("at", f.at, instant(), "when");
    v.required("down", f.down, duration(), "until it is back");
    v.optional("state", f.state_kept, choice<bool>({{"kept", true}, {"lost", false}}),
               "whether it finds its state again; default kept");
  });
}

Shape<Fault> node_loss() {
  return object<Fault>("nodeLoss", [](auto& v, Fault& f) {
    f = {.kind = Fault::Kind::node_loss,
         .name = "node_loss",
         .place = v.place(),
         .at = {},
         .pool = {}};
    std::string kind;
    v.required("kind", kind, exactly("node_loss"),
               "the oldest node of a pool that is up disappears");
    v.optional("name", f.name, name(), "default the kind");
    v.required("at", f.at, instant(), "when");
    v.required("pool", f.pool, reference(Reference::To::pool), "of which pool");
  });
}

}  // namespace

Shape<std::vector<Check>> checks_section() { return list_of(check()); }

Shape<std::vector<Fault>> faults_section() {
  const Shape<Fault> crash = controller_crash(), loss = node_loss();
  const LeafText about{.expected = "controller_crash or node_loss",
                       .choices = {"controller_crash", "node_loss"}};
  auto read = [crash, loss, about](const Cursor& at) -> std::optional<Fault> {
    const yaml::Node* kind = at.node().find("kind");
    if (kind && kind->scalar == "controller_crash") return crash.read(at);
    if (kind && kind->scalar == "node_loss") return loss.read(at);
    if (!is_map(at)) return {};
    if (kind) {
      not_a_leaf(at.child(*kind, "kind"), about);
    } else {
      at.error("the key kind is missing: " + about.expected);
    }
    return {};
  };
  return list_of(Shape<Fault>{std::move(read), any_schema({crash.schema, loss.schema})});
}

}  // namespace thaw::scenario
