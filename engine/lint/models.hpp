// Language models as Ollama's library has them by default (quantised to 4 bits), and what their
// KV cache takes.
//
// Weights: the size of the download, from Ollama's README. Keys and values of a token: 2 × layers ×
// (KV heads × head size) × 2 bytes, from the models' published configurations.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace thaw::lint {

struct KnownModel {
  std::string_view family, size;  // "llama2", "7b"
  std::int64_t weights_bytes;
  int layers, kv_width;  // KV heads × head size
  int context;           // tokens, its own limit

  std::int64_t token_bytes() const { return std::int64_t{4} * layers * kv_width; }
};

struct Mention {
  const KnownModel* model = nullptr;
  std::size_t at = 0;
  std::string text;  // as written
};

// Each known model that a text names, "llama2:13b", "Llama 2", "gemma:2b", at its first mention. A
// size or a quantisation that is not in the table makes it another model.
std::vector<Mention> mentions_in(std::string_view text);

}  // namespace thaw::lint
