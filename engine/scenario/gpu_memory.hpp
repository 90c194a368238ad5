// The key gpuMemory of a function: what one replica takes of GPU memory once it is loaded.
//
// Weights, the context of each request it serves at once (a KV cache, which servers set aside when
// they start), and what the runtime itself needs. A size alone is all of it.
#pragma once

#include <optional>

#include "engine/scenario/scenario.hpp"
#include "engine/scenario/shape.hpp"

namespace thaw::scenario {

struct GpuMemory {
  std::optional<Bytes> whole;                     // either all of it …
  std::optional<Bytes> model, context, overhead;  // … or its parts; `context` of one slot
};

Shape<GpuMemory> gpu_memory();

// 0: not known.
Bytes bytes_of(const std::optional<GpuMemory>& memory, const FunctionSpec& function);

}  // namespace thaw::scenario
