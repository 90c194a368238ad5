#include "engine/scenario/gpu_memory.hpp"

#include "engine/scenario/values.hpp"

namespace thaw::scenario {

Shape<GpuMemory> gpu_memory() {
  const auto whole = then<Bytes, GpuMemory>(size(), [](const Bytes& bytes, const Cursor&) {
    GpuMemory memory;
    memory.whole = bytes;
    return std::optional(memory);
  });
  return short_or_long<GpuMemory>(
      whole, object<GpuMemory>("gpuMemory", [](auto& v, GpuMemory& m) {
        v.optional("model", m.model, size(), "the weights; default the model's size");
        v.optional("context", m.context, size(),
                   "of each of the slots, its KV cache; default none");
        v.optional("overhead", m.overhead, size(), "of the runtime; default none");
      }));
}

Bytes bytes_of(const std::optional<GpuMemory>& memory, const FunctionSpec& function) {
  const Bytes model = function.model ? function.model->size : Bytes{};
  if (!memory) return function.service.on_gpu ? model : Bytes{};
  if (memory->whole) return *memory->whole;
  const Bytes contexts{memory->context.value_or(Bytes{}).count * function.service.slots};
  return memory->model.value_or(model) + contexts + memory->overhead.value_or(Bytes{});
}

}  // namespace thaw::scenario
