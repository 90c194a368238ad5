#include "engine/scenario/llm.hpp"

#include "engine/scenario/values.hpp"

namespace thaw::scenario {
namespace {
constexpr int kMost = 1'000'000;
}

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
    v.optional("keepAlive", l.keep_alive, duration(),
               "weights are unloaded so long after the last request; default 5min");
  });
}

Duration mean_service(const Llm& llm) {
  return Distribution::rounded(llm.prompt.mean() * 1e9 / llm.prefill +
                               llm.output.mean() * 1e9 / llm.decode);
}

}  // namespace thaw::scenario
