// The section `faults`: what goes wrong on purpose. Each kind has its own keys.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/scenario/sections.hpp"
#include "engine/scenario/units.hpp"
#include "engine/scenario/values.hpp"

namespace thaw::scenario {
namespace {

constexpr int kMostNodes = 100'000;
constexpr double kMostTimes = 1000;

// What every fault begins with.
template <class Visitor>
void head(Visitor& v, Fault& f, Fault::Kind kind, const std::string& word, const char* what) {
  std::string written;
  f.kind = kind;
  f.name = word;
  f.place = v.place();
  v.required("kind", written, exactly(word), what);
  v.optional("name", f.name, name(), "default the kind");
  v.required("at", f.at, instant(), "when");
}

template <class Visitor>
void lasting(Visitor& v, Fault& f) {
  v.optional("lasts", f.lasts, duration(), "for how long; default to the end");
}

Shape<Fault> controller_crash() {
  return object<Fault>("controllerCrash", [](auto& v, Fault& f) {
    head(v, f, Fault::Kind::controller_crash, "controller_crash",
         "the controller is gone for a while");
    v.required("down", f.down, duration(), "until it is back");
    v.optional("state", f.state_kept, choice<bool>({{"kept", true}, {"lost", false}}),
               "whether it finds its state again; default kept");
  });
}

Shape<Fault> node_loss() {
  return object<Fault>("nodeLoss", [](auto& v, Fault& f) {
    head(v, f, Fault::Kind::node_loss, "node_loss",
         "the oldest node of a pool that is up disappears");
    v.required("pool", f.pool, reference(Reference::To::pool), "of which pool");
  });
}

Shape<Fault> spot_loss() {
  return object<Fault>("spotLoss", [](auto& v, Fault& f) {
    head(v, f, Fault::Kind::spot_loss, "spot_loss",
         "the cloud takes the oldest node of a pool back, and says so before");
    v.required("pool", f.pool, reference(Reference::To::pool), "of which pool");
    v.optional("notice", f.notice, duration(), "how long before; default the pool's own, else 30s");
  });
}

Shape<Fault> stock_out() {
  return object<Fault>("stockOut", [](auto& v, Fault& f) {
    head(v, f, Fault::Kind::stock_out, "stock_out", "the cloud has no machines for a pool");
    v.required("pool", f.pool, reference(Reference::To::pool), "which pool");
    lasting(v, f);
    v.optional("answer", f.silent, choice<bool>({{"error", false}, {"silence", true}}),
               "whether orders fail at once, or the machine just never comes; default error");
  });
}

Shape<double> times() {
  return leaf<double>({.expected = "a number from 1 to 1000 such as 3",
                       .types = {"number"},
                       .least = 1,
                       .most = kMostTimes,
                       .plain = true},
                      [](std::string_view text) -> std::optional<double> {
                        const auto value = units::number(text);
                        return value && *value >= 1 && *value <= kMostTimes ? value : std::nullopt;
                      });
}

Shape<Fault> slow_join() {
  return object<Fault>("slowJoin", [](auto& v, Fault& f) {
    using Stage = Fault::Stage;
    head(v, f, Fault::Kind::slow_join, "slow_join",
         "nodes ordered meanwhile take longer for one stage of their provisioning");
    v.optional("pool", f.pool, reference(Reference::To::pool), "of which pool; default of all");
    lasting(v, f);
    v.required(
        "stage", f.stage,
        choice<Stage>({{"instance", Stage::instance}, {"boot", Stage::boot}, {"gpu", Stage::gpu}}),
        "which: instance, boot or gpu");
    v.optional("times", f.times, times(), "how many times as long; default 1");
    v.optional("longer", f.longer, duration(), "and so much in addition; default 0s");
    if (v.ok() && f.times <= 1 && f.longer == Duration{0})
      v.fault("", "expected times above 1, or longer");
  });
}

Shape<Fault> quota() {
  return object<Fault>("quota", [](auto& v, Fault& f) {
    head(v, f, Fault::Kind::quota, "quota", "the cloud gives no more than so many machines");
    v.optional("pool", f.pool, reference(Reference::To::pool),
               "to which pool; default to the whole cluster");
    lasting(v, f);
    v.required("nodes", f.nodes, integer(0, kMostNodes), "how many");
  });
}

Shape<Fault> registry_outage() {
  return object<Fault>("registryOutage", [](auto& v, Fault& f) {
    head(v, f, Fault::Kind::registry_outage, "registry_outage",
         "no image can be pulled, or the registry is slow");
    lasting(v, f);
    v.optional("times", f.times, times(), "so many times as slow; without it nothing comes");
    if (v.ok() && v.has("times") && f.times <= 1) v.fault("times", "expected above 1");
  });
}

Shape<Fault> metrics_outage() {
  return object<Fault>("metricsOutage", [](auto& v, Fault& f) {
    head(v, f, Fault::Kind::metrics_outage, "metrics_outage",
         "the metrics that autoscalers ask for are not there, stay as they are, or are NaN");
    lasting(v, f);
    using Answer = Fault::Metrics;
    v.optional(
        "answer", f.answer,
        choice<Answer>({{"none", Answer::none}, {"stale", Answer::stale}, {"nan", Answer::nan}}),
        "none, the last one again and again, or NaN; default none");
  });
}

Shape<Fault> api_throttling() {
  return object<Fault>("apiThrottling", [](auto& v, Fault& f) {
    head(v, f, Fault::Kind::api_throttling, "api_throttling",
         "what an autoscaler writes takes longer to arrive");
    lasting(v, f);
    v.required("delay", f.delay, duration(), "of each write");
  });
}

Shape<Fault> clock_skew() {
  return object<Fault>("clockSkew", [](auto& v, Fault& f) {
    head(v, f, Fault::Kind::clock_skew, "clock_skew", "the controller's clock is off");
    lasting(v, f);
    v.required("by", f.off, duration(), "by how much");
    bool behind = false;
    v.optional("clock", behind, choice<bool>({{"ahead", false}, {"behind", true}}),
               "whether it is ahead or behind; default ahead");
    if (v.ok() && f.off == Duration{0}) v.fault("by", "expected above 0s");
    if (behind) f.off = -f.off;
  });
}

}  // namespace

Shape<std::vector<Fault>> faults_section() {
  const std::vector<std::pair<std::string, Shape<Fault>>> kinds{
      {"controller_crash", controller_crash()},
      {"node_loss", node_loss()},
      {"spot_loss", spot_loss()},
      {"stock_out", stock_out()},
      {"slow_join", slow_join()},
      {"quota", quota()},
      {"registry_outage", registry_outage()},
      {"metrics_outage", metrics_outage()},
      {"api_throttling", api_throttling()},
      {"clock_skew", clock_skew()}};
  LeafText about;
  std::vector<SchemaFn> schemas;
  for (const auto& [word, shape] : kinds) {
    about.choices.push_back(word);
    schemas.push_back(shape.schema);
  }
  about.expected = alternatives(about.choices);
  auto read = [kinds, about](const Cursor& at) -> std::optional<Fault> {
    const yaml::Node* kind = at.node().find("kind");
    for (const auto& [word, shape] : kinds)
      if (kind && kind->scalar == word) return shape.read(at);
    if (!is_map(at)) return {};
    if (kind) {
      not_a_leaf(at.child(*kind, "kind"), about);
    } else {
      at.error("the key kind is missing: " + about.expected);
    }
    return {};
  };
  return list_of(Shape<Fault>{std::move(read), any_schema(std::move(schemas))});
}

}  // namespace thaw::scenario
