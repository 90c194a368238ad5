// The section `pipelines`: functions called one after another for one answer.
#include <algorithm>
#include <optional>
#include <string>

#include "engine/scenario/sections.hpp"
#include "engine/scenario/values.hpp"

namespace thaw::scenario {
namespace {

Shape<Pipeline::Cache> cache() {
  return object<Pipeline::Cache>("pipelineCache", [](auto& v, Pipeline::Cache& c) {
    v.required("at", c.at, reference(Reference::To::function), "the stage that a hit leaves out");
    v.required("hit", c.hit_ratio, ratio(), "how many lookups are hits");
    v.optional("latency", c.latency, duration(), "of a lookup, hit or miss; default 0s");
    v.optional("store", c.store, duration(),
               "what a miss takes in addition: the store is read; default 0s");
  });
}

Shape<Pipeline> pipeline() {
  return object<Pipeline>("pipeline", [](auto& v, Pipeline& p) {
    p.place = v.place();
    v.required("name", p.name, name(), "of the pipeline");
    v.required("stages", p.stages, list_of(reference(Reference::To::function)),
               "functions, in the order in which they are called");
    v.optional("hop", p.hop, duration(),
               "added to each stage's call, such as the sidecars' share; default 0s");
    v.optional("cache", p.cache, cache(), "what may answer instead of a stage");
    if (!v.ok()) return;
    if (p.stages.empty()) v.fault("stages", "expected at least one function, found none");
    if (p.cache && std::find(p.stages.begin(), p.stages.end(), p.cache->at) == p.stages.end())
      v.fault("cache", p.cache->at + " is no stage of it");
  });
}

}  // namespace

Shape<std::vector<Pipeline>> pipelines_section() { return list_of(pipeline()); }

}  // namespace thaw::scenario
