// RuntimeClass. Which runtime its handler is does not matter here: what it costs and where it is
// does.
#include "engine/scenario/manifest_kinds.hpp"

namespace thaw {

RuntimeClassObject read_runtime_class(const ObjectHead& head, Fields& object) {
  RuntimeClassObject runtime{head.place, head.name, head.ns, {}, {}, {}};
  object.required_text("handler");
  Fields overhead = object.child("overhead", "overhead.");
  runtime.overhead = to_resources(read_amounts(overhead.child("podFixed")));
  overhead.finish();
  Fields scheduling = object.child("scheduling", "scheduling.");
  runtime.node_selector = values_of(scheduling.texts("nodeSelector"));
  runtime.tolerations = read_tolerations(scheduling);
  scheduling.finish();
  return runtime;
}

}  // namespace thaw
