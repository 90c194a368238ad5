// The section `checks`: what must hold.
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

}  // namespace

Shape<std::vector<Check>> checks_section() { return list_of(check()); }

}  // namespace thaw::scenario
