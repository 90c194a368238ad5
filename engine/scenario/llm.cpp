#include "engine/scenario/llm.hpp"

#include "engine/scenario/values.hpp"

namespace thaw::scenario {
namespace {

constexpr int kMost = 1'000'000;
constexpr int kMostTokens = 1'000'000'000;

// As many tokens as the memory has room for.
Shape<std::int64_t> kv_of_memory() {
  struct Memory {
    Bytes size{}, per_token{};
  };
  const auto form = object<Memory>("kvCache", [](auto& v, Memory& m) {
    v.required("size", m.size, size(), "of the memory that is left for it on a replica");
    v.required("perToken", m.per_token, size(), "that a token of the model takes of it");
    if (v.ok() && m.size < m.per_token) v.fault("size", "expected room for a token at least");
  });
  return then<Memory, std::int64_t>(
      form, [](const Memory& m, const Cursor&) -> std::optional<std::int64_t> {
        return m.size.count / m.per_token.count;
      });
}

Shape<std::int64_t> kv_of_tokens() {
  return then<int, std::int64_t>(
      integer(1, kMostTokens),
      [](int tokens, const Cursor&) -> std::optional<std::int64_t> { return tokens; });
}

}  // namespace

// The defaults are Ollama's: OLLAMA_MAX_QUEUE and OLLAMA_KEEP_ALIVE (envconfig/config.go).
Shape<Llm> llm() {
  return object<Llm>("llm", [](auto& v, Llm& l) {
    v.required("prompt", l.prompt, tokens(),
               "tokens of a request; a trace's prompt_tokens instead");
    v.required("output", l.output, tokens(),
               "tokens of an answer; a trace's output_tokens instead");
    v.required("prefill", l.prefill, rate(), "prompt tokens of one request alone on a whole card");
    v.required("decode", l.decode, rate(), "output tokens of one request alone on a whole card");
    v.optional(
        "batch", l.batch, integer(1, kMost),
        "requests in service that go at full speed side by side, more share that; default 1");
    v.optional(
        "queueMax", l.queue_max, integer(1, kMost),
        "requests that wait at a replica beyond its slots, the next gets a 503; default 512");
    v.optional("kvCache", l.kv_tokens, short_or_long(kv_of_tokens(), kv_of_memory()),
               "tokens of all requests in service on a replica at most, prompts and answers; "
               "default no limit");
    v.optional("keepAlive", l.keep_alive, duration(),
               "weights are unloaded so long after the last request; default 5min");
  });
}

Duration mean_service(const Llm& llm) {
  return Distribution::rounded(llm.prompt.mean() * 1e9 / llm.prefill +
                               llm.output.mean() * 1e9 / llm.decode);
}

}  // namespace thaw::scenario
