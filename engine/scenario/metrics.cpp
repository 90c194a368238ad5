// The section `metrics`: the stages between a GPU, or a function, and an autoscaler. Defaults:
// dcgm-exporter collects each 30 s; Prometheus is mostly told to scrape each 15 s and has no
// latency offset (VictoriaMetrics has one of 30 s).
#include "engine/scenario/sections.hpp"
#include "engine/scenario/values.hpp"

namespace thaw::scenario {

Shape<MetricsPath> metrics_section() {
  const auto interval = [] { return duration_of(std::chrono::milliseconds(100)); };
  return object<MetricsPath>("metrics", [interval](auto& v, MetricsPath& m) {
    v.optional("collection", m.collection, interval(), "of the DCGM exporter; default 30s");
    v.optional("sample", m.sample, interval(),
               "a collected value is of so long before it; default all of the collection, DCGM's "
               "own is up to 1s");
    v.optional("scrape", m.scrape, interval(), "of the store; default 15s");
    v.optional("latencyOffset", m.latency_offset, duration(),
               "the store answers as of so long ago; default 0s, VictoriaMetrics has 30s");
    v.optional("relist", m.relist, interval(),
               "of prometheus-adapter, between two looks at which series there are; default what "
               "its manifest says");
    if (v.ok() && m.sample && *m.sample > m.collection)
      v.fault("sample", "must not be longer than the collection");
  });
}

}  // namespace thaw::scenario
